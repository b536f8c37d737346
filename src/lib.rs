//! Demarche: joint statements, letters to governments, and a sourced record of where states stand.
//!
//! The floor map; imports go down only (`tests/architecture.rs` fails on one that runs up):
//!
//! | floor | rooms |
//! |---|---|
//! | 5 | `main`, [`cli`], [`app`], [`config`] |
//! | 4 | [`publishing`] → [`positions`] → [`replies`] → [`letters`] → [`signing`] → [`campaigns`], [`states`] → [`accounts`] |
//! | 3 | [`platform`] |
//! | 2 | [`entities`] |
//! | 1 | [`domain`] |

pub mod accounts;
pub mod app;
pub mod campaigns;
pub mod cli;
pub mod config;
pub mod domain;
pub mod entities;
pub mod letters;
pub mod platform;
pub mod positions;
pub mod publishing;
pub mod replies;
pub mod signing;
pub mod states;
