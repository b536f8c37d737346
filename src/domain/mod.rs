//! Rules without I/O. Nothing here names a database, HTTP, a template or the system clock.

pub mod clock;
pub mod language;
