//! What a sheet looks like and how its columns are read: which holds what, what stands where a cell is empty, and the words people use for our keys. Must not know the
//! tables.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Cursor},
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        language::Language,
        name::name_key,
        sheet_time::{self, TimeForm},
        signature::{SignatoryKind, Visibility},
    },
    platform::{
        documents::{
            csv::{delimiter, plain},
            source::{self, SheetEncoding},
        },
        i18n,
    },
    states::Directory,
};

/// Columns of a sheet.
const MOST_COLUMNS: usize = 200;
/// Lines shown of it.
const SHOWN: usize = 5;
/// Bytes of its text in which the head and these lines are looked for.
const LOOKED_AT: usize = 1024 * 1024;

/// What a sheet may say of a signatory, in the order the desk asks for it, with the word for it.
pub(super) const FIELDS: [(&str, &str); 19] = [
    ("name", "signing-name"),
    ("kind", "roll-filter-kind"),
    ("iso3", "signing-country"),
    ("contact_name", "signing-contact"),
    ("contact_email", "signing-colleague-email"),
    ("contact_role", "signing-colleague-role"),
    ("website", "signing-site"),
    ("acronym", "signing-acronym"),
    ("original_name", "signing-original-name"),
    ("latin_name", "signing-latin-name"),
    ("official_name", "signing-official-name"),
    ("un_status", "signing-un-status"),
    ("affiliation", "signing-affiliation"),
    ("location_label", "signing-location-label"),
    ("network_members", "signing-network-members"),
    ("visibility", "signing-visibility"),
    ("language", "upload-desk-language"),
    ("signed_at", "roll-since"),
    ("id", "upload-desk-id"),
];

/// Why a file is no sheet we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SheetFault {
    /// Nothing is in it.
    Empty,
    /// Its bytes are none of the encoding.
    Encoding,
    /// It has too many columns, or no head.
    Columns,
    /// It is broken, or would take too much room.
    Broken,
}

/// The head of a sheet, and its first lines.
pub(super) struct Shown {
    pub(super) head: Vec<String>,
    pub(super) lines: Vec<Vec<String>>,
}

/// Reads the head and the first lines.
///
/// # Errors
/// See [`SheetFault`].
pub(super) fn look(content: &[u8], encoding: Option<SheetEncoding>) -> Result<Shown, SheetFault> {
    if content.is_empty() {
        return Err(SheetFault::Empty);
    }
    let mut read = BufReader::new(source::open(Cursor::new(content), encoding).map_err(|_| SheetFault::Broken)?);
    let (mut text, mut line) = (String::new(), Vec::new());
    while read.read_until(b'\n', &mut line).map_err(|_| SheetFault::Broken)? > 0 {
        // Bytes that are no text would become other names, wherever they stand.
        let checked = str::from_utf8(&line).map_err(|_| SheetFault::Encoding)?;
        if checked.contains(['\u{fffd}', '\0']) {
            return Err(SheetFault::Encoding);
        }
        if text.len() < LOOKED_AT {
            text.push_str(checked);
        }
        line.clear();
    }
    let mut reader = csv::ReaderBuilder::new().flexible(true).delimiter(delimiter(&text)).from_reader(text.as_bytes());
    let head: Vec<String> = reader.headers().map_err(|_| SheetFault::Broken)?.iter().map(|title| title.trim().to_owned()).collect();
    if head.len() > MOST_COLUMNS || head.iter().all(String::is_empty) {
        return Err(SheetFault::Columns);
    }
    let lines = reader.into_records().filter_map(Result::ok).take(SHOWN).map(|line| line.iter().map(str::to_owned).collect());
    Ok(Shown { head, lines: lines.collect() })
}

/// What web forms call a field of their own.
const ALSO: [(&str, &str); 1] = [("signed_at", "upload-desk-timestamp")];

/// Fields for which a value may stand for all lines.
pub(super) const WITH_DEFAULT: [&str; 4] = ["kind", "iso3", "visibility", "language"];

/// Which column holds what, and what stands where nothing does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Mapping {
    pub(super) columns: HashMap<String, usize>,
    pub(super) defaults: HashMap<String, String>,
    pub(super) time_form: TimeForm,
    /// The zone of times that name none; empty means UTC.
    pub(super) zone: String,
}

impl Mapping {
    /// The columns that are called like our fields, by key or by the words of the form in any of its languages.
    pub(super) fn guessed(head: &[String], lines: &[Vec<String>]) -> Self {
        let mut columns = HashMap::new();
        for (field, word) in FIELDS {
            let called = |title: &String| {
                let title = name_key(title);
                let words = std::iter::once(word).chain(ALSO.iter().filter(|(of, _)| *of == field).map(|(_, word)| *word));
                let words = words.flat_map(|word| Language::INTERFACE.iter().map(move |language| name_key(&i18n::word(*language, word))));
                !title.is_empty() && (title == name_key(field) || words.into_iter().any(|word| word == title))
            };
            if let Some(place) = head.iter().position(called) {
                columns.insert(field.to_owned(), place);
            }
        }
        let times = columns.get("signed_at").map(|place| lines.iter().filter_map(|line| line.get(*place)).map(String::as_str));
        let time_form = times.map(sheet_time::guessed).unwrap_or_default();
        Self { columns, time_form, ..Self::default() }
    }
}

