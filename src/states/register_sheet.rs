//! The register as a sheet: written out, and read back with every fault named by its line and field (R27). A line adds an entry or confirms the newest
//! one; nothing is taken away. Must not know who uploads it.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::{
    Directory,
    addressees::{self, Entered, FIELDS},
};
use crate::{
    domain::{addressee::TypedEntry, letter::PostKind},
    platform::{
        Platform,
        documents::csv::{Row, Sheet, SheetError, Table},
    },
};

/// Which post a line is about.
const KEY: [&str; 2] = ["iso3", "post"];
/// When the entry was last checked.
const CHECKED: &str = "checked_on";

/// Why no sheet can be read.
#[derive(Debug, thiserror::Error)]
pub enum RegisterSheetError {
    /// The file is no sheet.
    #[error("{0}")]
    File(#[from] SheetError),
    /// A column that must be there is not.
    #[error("line 1: the file has no column {0}")]
    Column(&'static str),
    /// A column that means nothing here: a mistyped heading would lose what stands under it.
    #[error("line 1: the column {0:?} is none of this table's")]
    UnknownColumn(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Lines read, without the head.
    pub lines: usize,
    /// Entries that say something new.
    pub entered: usize,
    /// Lines that say what the newest entry says.
    pub unchanged: usize,
    /// What is new, post by post.
    pub changes: Vec<Change>,
    /// Lines that were not taken.
    pub rejects: Vec<Reject>,
}

/// A post of which a line says something new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The state.
    pub iso3: String,
    /// The post.
    pub post: PostKind,
    /// The fields that differ.
    pub fields: Vec<&'static str>,
}

/// A fault of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// From 1, the head included.
    pub line: u64,
    /// The column.
    pub field: &'static str,
    /// Key of the words that say what is wrong.
    pub code: &'static str,
}

/// Where the columns of a file are.
struct Columns {
    key: [usize; 2],
    fields: [Option<usize>; FIELDS.len()],
    checked: Option<usize>,
}

impl Columns {
    fn of(table: &Table) -> Result<Self, RegisterSheetError> {
        let known = |heading: &str| KEY.iter().chain(&FIELDS).chain([&CHECKED]).any(|column| column.eq_ignore_ascii_case(heading));
        if let Some(heading) = table.headings.iter().find(|heading| !known(heading)) {
            return Err(RegisterSheetError::UnknownColumn(heading.clone()));
        }
        let needed = |column: &'static str| table.column(column).ok_or(RegisterSheetError::Column(column));
        needed("source")?;
        Ok(Self {
            key: [needed(KEY[0])?, needed(KEY[1])?],
            fields: FIELDS.map(|field| table.column(field)),
            checked: table.column(CHECKED),
        })
    }

    /// A line on top of what is known: a column that the file lacks changes nothing.
    fn onto(&self, known: TypedEntry, row: &Row) -> TypedEntry {
        let mut cells = addressees::cells(&known);
        for (cell, column) in cells.iter_mut().zip(self.fields) {
            if let Some(column) = column {
                row.cell(column).clone_into(cell);
            }
        }
        addressees::typed_of(cells)
    }
}

/// Reads a sheet into the register in one transaction. Lines with faults are told and stop nothing. Repeatable: the same sheet twice adds nothing.
///
/// # Errors
/// See [`RegisterSheetError`]; nothing is changed then.
pub async fn import(
    platform: &Platform,
    directory: &Directory,
    file: &[u8],
    dry_run: bool,
    account: Option<Uuid>,
) -> Result<Report, RegisterSheetError> {
    let table = Table::read(file)?;
    let columns = Columns::of(&table)?;
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let (mut report, mut seen) = (Report { lines: table.rows.len(), ..Report::default() }, HashSet::new());
    for row in &table.rows {
        let reject = |field, code| Reject { line: row.line, field, code };
        let [iso3, post] = columns.key.map(|column| row.cell(column));
        let kind = post.parse().ok().filter(|kind| addressees::kinds().any(|known| known == *kind));
        let (Some(state), Some(kind)) = (directory.state(&iso3.to_uppercase()), kind) else {
            let (field, code) = if kind.is_some() { (KEY[0], "register-error-state") } else { (KEY[1], "register-error-post") };
            report.rejects.push(reject(field, code));
            continue;
        };
        if !seen.insert((&state.iso3, kind)) {
            report.rejects.push(reject(KEY[1], "register-error-twice"));
            continue;
        }
        let checked = match checked_at(columns.checked.map_or("", |column| row.cell(column)), now) {
            Ok(checked) => checked,
            Err(code) => {
                report.rejects.push(reject(CHECKED, code));
                continue;
            }
        };
        let newest = addressees::newest(&txn, &state.iso3, kind).await?;
        let typed = columns.onto(newest.as_ref().map(addressees::typed).unwrap_or_default(), row);
        let entry = match typed.check() {
            Ok(entry) => entry,
            Err(faults) => {
                report.rejects.extend(faults.into_iter().map(|fault| reject(fault.field, fault.code)));
                continue;
            }
        };
        let post = addressees::post_of(&txn, &state.iso3, kind, now).await?;
        // A line that says nothing new and not when it was checked confirms nothing: the sheet may be as old as the entry.
        let known_since = newest.as_ref().map_or(now, addressees::looked_at);
        let changed = addressees::changed_fields(newest.as_ref(), &entry);
        let checked = checked.unwrap_or(if changed.is_empty() { known_since } else { now });
        match addressees::keep(&txn, post, newest.as_ref(), &entry, checked, now, account).await? {
            Entered::New => {
                report.entered += 1;
                report.changes.push(Change { iso3: state.iso3.clone(), post: kind, fields: changed });
            }
            Entered::Checked => report.unchanged += 1,
        }
    }
    if dry_run {
        txn.rollback().await?;
    } else {
        txn.commit().await?;
    }
    Ok(report)
}

/// The moment of the last check, if the line says one: noon of its day, which is that day wherever it is read.
fn checked_at(typed: &str, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, &'static str> {
    if typed.is_empty() {
        return Ok(None);
    }
    let day: NaiveDate = typed.parse().map_err(|_| "register-error-date")?;
    if day > now.date_naive() {
        return Err("register-error-future");
    }
    Ok(Some(day.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default()).and_utc().min(now)))
}

/// The newest entry of every post there is, in the columns [`import`] reads; posts without an entry with empty cells, to be filled in. Two queries.
///
/// # Errors
/// When the database fails.
pub async fn export(db: &impl ConnectionTrait) -> anyhow::Result<Vec<u8>> {
    let entries = addressees::newest_of_all(db).await?;
    let mut sheet = Sheet::new(true);
    sheet.row(KEY.iter().chain(&FIELDS).chain([&CHECKED]))?;
    for post in addressees::all_posts(db).await? {
        let entry = entries.get(&post.id);
        let cells = addressees::cells(&entry.map(addressees::typed).unwrap_or_default());
        let checked = entry.map(|entry| addressees::looked_at(entry).date_naive().to_string());
        sheet.row([post.iso3, post.kind].into_iter().chain(cells).chain([checked.unwrap_or_default()]))?;
    }
    Ok(sheet.take()?)
}
