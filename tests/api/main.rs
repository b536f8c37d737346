//! Black-box tests over HTTP, each on SQLite and PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod dispatch;
mod letters;
mod own_letter;
mod positions;
mod publishing;
mod replies;
mod roll;
mod schema;
mod signing;
