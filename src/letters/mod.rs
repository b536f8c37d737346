//! Letters to governments: blocks, rounds, drafting, checks, approval, dispatch. Must not set positions.

pub mod addressing;
pub mod annex;
mod board;
mod carrier;
pub mod checking;
pub mod desk;
pub mod dispatch;
pub mod draft;
pub mod drafting;
pub mod facts;
pub mod jobs;
mod letter_actions;
mod letter_desk;
pub mod own_letter;
pub mod recheck;
mod reissue;
pub mod reminding;
mod round_actions;
mod rounds_desk;
pub mod service;
pub mod single;
mod standing;
pub mod store;
pub mod thanks;
pub mod word;
pub mod words;
