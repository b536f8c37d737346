//! Campaigns as configuration: their texts, events and issues. Must not know who signed.

pub mod current;
pub mod files;
pub mod load;
pub mod markdown;
pub mod moving;
mod moving_desk;
pub mod plan;
pub mod plan_desk;
pub mod versions;

pub use current::{CalendarEvent, Current, Register};
