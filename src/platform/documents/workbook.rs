//! A workbook's first sheet as comma-separated text, a row a line, handed on as it is read: neither the sheet nor its text is held, only the packed file
//! and the table of strings the format keeps. Must not believe what a file says of its size.

use std::{
    io::{self, BufReader, Cursor, Read, Write},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

use calamine::{Data, Reader as _, Xlsx};

use super::source::SourceError;

/// Bytes of a workbook, packed.
pub(super) const LARGEST_WORKBOOK: u64 = 64 * 1024 * 1024;
/// The same unpacked, and of the text it becomes: some packed files grow without end.
pub(super) const LARGEST_UNPACKED: u64 = 512 * 1024 * 1024;
/// Bytes handed on at once, and how many such parts wait to be read.
const PART: usize = 64 * 1024;
const PARTS: usize = 4;

/// The text of the first sheet. A thread of its own unpacks it as fast as it is read; it ends when nobody reads any more.
///
/// # Errors
/// See [`SourceError`]. What turns out later is an error of the reader: [`io::ErrorKind::Other`] around one of them.
pub(super) fn first_sheet(bytes: Vec<u8>) -> Result<impl Read + Send, SourceError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).map_err(|_| SourceError::Broken)?;
    let mut unpacked = 0_u64;
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|_| SourceError::Broken)?;
        // Counted, and not believed.
        unpacked += io::copy(&mut (&mut entry).take(LARGEST_UNPACKED - unpacked + 1), &mut io::sink()).map_err(|_| SourceError::Broken)?;
        if unpacked > LARGEST_UNPACKED {
            return Err(large());
        }
    }
    let (sender, receiver) = sync_channel(PARTS);
    thread::Builder::new().name("workbook".to_owned()).spawn(move || {
        let mut parts = Parts { sender, part: Vec::new(), left: LARGEST_UNPACKED };
        let ended = read(bytes, &mut parts);
        // Whoever has stopped reading needs no reason.
        drop(parts.sender.send(ended.map(|()| END)));
    })?;
    // A file can be such that the library panics: then the thread ends without a word.
    receiver.recv().map_err(|_| SourceError::Broken)??;
    Ok(Rows { receiver, part: Cursor::default(), has_ended: false })
}

fn read(bytes: Vec<u8>, to: &mut Parts) -> Result<(), SourceError> {
    let mut book =
        calamine::open_workbook_from_rs(BufReader::new(Cursor::new(bytes))).map_err(|_: calamine::XlsxError| SourceError::Broken)?;
    let opened = to.sender.send(Ok(OPENED));
    opened.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
    write_rows(&mut book, to)?;
    Ok(to.flush()?)
}

fn large() -> SourceError {
    SourceError::Large(LARGEST_UNPACKED / 1024 / 1024)
}

/// Cells come row by row. Rows without one become empty lines, so that a line is called by the number its program shows.
fn write_rows(book: &mut Xlsx<BufReader<Cursor<Vec<u8>>>>, to: &mut Parts) -> Result<(), SourceError> {
    let name = book.sheet_names().first().cloned().ok_or(SourceError::Broken)?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(|_| SourceError::Broken)?;
    let mut writer = ::csv::WriterBuilder::new().flexible(true).from_writer(to);
    let (mut line, mut row): (u32, Vec<String>) = (0, Vec::new());
    while let Some(cell) = cells.next_cell().map_err(|_| SourceError::Broken)? {
        let (at, column) = cell.get_position();
        let text = text(&Data::from(cell.get_value().clone()));
        if text.is_empty() {
            continue;
        }
        // The format writes them in order, and so do all programs; a file that does not could make us hold it whole.
        if at < line || (at == line && (column as usize) < row.len()) {
            return Err(SourceError::Broken);
        }
        while line < at {
            end_row(&mut writer, &mut row)?;
            line += 1;
        }
        row.resize(column as usize, String::new());
        row.push(text);
    }
    if !row.is_empty() {
        end_row(&mut writer, &mut row)?;
    }
    Ok(writer.flush()?)
}

fn end_row(writer: &mut ::csv::Writer<&mut Parts>, row: &mut Vec<String>) -> Result<(), SourceError> {
    if row.is_empty() {
        row.push(String::new());
    }
    let written = writer.write_record(&*row);
    row.clear();
    written.map_err(|error| match error.into_kind() {
        ::csv::ErrorKind::Io(error) => SourceError::Io(error),
        _ => SourceError::Broken,
    })
}

/// A cell as it is read by people: whole numbers without a point, instants as ISO 8601 in UTC, line breaks as spaces.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::DateTime(at) => {
            at.as_datetime().map_or_else(String::new, |at| at.and_utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
        }
        other => other.to_string().replace(['\r', '\n'], " "),
    }
}

type Part = Result<Vec<u8>, SourceError>;

/// What is said before all parts and after them; no part is empty.
const OPENED: Vec<u8> = Vec::new();
const END: Vec<u8> = Vec::new();

/// Where the thread writes to.
struct Parts {
    sender: SyncSender<Part>,
    part: Vec<u8>,
    left: u64,
}

