//! Text documents for word processors (ECMA-376): the parts around a body that a template wrote. The body is a template's, and not a library's, because
//! right-to-left runs and tables need marks that none sets. Must not know what the body says.

use std::io::{Cursor, Write};

use crate::domain::language::Language;
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>"#;
const OF_DOCUMENT: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;

/// The parts of a document, as XML.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// `word/document.xml`.
    pub document: &'a str,
    /// `word/styles.xml`.
    pub styles: &'a str,
    /// `docProps/core.xml`.
    pub core: &'a str,
}

/// The file. The same bytes for the same parts.
///
/// # Errors
/// Never in practice: it writes to memory.
pub fn package(parts: Parts<'_>) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).last_modified_time(DateTime::default());
    // Word looks for the types first.
    let files = [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELATIONS),
        ("word/document.xml", parts.document),
        ("word/_rels/document.xml.rels", OF_DOCUMENT),
        ("word/styles.xml", parts.styles),
        ("docProps/core.xml", parts.core),
    ];
    for (name, text) in files {
        archive.start_file(name, options)?;
        let printable: String = text.chars().filter(|character| is_xml(*character)).collect();
        archive.write_all(printable.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

/// The tag of a page's Latin letters, for hyphenation and spelling: an Arabic page has none of its own.
pub const fn latin_language(language: Language) -> &'static str {
    match language {
        Language::Fr => "fr-FR",
        Language::Es => "es-ES",
        Language::Ru => "ru-RU",
        Language::Pt => "pt-PT",
        Language::En | Language::Ar | Language::Zh => "en-GB",
    }
}

/// What XML 1.0 may hold; a reader takes a file with anything else for damaged.
fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}
