//! Writers of CSV and other exchange formats over plain data.

pub mod csv;
