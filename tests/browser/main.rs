//! Pages as people meet them: in Chromium, with and without scripts, by keyboard, on a telephone, read by an accessibility engine.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/chromium.rs"]
mod chromium;
#[path = "../support/mod.rs"]
mod support;

mod accessibility;
mod desk;
mod layout;
mod letters;
mod map;
mod pages;
mod person;
mod plain;
mod signing;
mod stories;
