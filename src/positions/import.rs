//! Reads a file of evidence into the table, line by line. Repeatable: the same file twice adds nothing; a changed row supersedes the old one,
//! which stays for earlier boards (R54). A row that a person retracted stays so until its content changes. Must not derive positions.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{
    derivation,
    item::{COLUMNS, Item, Typed, revision_of},
    jobs, ledger,
};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::files::Folder,
    domain::{campaign::Campaign, clock::to_micros},
    entities::evidence,
    platform::{
        Platform,
        documents::csv::{SheetError, Table},
    },
};

/// Rows between two reports of progress.
const BATCH: usize = 200;
/// Rejects that are kept with their words; all are counted.
const MOST_REJECTS: usize = 1000;

/// Columns without which no line can be read.
const NEEDED: [&str; 7] = ["id", "iso3", "type", "date", "summary", "confidence", "visibility"];

/// The campaign's file that `demarche load` reads.
pub const SHIPPED: &str = "evidence.csv";

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Lines read, without the head.
    pub lines: u64,
    /// New rows.
    pub added: u64,
    /// Rows that replaced an earlier one with the same key.
    pub superseded: u64,
    /// Rows that say what is known already.
    pub unchanged: u64,
    /// Lines that could not be read.
    pub rejected: u64,
    /// Why, for the first thousand.
    pub rejects: Vec<Reject>,
}

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// From 1, the head included.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

impl Report {
    fn reject(&mut self, line: u64, reason: impl ToString) {
        self.rejected += 1;
        if self.rejects.len() < MOST_REJECTS {
            self.rejects.push(Reject { line, reason: reason.to_string() });
        }
    }

