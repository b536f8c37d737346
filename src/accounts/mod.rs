//! Staff accounts, sign-in, roles and the audit trail. Must not know what the other rooms do with a permission.

pub mod audit;
pub mod passwords;
pub mod roles;
pub mod store;