impl Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.part.extend_from_slice(bytes);
        if self.part.len() >= PART {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.part.is_empty() {
            return Ok(());
        }
        self.left = self.left.checked_sub(self.part.len() as u64).ok_or_else(|| io::Error::other(large()))?;
        let part = std::mem::replace(&mut self.part, Vec::with_capacity(PART));
        self.sender.send(Ok(part)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// Where the caller reads from.
struct Rows {
    receiver: Receiver<Part>,
    part: Cursor<Vec<u8>>,
    has_ended: bool,
}

impl Read for Rows {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.part.read(into)?;
            if read > 0 || into.is_empty() || self.has_ended {
                return Ok(read);
            }
            match self.receiver.recv().unwrap_or(Err(SourceError::Broken)) {
                Ok(part) => {
                    self.has_ended = part == END;
                    self.part = Cursor::new(part);
                }
                Err(SourceError::Io(error)) => return Err(error),
                Err(error) => return Err(io::Error::other(error)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    fn read(bytes: Vec<u8>) -> io::Result<String> {
        let mut text = String::new();
        first_sheet(bytes).map_err(io::Error::other)?.read_to_string(&mut text)?;
        Ok(text)
    }

    /// A workbook whose first sheet holds these rows, as XML.
    fn book(rows: &str) -> Vec<u8> {
        const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        const LINKS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        const PACKED_LINKS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in [
            (
                "_rels/.rels",
                format!(
                    r#"<Relationships xmlns="{PACKED_LINKS}"><Relationship Id="r1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/workbook.xml",
                format!(
                    r#"<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets><sheet name="one" sheetId="1" r:id="r1"/></sheets></workbook>"#
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    r#"<Relationships xmlns="{PACKED_LINKS}"><Relationship Id="r1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
                ),
            ),
            ("xl/worksheets/sheet1.xml", format!(r#"<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>"#)),
        ] {
            archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(content.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    fn cell(at: &str) -> String {
        let row = at.trim_start_matches(|letter: char| letter.is_alphabetic());
        format!(r#"<row r="{row}"><c r="{at}" t="inlineStr"><is><t>x</t></is></c></row>"#)
    }

    /// R17
    #[test]
    fn a_workbook_reads_as_its_first_sheet() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write_string(1, 0, "id").unwrap();
        sheet.write_string(1, 1, "name, full").unwrap();
        sheet.write_number(2, 0, 7.0).unwrap();
        sheet.write_string(2, 1, "=cmd()\nمركز").unwrap();
        sheet.write_string(4, 1, "last").unwrap();
        book.add_worksheet().write_string(0, 0, "another").unwrap();
        assert_eq!(read(book.save_to_buffer().unwrap()).unwrap(), "\"\"\nid,\"name, full\"\n7,=cmd() مركز\n\"\"\n,last\n");
    }

    /// R17: two cells at the ends of the largest sheet there is are two lines, and not room for all between them.
    #[test]
    fn cells_far_apart_take_no_more_room_than_they_need() {
        let text = read(book(&(cell("A1") + &cell("XFD1048576")))).unwrap();
        assert_eq!(text.lines().count(), 1_048_576);
        assert_eq!(text.lines().last().unwrap().matches(',').count(), 16_383);
    }

    #[test]
    fn cells_out_of_order_are_refused() {
        for rows in [cell("A2") + &cell("A1"), cell("B1") + &cell("A1"), cell("A1") + &cell("A1")] {
            assert!(read(book(&rows)).is_err(), "{rows}");
        }
        assert_eq!(read(book(&(cell("A1") + &cell("B2")))).unwrap(), "x\n,x\n");
    }

    /// R17: each row is short in the file and long as text.
    #[test]
    fn a_sheet_that_grows_without_end_as_text_is_refused() {
        let rows: String = (1..20).map(|row| cell(&format!("XFD{row}"))).collect();
        let (sender, receiver) = sync_channel(100);
        let mut parts = Parts { sender, part: Vec::new(), left: 200_000 };
        let mut book = calamine::open_workbook_from_rs(BufReader::new(Cursor::new(book(&rows)))).unwrap();
        let SourceError::Io(fault) = write_rows(&mut book, &mut parts).unwrap_err() else { panic!("another fault") };
        assert!(fault.to_string().contains("too large"), "{fault}");
        drop(parts);
        let sent: usize = receiver.iter().map(|part| part.unwrap().len()).sum();
        assert!((100_000..=200_000).contains(&sent), "{sent}");
    }

    /// A thread that ends without a word, as when the library panics, is a broken file and never taken for one that ended.
    #[test]
    fn a_sheet_that_breaks_off_is_told() {
        let (sender, receiver) = sync_channel(2);
        sender.send(Ok(b"x\n".to_vec())).unwrap();
        drop(sender);
        let mut text = String::new();
        let read = Rows { receiver, part: Cursor::default(), has_ended: false }.read_to_string(&mut text);
        assert_eq!((text.as_str(), read.is_err()), ("x\n", true));
    }

    /// Whoever stops reading leaves no thread behind that waits for ever.
    #[test]
    fn a_sheet_may_be_left_unread() {
        let rows: String = (1..100_000).map(|row| cell(&format!("A{row}"))).collect();
        let mut sheet = first_sheet(book(&rows)).unwrap();
        let mut start = [0; 4];
        sheet.read_exact(&mut start).unwrap();
        assert_eq!(&start, b"x\nx\n");
    }
}