    /// Whether anything changes.
    pub fn changes(&self) -> bool {
        self.added + self.superseded > 0
    }
}

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is no sheet.
    #[error("{0}")]
    File(#[from] SheetError),
    /// A column that must be there is not.
    #[error("line 1: the file has no column {0}")]
    Column(&'static str),
    /// A column that means nothing here: a mistyped heading would lose what stands under it.
    #[error("line 1: the column {0:?} is none of this table's: {known}", known = COLUMNS.join(", "))]
    UnknownColumn(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// The newest row with a key.
struct Known {
    id: Uuid,
    hash: String,
    is_ended: bool,
}

/// The lines of a file that can be stored, and what was wrong with the others.
#[derive(Debug, Default)]
struct Checked {
    items: Vec<(String, Item)>,
    report: Report,
}

/// Imports `file` in one transaction, leaves an audit line and asks for the positions to be derived. `progress` hears of every batch. All lines are
/// checked before the transaction begins.
///
/// # Errors
/// See [`ImportError`]; nothing is changed then. Lines that cannot be read are in the report, and stop nothing.
pub async fn evidence(
    platform: &Platform,
    campaign: (Uuid, &Campaign),
    file: &[u8],
    dry_run: bool,
    account: Option<Uuid>,
    progress: impl FnMut(&Report),
) -> Result<Report, ImportError> {
    let now = to_micros(platform.clock.now());
    let checked = check(platform.database.read(), campaign.1, file, now).await?;
    let txn = platform.database.begin().await?;
    let report = write(&txn, campaign.0, checked, account, now, progress).await?;
    if dry_run {
        txn.rollback().await?;
        return Ok(report);
    }
    if report.changes() {
        let counts = serde_json::json!({ "added": report.added, "superseded": report.superseded, "rejected": report.rejected });
        audit::append(&txn, Entry::of(account, "evidence.imported", "campaign", campaign.0).with(counts), now).await?;
        jobs::ask(&txn, campaign.0, now).await?;
    }
    txn.commit().await?;
    platform.changed();
    Ok(report)
}

/// Imports the campaign's own file, if its folder has one, and asks for the positions to be derived. For `demarche load`, inside its transaction.
///
/// # Errors
/// See [`ImportError`].
pub async fn shipped(
    db: &impl ConnectionTrait,
    campaign: (Uuid, &Campaign),
    folder: &Folder,
    now: DateTime<Utc>,
) -> Result<Option<Report>, ImportError> {
    let Ok(file) = folder.bytes(SHIPPED) else { return Ok(None) };
    let now = to_micros(now);
    let checked = check(db, campaign.1, &file, now).await?;
    let report = write(db, campaign.0, checked, None, now, |_| {}).await?;
    if report.changes() {
        jobs::ask(db, campaign.0, now).await?;
    }
    Ok(Some(report))
}

/// Checks every line. One query.
async fn check(db: &impl ConnectionTrait, campaign: &Campaign, file: &[u8], now: DateTime<Utc>) -> Result<Checked, ImportError> {
    let table = Table::read(file)?;
    if let Some(missing) = NEEDED.into_iter().find(|name| table.column(name).is_none()) {
        return Err(ImportError::Column(missing));
    }
    let head: Vec<String> = table.headings.iter().map(|heading| heading.to_lowercase()).collect();
    if let Some(unknown) = head.iter().find(|heading| !heading.is_empty() && !COLUMNS.contains(&heading.as_str())) {
        return Err(ImportError::UnknownColumn(unknown.clone()));
    }
    let head = csv::StringRecord::from(head);
    let states: HashSet<String> = derivation::states(db).await?.into_iter().collect();
    let mut lines_of_keys: HashMap<String, u64> = HashMap::new();
    let mut checked = Checked::default();
    for row in table.rows {
        let report = &mut checked.report;
        report.lines += 1;
        if !row.fits {
            report.reject(row.line, format!("{} cells under {} headings", row.cells.len(), head.len()));
            continue;
        }
        let typed: Typed = match csv::StringRecord::from(row.cells).deserialize(Some(&head)) {
            Ok(typed) => typed,
            Err(error) => {
                report.reject(row.line, error);
                continue;
            }
        };
        let key = typed.id.clone();
        if key.is_empty() || key.chars().count() > 64 || key.chars().any(char::is_control) {
            report.reject(row.line, "id: is empty, too long or no plain text");
            continue;
        }
        if let Some(first) = lines_of_keys.insert(key.clone(), row.line) {
            report.reject(row.line, format!("id: {key} stands in line {first} already"));
            continue;
        }
        match typed.check(campaign, |iso3| states.contains(iso3), now.date_naive()) {
            Ok(item) => checked.items.push((key, item)),
            Err(faults) => {
                let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
                report.reject(row.line, words.join("; "));
            }
        }
    }
    Ok(checked)
}

/// Stores what is new or changed, inside the caller's transaction. One query, and what [`ledger::add`] takes.
async fn write(
    db: &impl ConnectionTrait,
    campaign_id: Uuid,
    checked: Checked,
    account: Option<Uuid>,
    now: DateTime<Utc>,
    mut progress: impl FnMut(&Report),
) -> Result<Report, DbErr> {
    let mut known = known_rows(db, campaign_id).await?;
    let (mut report, mut waiting) = (checked.report, Vec::new());
    for (key, item) in checked.items {
        waiting.extend(compare(&mut report, known.remove(&key), item, key));
        if waiting.len() >= BATCH {
            ledger::add(db, campaign_id, std::mem::take(&mut waiting), account, now).await?;
            progress(&report);
        }
    }
    ledger::add(db, campaign_id, waiting, account, now).await?;
    progress(&report);
    Ok(report)
}

/// What a line means beside the newest row with its key.
fn compare(report: &mut Report, known: Option<Known>, item: Item, key: String) -> Option<ledger::NewRow> {
    let Some(known) = known else {
        report.added += 1;
        return Some(ledger::NewRow { import_key: Some(key), item, revision: 0, supersedes: None });
    };
    if item.is_content_of(&known.hash) {
        report.unchanged += 1;
        return None;
    }
    report.superseded += 1;
    let supersedes = (!known.is_ended).then_some(known.id);
    Some(ledger::NewRow { import_key: Some(key), item, revision: revision_of(&known.hash) + 1, supersedes })
}

/// The row with the highest revision for every key. One query.
async fn known_rows(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<HashMap<String, Known>, DbErr> {
    use evidence::Column as C;
    let rows: Vec<(Uuid, String, String, Option<DateTime<Utc>>)> = evidence::Entity::find()
        .select_only()
        .columns([C::Id, C::ImportKey, C::ContentHash, C::EndedAt])
        .filter(C::CampaignId.eq(campaign_id))
        .filter(C::ImportKey.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    let mut known: HashMap<String, Known> = HashMap::with_capacity(rows.len());
    for (id, key, hash, ended) in rows {
        let is_newer = known.get(&key).is_none_or(|other| revision_of(&other.hash) < revision_of(&hash));
        if is_newer {
            known.insert(key, Known { id, hash, is_ended: ended.is_some() });
        }
    }
    Ok(known)
}
