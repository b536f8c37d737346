//! Readers and writers of CSV, DOCX and XLSX over plain data.

pub mod csv;
pub mod directed;
pub mod docx;
pub mod source;
mod workbook;
pub mod xlsx;
