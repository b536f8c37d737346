//! Machinery that knows nothing of campaigns: database, jobs, mail, typesetting, templates, HTTP. Must not name a feature room.

pub mod database;
pub mod documents;
pub mod jobs;
pub mod mail;
pub mod typeset;
