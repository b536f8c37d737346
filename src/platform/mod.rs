//! Machinery that knows nothing of campaigns: database, jobs, mail, typesetting, templates, HTTP. Must not name a feature room.

pub mod assets;
pub mod clock;
pub mod database;
pub mod documents;
pub mod formats;
pub mod http;
pub mod i18n;
pub mod jobs;
pub mod mail;
pub mod templates;
pub mod typeset;
