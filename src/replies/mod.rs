//! What comes back: recording, classification, proposals, meetings and what was promised there. Must not set positions by itself.

pub mod desk;
mod form;
pub mod grading;
mod grading_desk;
pub mod inbound;
mod inbox_desk;
mod meeting_evidence;
mod meeting_form;
pub mod meetings;
mod meetings_desk;
mod promises_desk;
pub mod service;
mod thanks_desk;
