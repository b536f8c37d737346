//! Files as spreadsheet programs hand them out, as one stream of UTF-8: workbooks, UTF-16 with its mark, and the older encodings where somebody says which
//! (R17). Must not guess an encoding: a wrong guess makes other names.

use std::io::{self, Read, Seek, SeekFrom};

use encoding_rs::Encoding;
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::workbook::{LARGEST_WORKBOOK, first_sheet};

/// How a ZIP archive begins, which a workbook is.
const ARCHIVE: [u8; 4] = *b"PK\x03\x04";

/// An encoding by its name, of those that sheets come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetEncoding(&'static Encoding);

/// None of the known encodings.
#[derive(Debug, thiserror::Error)]
#[error("one of utf-8, utf-16le, utf-16be, windows-1250, windows-1251, windows-1252, windows-1256")]
pub struct UnknownEncoding;

impl std::str::FromStr for SheetEncoding {
    type Err = UnknownEncoding;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = [
            encoding_rs::UTF_8,
            encoding_rs::UTF_16LE,
            encoding_rs::UTF_16BE,
            encoding_rs::WINDOWS_1250,
            encoding_rs::WINDOWS_1251,
            encoding_rs::WINDOWS_1252,
            encoding_rs::WINDOWS_1256,
        ];
        known.into_iter().find(|encoding| encoding.name().eq_ignore_ascii_case(name)).map(Self).ok_or(UnknownEncoding)
    }
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The disk, or the file.
    #[error("the file cannot be read")]
    Io(#[from] io::Error),
    /// It is an archive and no workbook, or a broken one.
    #[error("the file is no workbook that can be read")]
    Broken,
    /// It would take too much room.
    #[error("the workbook is too large: {0} MB at most")]
    Large(u64),
}

/// Whether this is the beginning of an archive, as which a workbook is stored.
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(&ARCHIVE)
}

/// The file's text, decoded as it is read. A workbook's is its first sheet, a row a line; the packed file is held meanwhile.
///
/// # Errors
/// See [`SourceError`].
pub fn open<'f>(mut file: impl Read + Seek + Send + 'f, encoding: Option<SheetEncoding>) -> Result<Box<dyn Read + Send + 'f>, SourceError> {
    let mut start = [0; ARCHIVE.len()];
    let is_archive = file.read_exact(&mut start).is_ok() && is_archive(&start);
    let length = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    if !is_archive {
        // A mark at the start of the file says more than the caller; without either, what comes is passed on as it is.
        return Ok(Box::new(DecodeReaderBytesBuilder::new().bom_override(true).encoding(encoding.map(|encoding| encoding.0)).build(file)));
    }
    if length > LARGEST_WORKBOOK {
        return Err(SourceError::Large(LARGEST_WORKBOOK / 1024 / 1024));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Box::new(first_sheet(bytes)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Cursor;

    use super::{super::workbook::LARGEST_UNPACKED, *};

    fn read(bytes: &[u8], encoding: Option<&str>) -> String {
        let mut text = String::new();
        let mut source = open(Cursor::new(bytes.to_vec()), encoding.map(|name| name.parse().unwrap())).unwrap();
        source.read_to_string(&mut text).unwrap();
        text
    }

    /// R17
    #[test]
    fn names_survive_every_encoding() {
        let text = "id,name\n1,Žluťoučký kůň\n";
        let (bytes, ..) = encoding_rs::WINDOWS_1250.encode(text);
        assert_eq!(read(&bytes, Some("windows-1250")), text);
        let text = "id,name\n1,مركز القاهرة\n";
        let (bytes, ..) = encoding_rs::WINDOWS_1256.encode(text);
        assert_eq!(read(&bytes, Some("Windows-1256")), text);
        let text = "id,name\n1,Правозащитный центр\n";
        let (bytes, ..) = encoding_rs::WINDOWS_1251.encode(text);
        assert_eq!(read(&bytes, Some("windows-1251")), text);
        assert_eq!(read(text.as_bytes(), None), text);
        for (mark, wide) in [([0xff, 0xfe], u16::to_le_bytes as fn(u16) -> [u8; 2]), ([0xfe, 0xff], u16::to_be_bytes)] {
            let bytes: Vec<u8> = mark.into_iter().chain(text.encode_utf16().flat_map(wide)).collect();
            assert_eq!(read(&bytes, None), text);
            assert_eq!(read(&bytes, Some("windows-1252")), text, "the file's own mark is believed first");
        }
        assert!("koi8-r".parse::<SheetEncoding>().is_err());
    }

    #[test]
    fn an_archive_that_is_no_workbook_is_told() {
        for bytes in [&b"PK\x03\x04"[..], b"PK\x03\x04 and then nothing that fits"] {
            assert!(matches!(open(Cursor::new(bytes), None), Err(SourceError::Broken)));
        }
    }

    /// A few kilobytes that unpack to more than any list.
    #[test]
    fn a_file_that_grows_without_end_is_refused() {
        use std::io::Write;
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
        let zeros = vec![0; 1024 * 1024];
        for _ in 0..=LARGEST_UNPACKED / 1024 / 1024 {
            archive.write_all(&zeros).unwrap();
        }
        let bytes = archive.finish().unwrap().into_inner();
        assert!(bytes.len() < 4 * 1024 * 1024);
        assert!(matches!(open(Cursor::new(bytes), None), Err(SourceError::Large(_))));
    }
}
