//! The harness of the black-box tests: a whole program on a free port, on a database of its own, with a clock that stands still and a worker
//! that runs only when drained. Each test binary uses the parts it needs.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod addresses;
pub mod databases;
pub mod program;
pub mod reading;
pub mod smtp;

pub use databases::Kind;
pub use program::Program;
