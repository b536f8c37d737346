//! Letters to governments: blocks, rounds, drafting, checks, approval, dispatch. Must not set positions.

pub mod annex;
pub mod desk;
pub mod dispatch;
pub mod draft;
pub mod facts;
pub mod jobs;
pub mod own_letter;
pub mod service;
pub mod words;