/// Words for our keys.
#[derive(Debug, Default)]
struct Vocabulary {
    kinds: HashMap<String, String>,
    visibilities: HashMap<String, String>,
    countries: HashMap<String, String>,
}

/// How the lines of one sheet are read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    mapping: Mapping,
    vocabulary: Vocabulary,
    /// A line without a number of its own is known by who signs by what name.
    pub(super) numbers_lines: bool,
}

impl Reading {
    /// In columns that are called as our own sheets call them, in our own keys.
    pub(super) fn of_head(head: &csv::StringRecord) -> Self {
        let columns = head.iter().enumerate().map(|(place, name)| (name.trim().to_lowercase(), place)).collect();
        Self { mapping: Mapping { columns, ..Mapping::default() }, ..Self::default() }
    }

    /// As somebody said, in the words of people.
    pub(super) fn mapped(mapping: Mapping, directory: &Directory) -> Self {
        let mut vocabulary = Vocabulary::default();
        for language in Language::INTERFACE {
            let word = |key: String| name_key(&i18n::word(language, &key));
            for kind in SignatoryKind::ALL {
                vocabulary.kinds.insert(word(format!("roll-kind-{kind}")), kind.key().to_owned());
                vocabulary.kinds.insert(word(format!("signing-kind-{kind}")), kind.key().to_owned());
            }
            for visibility in Visibility::ALL {
                let key = visibility.key().replace('_', "-");
                vocabulary.visibilities.insert(word(format!("signing-visibility-{key}")), visibility.key().to_owned());
            }
            for state in directory.by_name(language) {
                vocabulary.countries.insert(name_key(state.forms.name(language)), state.iso3.clone());
            }
        }
        Self { mapping, vocabulary, numbers_lines: true }
    }

    /// Whether a field can be read at all.
    pub(super) fn has(&self, field: &str) -> bool {
        self.mapping.columns.contains_key(field) || self.mapping.defaults.contains_key(field)
    }

    /// The instant a cell names, as the sheet is said to write it.
    pub(super) fn instant(&self, cell: &str) -> Option<DateTime<Utc>> {
        sheet_time::read(cell, self.mapping.time_form, self.mapping.zone.parse().unwrap_or(chrono_tz::UTC))
    }

    /// What a line says, in our keys where its words are known.
    pub(super) fn cell(&self, field: &str, record: &csv::StringRecord) -> String {
        let cell = self.mapping.columns.get(field).and_then(|place| record.get(*place)).map_or_else(String::new, plain);
        let cell = match self.mapping.defaults.get(field) {
            Some(default) if cell.is_empty() => default.clone(),
            _ => cell,
        };
        let words = match field {
            "kind" => &self.vocabulary.kinds,
            "visibility" => &self.vocabulary.visibilities,
            "iso3" => &self.vocabulary.countries,
            _ => return cell,
        };
        words.get(&name_key(&cell)).cloned().unwrap_or(cell)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn columns_are_found_by_key_and_by_the_words_of_the_form() {
        let head = ["Timestamp", "Name as it should be printed", "COUNTRY", "contact_email", "Sigle", "類型"].map(str::to_owned);
        let guessed = Mapping::guessed(&head, &[]);
        let at = |field: &str| guessed.columns.get(field).copied();
        assert_eq!((at("name"), at("contact_email"), at("acronym"), at("signed_at")), (Some(1), Some(3), Some(4), Some(0)));
        let lines = [vec!["11/20/2026 9:00:00".to_owned()]];
        assert_eq!(Mapping::guessed(&head, &lines).time_form, TimeForm::MonthFirst);
    }

    #[test]
    fn an_empty_cell_takes_what_stands_for_all_and_a_filled_one_does_not() {
        let mapping = Mapping {
            columns: HashMap::from([("kind".to_owned(), 0)]),
            defaults: HashMap::from([("kind".to_owned(), "organisation".to_owned()), ("visibility".to_owned(), "withheld".to_owned())]),
            ..Mapping::default()
        };
        let reading = Reading { mapping, ..Reading::default() };
        let cell = |field: &str, cells: [&str; 1]| reading.cell(field, &csv::StringRecord::from(cells.to_vec()));
        assert_eq!((cell("kind", [""]), cell("kind", ["network"])), ("organisation".to_owned(), "network".to_owned()));
        assert_eq!((cell("visibility", ["x"]), cell("name", ["x"])), ("withheld".to_owned(), String::new()));
    }
}
