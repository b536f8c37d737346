//! What every page shares: the frame, forms with coded errors, sessions, request checks, headers, errors as pages. Must not know a feature.

pub mod cache;
pub mod forms;
pub mod frame;
pub mod guard;
pub mod health;
pub mod in_flight;
pub mod mailbox;
pub mod problem;
pub mod sessions;
pub mod upload;
pub mod visitor;
