//! Sheets as text: written so that no cell runs as a formula (R18), read as spreadsheet programs of any country write them. Must not know what
//! the columns mean.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

/// What a spreadsheet program takes for the start of a formula, in plain and in full width.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
const BOM: &str = "\u{feff}";

/// A sheet being written; what is written so far can be taken away, so that a long one is sent while it grows.
pub struct Sheet {
    writer: ::csv::Writer<Buffer>,
    buffer: Buffer,
}

impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sheet")
    }
}

impl Sheet {
    /// An empty sheet: UTF-8, commas, CRLF (RFC 4180). With a byte order mark, without which Excel takes the text for another encoding.
    pub fn new(byte_order_mark: bool) -> Self {
        let buffer = Buffer::default();
        if byte_order_mark {
            buffer.lock().extend_from_slice(BOM.as_bytes());
        }
        let writer = ::csv::WriterBuilder::new().flexible(true).terminator(::csv::Terminator::CRLF).from_writer(buffer.clone());
        Self { writer, buffer }
    }

    /// Writes a row, defusing every cell.
    ///
    /// # Errors
    /// Never in practice: it writes to memory.
    pub fn row<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) -> io::Result<()> {
        for cell in cells {
            let cell = cell.as_ref();
            if is_formula(cell) {
                self.writer.write_field(format!("'{cell}"))?;
            } else {
                self.writer.write_field(cell)?;
            }
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// What was written since the last time.
    ///
    /// # Errors
    /// Never in practice: it writes to memory.
    pub fn take(&mut self) -> io::Result<Vec<u8>> {
        self.writer.flush()?;
        Ok(std::mem::take(&mut *self.buffer.lock()))
    }
}

/// Leading apostrophes are looked through, so that reading can take away exactly the one that writing put there.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(FORMULA)
}

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Why a file is no sheet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// Neither UTF-8 nor UTF-16 with a mark.
    #[error("the file is not in UTF-8: byte {0} cannot be read")]
    Encoding(usize),
    /// No first row.
    #[error("the file has no heading row")]
    NoHeadings,
    /// Two columns of one name.
    #[error("two columns are called {0:?}")]
    SameHeading(String),
    /// The quotes do not close, or worse.
    #[error("line {0} cannot be read")]
    Broken(u64),
}

/// A row as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it starts in the file, from 1.
    pub line: u64,
    /// As many as there are, trimmed, without the apostrophe that defuses a formula.
    pub cells: Vec<String>,
    /// Whether there are as many cells as headings.
    pub fits: bool,
}

impl Row {
    /// A cell by its column; empty when the row is too short.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// A sheet as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The first row.
    pub headings: Vec<String>,
    /// The others, but for empty ones.
    pub rows: Vec<Row>,
}

impl Table {
    /// Reads a whole file: UTF-8 or UTF-16 with a byte order mark, or UTF-8 without; columns parted by comma, semicolon or tab, whichever the
    /// first row has most of.
    ///
    /// # Errors
    /// When the bytes are no text or the text no sheet. A row with too many or too few cells is no error but says so.
    pub fn read(bytes: &[u8]) -> Result<Self, SheetError> {
        let text = decode(bytes)?;
        let mut reader =
            ::csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(&text)).from_reader(text.as_bytes());
        let mut table: Option<Self> = None;
        let mut lines = Lines { text: &text, at: 0, line: 1 };
        for record in reader.records() {
            let record = record.map_err(|error| SheetError::Broken(lines.line_of(error.position())))?;
            let line = lines.line_of(record.position());
            let cells: Vec<String> = record.iter().map(plain).collect();
            if cells.iter().all(String::is_empty) {
                continue;
            }
            match &mut table {
                None => table = Some(Self { headings: distinct(cells)?, rows: Vec::new() }),
                Some(table) => {
                    let fits = cells.len() == table.headings.len();
                    table.rows.push(Row { line, cells, fits });
                }
            }
        }
        table.ok_or(SheetError::NoHeadings)
    }

    /// Where a column is, whatever the case of its heading.
    pub fn column(&self, heading: &str) -> Option<usize> {
        let heading = heading.to_lowercase();
        self.headings.iter().position(|candidate| candidate.to_lowercase() == heading)
    }
}

/// Counts lines itself: the reader's own count is one short after CRLF, since it leaves the LF to the next record.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn line_of(&mut self, position: Option<&::csv::Position>) -> u64 {
        let start = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.at);
        let blank = self.text.as_bytes().iter().skip(start).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.text.as_bytes().get(self.at..start + blank).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = self.at.max(start + blank);
        self.line
    }
}

/// The text of a file in UTF-8 or UTF-16.
///
/// # Errors
/// [`SheetError::Encoding`] with the place of the first byte that cannot be read.
pub fn decode(bytes: &[u8]) -> Result<String, SheetError> {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, odd) = rest.as_chunks::<2>();
        let mut text = String::with_capacity(rest.len());
        let mut at = 2;
        for unit in char::decode_utf16(pairs.iter().copied().map(unit)) {
            let unit = unit.map_err(|_| SheetError::Encoding(at))?;
            at += 2 * unit.len_utf16();
            text.push(unit);
        }
        if odd.is_empty() { Ok(text) } else { Err(SheetError::Encoding(at)) }
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => {
            let text = std::str::from_utf8(bytes).map_err(|error| SheetError::Encoding(error.valid_up_to()))?;
            Ok(text.strip_prefix(BOM).unwrap_or(text).to_owned())
        }
    }
}

