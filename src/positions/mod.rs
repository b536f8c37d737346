//! Evidence, derivation, boards. Must not read anything non-public for a public page.

pub mod board;
pub mod changes;
mod decision_desk;
mod decision_form;
pub mod derivation;
pub mod desk;
mod desk_form;
mod desk_proposals;
mod desk_state;
pub mod evidence;
pub mod export;
mod facts;
pub mod import;
pub mod item;
pub mod jobs;
pub mod keeping;
pub mod ledger;
pub mod momentum_view;
pub mod pages;
pub mod proposed;
pub mod selection;
pub mod state_page;
pub mod store;
pub mod typed;
pub mod views;

pub use store::Audience;
