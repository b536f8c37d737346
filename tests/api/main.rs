//! Black-box tests over HTTP, each on SQLite and PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod authority;
mod burst;
mod change_of_mind;
mod closing;
mod colleague;
mod command_line;
mod corrections;
mod counting;
mod deadline;
mod desk;
mod dispatch;
mod duplicates;
mod erasure;
mod evidence;
mod full_disk;
mod genuine;
mod health;
mod hostile_input;
mod inbound;
mod invitations;
mod letters_sent;
mod letters_written;
mod lists;
mod logos;
mod mail_faults;
mod own_letter;
mod positions;
mod processes;
mod publishing;
mod register;
mod reissue;
mod reminders;
mod reminding;
mod replies;
mod reveals;
mod roll;
mod rules;
mod schema;
mod secrets;
mod sheets;
mod signals;
mod signer;
mod signing;
mod stops;
mod stories;
mod thanks;
mod typed;
mod uploads;
mod versions;
mod ways;
mod withheld;
