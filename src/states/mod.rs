//! States, groups, posts and addressees. Must not know any campaign's position on them.

pub mod addressees;
pub mod directory;
pub mod forms;
pub mod posts;
pub mod reference;
pub mod register_desk;
mod register_entry;
pub mod register_sheet;
mod register_sheet_desk;
pub mod sheet;
pub mod time_zones;
pub mod week_ends;

pub use directory::{Directory, Register};
