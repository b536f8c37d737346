//! Workbooks of one sheet. Cells are text and never formulas (R18). Must not know what the columns mean.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, XlsxError};

/// One sheet.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    /// Title of the document.
    pub title: &'a str,
    /// What stands above the columns, a line each.
    pub notes: &'a [String],
    /// Heads of the columns with their widths in characters.
    pub columns: &'a [(&'a str, f64)],
    /// Written from right to left.
    pub rtl: bool,
}

/// The file. It carries no time of making: two of the same list are the same.
///
/// # Errors
/// When there are more rows or longer texts than a workbook takes.
pub fn workbook<'r>(table: Table<'_>, rows: impl IntoIterator<Item = Vec<&'r str>>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title(table.title).set_creation_datetime(&made));
    let (bold, wrapped) = (Format::new().set_bold(), Format::new().set_text_wrap().set_align(FormatAlign::Top));
    let sheet = book.add_worksheet();
    sheet.set_right_to_left(table.rtl);
    let mut row = 0;
    sheet.write_string_with_format(row, 0, table.title, &bold)?;
    for note in table.notes {
        row += 1;
        sheet.write_string(row, 0, note)?;
    }
    row += 2;
    for (column, (head, width)) in (0_u16..).zip(table.columns) {
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(row, column, *head, &bold)?;
    }
    sheet.set_freeze_panes(row + 1, 0)?;
    for cells in rows {
        row += 1;
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string_with_format(row, column, cell, &wrapped)?;
        }
    }
    book.save_to_buffer()
}
