//! Readers and writers of CSV, DOCX, XLSX and calendars over plain data.

pub mod csv;
pub mod directed;
pub mod docx;
pub mod ics;
pub mod source;
mod workbook;
pub mod xlsx;
