//! Rules without I/O. Nothing here names a database, HTTP, a template or the system clock.

pub mod campaign;
pub mod clock;
pub mod language;
pub mod state;
