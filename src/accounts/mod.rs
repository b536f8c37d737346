//! Staff accounts, sign-in, roles and the audit trail. Must not know what the other rooms do with a permission.

pub mod audit;
pub mod desk;
mod known;
pub mod passwords;
pub mod roles;
pub mod service;
pub mod signed_in;
pub mod store;
mod trail;
pub mod work;

pub use roles::{Permission, Role};
pub use signed_in::SignedIn;
