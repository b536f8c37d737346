//! Rules without I/O. Nothing here names a database, HTTP, a template or the system clock.

pub mod blocks;
pub mod campaign;
pub mod checks;
pub mod clock;
pub mod collation;
pub mod dates;
pub mod deadline;
pub mod email;
pub mod evidence;
pub mod headline;
pub mod inexact_date;
pub mod keyed;
pub mod language;
pub mod letter;
pub mod likeness;
pub mod name;
pub mod phrase;
pub mod position;
pub mod prose;
pub mod reference;
pub mod sign_on;
pub mod signature;
pub mod state;
pub mod text;
pub mod wave;
pub mod wording;