/// What parts the columns: comma, semicolon or tab, whichever the first row has most of.
pub fn delimiter(text: &str) -> u8 {
    let mut quoted = false;
    let mut seen = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => seen.iter_mut().filter(|(candidate, _)| *candidate == byte).for_each(|(_, times)| *times += 1),
        }
    }
    // The comma comes first and wins when there are none of any.
    seen.into_iter().rev().max_by_key(|(_, times)| *times).map_or(b',', |(candidate, _)| candidate)
}

/// A cell as it was meant: trimmed, without the apostrophe that defuses a formula.
pub fn plain(cell: &str) -> String {
    let cell = if is_formula(cell) { cell.strip_prefix('\'').unwrap_or(cell) } else { cell };
    cell.trim().to_owned()
}

fn distinct(headings: Vec<String>) -> Result<Vec<String>, SheetError> {
    let mut seen = std::collections::HashSet::new();
    match headings.iter().find(|heading| !heading.is_empty() && !seen.insert(heading.to_lowercase())) {
        Some(heading) => Err(SheetError::SameHeading(heading.clone())),
        None => Ok(headings),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    fn written(byte_order_mark: bool, rows: &[&[&str]]) -> Vec<u8> {
        let mut sheet = Sheet::new(byte_order_mark);
        for row in rows {
            sheet.row(*row).unwrap();
        }
        sheet.take().unwrap()
    }

    /// R18.
    #[test]
    fn no_cell_starts_like_a_formula() {
        for evil in ["=cmd()", "+1", "-1", "@SUM(A1)", "\tx", "\r=x", "＝1", "'=x"] {
            let text = String::from_utf8(written(false, &[&[evil, "ok"]])).unwrap();
            assert!(text.trim_start_matches('"').starts_with('\''), "{text:?}");
        }
        assert_eq!(written(false, &[&["O'Neill = x", "'quoted'", "a-b"]]), b"O'Neill = x,'quoted',a-b\r\n");
    }

    #[test]
    fn a_sheet_can_be_taken_away_while_it_grows_and_the_mark_comes_once() {
        let mut sheet = Sheet::new(true);
        sheet.row(["name", "country"]).unwrap();
        assert_eq!(sheet.take().unwrap(), "\u{feff}name,country\r\n".as_bytes());
        sheet.row(["Ñandú, \"SA\"", ""]).unwrap();
        assert_eq!(sheet.take().unwrap(), "\"Ñandú, \"\"SA\"\"\",\r\n".as_bytes());
        assert!(sheet.take().unwrap().is_empty());
    }

    #[test]
    fn a_sheet_reads_the_same_in_every_encoding_and_with_every_delimiter() {
        let text = "Name;Pays\r\n\"Ñandú; SA\";Йемен\r\n\r\n;\r\n😀;中\r\n";
        let utf16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> { format!("{BOM}{text}").encode_utf16().flat_map(bytes).collect() };
        let expected = Table::read(text.as_bytes()).unwrap();
        assert_eq!((expected.headings.join("|"), expected.rows.len()), ("Name|Pays".to_owned(), 2));
        assert_eq!((expected.rows[0].cell(0), expected.rows[1].cell(0), expected.rows[1].line), ("Ñandú; SA", "😀", 5));
        for bytes in [format!("{BOM}{text}").into_bytes(), utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)] {
            assert_eq!(Table::read(&bytes).unwrap(), expected);
        }
        for delimiter in [",", "\t"] {
            assert_eq!(Table::read(text.replace(';', delimiter).as_bytes()).unwrap().rows[0].cell(1), "Йемен");
        }
        assert_eq!((expected.column("NAME"), expected.column("other")), (Some(0), None));
    }

    #[test]
    fn what_is_no_sheet_is_refused_with_its_place() {
        assert_eq!(Table::read(b"na\xefve,x\n"), Err(SheetError::Encoding(2)));
        assert_eq!(Table::read(&[0xff, 0xfe, b'a', 0, b'b']), Err(SheetError::Encoding(4)));
        assert_eq!(Table::read(&[0xff, 0xfe, 0, 0xdc]), Err(SheetError::Encoding(2)));
        for empty in ["", "\n\n", BOM, " , \n"] {
            assert_eq!(Table::read(empty.as_bytes()), Err(SheetError::NoHeadings), "{empty:?}");
        }
        assert_eq!(Table::read(b"a,b,A\n"), Err(SheetError::SameHeading("A".into())));
    }

    #[test]
    fn a_row_of_the_wrong_length_is_read_and_says_so() {
        let table = Table::read(b"a,b\n1\n1,2,3\n1,2\n").unwrap();
        assert_eq!(table.rows.iter().map(|row| row.fits).collect::<Vec<_>>(), [false, false, true]);
        assert_eq!((table.rows[0].cell(1), table.rows[1].line), ("", 3));
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_back(cells in proptest::collection::vec("[='+@a-z \"\n,;é-]{0,8}", 2..5)) {
            let mut headings: Vec<String> = (0..cells.len()).map(|n| format!("h{n}")).collect();
            headings[0] = "first".into();
            let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
            let row: Vec<&str> = cells.iter().map(String::as_str).collect();
            let table = Table::read(&written(true, &[&headings, &row])).unwrap();
            let trimmed: Vec<String> = cells.iter().map(|cell| cell.trim().to_owned()).collect();
            if trimmed.iter().all(String::is_empty) {
                prop_assert!(table.rows.is_empty());
            } else {
                prop_assert_eq!(&table.rows[0].cells, &trimmed);
            }
        }
    }
}
