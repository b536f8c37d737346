//! What comes back: recording, classification, proposals. Must not set positions by itself.

pub mod desk;
mod form;
pub mod inbound;
mod inbox_desk;
pub mod service;
