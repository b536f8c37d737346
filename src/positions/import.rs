//! Reads a file of evidence into the table, line by line. Repeatable: the same file twice adds nothing; a changed row supersedes the old one,
//! which stays for earlier boards (R54). A row that a person retracted stays so until its content changes. Must not derive positions.

use std::{collections::HashMap, io::Read};

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{
    derivation,
    item::{Item, Typed, revision_of},
    jobs, store,
};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::files::Folder,
    domain::{campaign::Campaign, clock::to_micros},
    entities::{evidence, state},
    platform::Platform,
};

/// Rows per statement; far below the number of values either database takes at once.
const BATCH: usize = 200;
/// Rejects that are kept with their words; all are counted.
const MOST_REJECTS: usize = 1000;

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
    /// The file is no CSV, or lacks its columns.
    #[error("the file cannot be read: {0}")]
    File(#[from] csv::Error),
    /// A column that must be there is not.
    #[error("the file has no column {0}")]
    Column(&'static str),
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

/// Imports `file` in one transaction, leaves an audit line and asks for the positions to be derived. `progress` hears of every batch.
///
/// # Errors
/// See [`ImportError`]; nothing is changed then. Lines that cannot be read are in the report, and stop nothing.
pub async fn evidence(
    platform: &Platform,
    campaign: (Uuid, &Campaign),
    file: impl Read,
    dry_run: bool,
    account: Option<Uuid>,
    progress: impl FnMut(&Report),
) -> Result<Report, ImportError> {
    let now = to_micros(platform.clock.now());
    let txn = platform.database.begin().await?;
    let report = read_into(&txn, campaign, file, account, now, progress).await?;
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
    platform.bell.ring();
    Ok(report)
}

/// Imports the campaign's own file, if its folder has one, and derives the positions. For `demarche load`, inside its transaction.
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
    let report = read_into(db, campaign, file.as_slice(), None, to_micros(now), |_| {}).await?;
    if report.changes() {
        derivation::derive(db, campaign, now).await?;
        jobs::tomorrow(db, campaign.0, now).await?;
    }
    Ok(Some(report))
}

/// The work of an import, inside the caller's transaction.
///
/// # Errors
/// See [`ImportError`].
pub async fn read_into(
    db: &impl ConnectionTrait,
    (campaign_id, campaign): (Uuid, &Campaign),
    file: impl Read,
    account: Option<Uuid>,
    now: DateTime<Utc>,
    mut progress: impl FnMut(&Report),
) -> Result<Report, ImportError> {
    let states = codes_of_states(db).await?;
    let mut known = known_rows(db, campaign_id).await?;
    let mut lines_of_keys: HashMap<String, u64> = HashMap::new();
    let mut report = Report::default();
    let mut waiting: Vec<store::NewRow> = Vec::new();
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).flexible(false).from_reader(file);
    let head = reader.headers()?.clone();
    for column in ["id", "iso3", "type", "date", "summary", "confidence", "visibility"] {
        if !head.iter().any(|name| name == column) {
            return Err(ImportError::Column(column));
        }
    }
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => {
                report.lines += 1;
                report.reject(line, format!("not a row of this table ({error})"));
                if error.is_io_error() {
                    return Err(error.into());
                }
                continue;
            }
        }
        let line = record.position().map_or(line, csv::Position::line);
        report.lines += 1;
        let typed: Typed = match record.deserialize(Some(&head)) {
            Ok(typed) => typed,
            Err(error) => {
                report.reject(line, error);
                continue;
            }
        };
        let key = typed.id.trim().to_owned();
        if key.is_empty() || key.chars().count() > 64 {
            report.reject(line, "id: is empty or too long");
            continue;
        }
        if let Some(first) = lines_of_keys.insert(key.clone(), line) {
            report.reject(line, format!("id: {key} stands in line {first} already"));
            continue;
        }
        match typed.check(campaign, |iso3| states.contains(iso3), now.date_naive()) {
            Ok(item) => {
                if let Some(row) = compare(&mut report, known.remove(&key), item, key) {
                    waiting.push(row);
                }
            }
            Err(faults) => {
                let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
                report.reject(line, words.join("; "));
            }
        }
        if waiting.len() >= BATCH {
            store::add(db, campaign_id, std::mem::take(&mut waiting), account, now).await?;
            progress(&report);
        }
    }
    store::add(db, campaign_id, waiting, account, now).await?;
    progress(&report);
    Ok(report)
}

/// What a line means beside the newest row with its key.
fn compare(report: &mut Report, known: Option<Known>, item: Item, key: String) -> Option<store::NewRow> {
    let Some(known) = known else {
        report.added += 1;
        return Some(store::NewRow { import_key: Some(key), item, revision: 0, supersedes: None });
    };
    if item.is_content_of(&known.hash) {
        report.unchanged += 1;
        return None;
    }
    report.superseded += 1;
    let supersedes = (!known.is_ended).then_some(known.id);
    Some(store::NewRow { import_key: Some(key), item, revision: revision_of(&known.hash) + 1, supersedes })
}

async fn codes_of_states(db: &impl ConnectionTrait) -> Result<std::collections::HashSet<String>, DbErr> {
    let codes: Vec<String> = state::Entity::find().select_only().column(state::Column::Iso3).into_tuple().all(db).await?;
    Ok(codes.into_iter().collect())
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
