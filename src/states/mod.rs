//! States, groups, posts and addressees. Must not know any campaign's position on them.

pub mod directory;
pub mod posts;
pub mod reference;
pub mod sheet;

pub use directory::{Directory, Register};
