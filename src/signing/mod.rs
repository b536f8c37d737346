//! Sign-on: signatures, vetting, counts, waves and lists. Must not write to governments.

pub mod contact;
pub mod counts;
pub mod demo;
pub mod desk;
mod entrant;
pub mod export;
pub mod form;
pub mod import;
pub mod intake;
pub mod jobs;
pub mod pages;
mod queue_desk;
pub mod roll;
pub mod roll_pages;
pub mod service;
pub mod signer;
mod signer_page;
pub mod store;
pub mod vetting;
pub mod waves;
pub mod waves_desk;
