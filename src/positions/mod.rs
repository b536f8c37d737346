//! Evidence, derivation, boards. Must not read anything non-public for a public page.

pub mod changes;
pub mod derivation;
pub mod desk;
mod desk_form;
mod desk_proposals;
mod desk_state;
pub mod evidence;
pub mod export;
pub mod import;
pub mod item;
pub mod jobs;
pub mod store;

pub use store::Audience;
