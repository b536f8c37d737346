//! Reads a sheet of signatories into the tables, line by line, in batches. Repeatable: a line that is known changes nothing but to show less, and
//! what was withdrawn or declined stays so (R16). Must not say a name in a message.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Cursor, Read},
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    counts,
    entrant::{Entrant, Line, entrant},
    hiding, jobs,
    reading::Reading,
    store,
};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::Current,
    domain::signature::{SignatureOrigin, SignatureState, Visibility},
    entities::{signatory, signature},
    platform::{Platform, documents::csv::delimiter, jobs::enqueue},
    states::Directory,
};

/// Rows of one transaction; far below the number of values either database takes in a statement.
const BATCH: usize = 200;
/// Rejects that are kept with their words; all are counted.
const MOST_REJECTS: usize = 1000;
/// Bytes of the first line that are looked at.
const LONGEST_HEAD: u64 = 64 * 1024;
/// Columns a sheet must have; the others may be missing.
const NEEDED: [&str; 4] = ["id", "kind", "name", "visibility"];

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A column is missing.
    #[error("the sheet has no column {0}")]
    NoColumn(&'static str),
    /// No sheet.
    #[error("the file is no sheet: {0}")]
    Unreadable(#[from] csv::Error),
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// A fault of ours.
    #[error(transparent)]
    Unexpected(#[from] anyhow::Error),
}

/// How to import.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Change nothing, only say what would happen.
    pub dry_run: bool,
    /// Where the signatures come from.
    pub origin: SignatureOrigin,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Lines read, without the head.
    pub lines: u64,
    /// New signatures.
    pub added: u64,
    /// Known already; left as they are.
    pub known: u64,
    /// Known already, and shown less from now on, because the sheet says so (R14).
    pub hidden: u64,
    /// Withdrawn or declined before; left so (R16).
    pub ended: u64,
    /// Lines with faults.
    pub rejected: u64,
    /// Why, for the first thousand.
    pub rejects: Vec<Reject>,
    /// Somebody stopped it before the end.
    pub stopped: bool,
}

/// A line with a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// From 1, the head included.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
    /// The line itself: for whoever sent the sheet, and for no log.
    pub cells: Vec<String>,
}

/// A signature that is there already.
#[derive(Clone, Copy)]
struct Known {
    id: Uuid,
    ended: bool,
    visibility: Visibility,
}

/// Hears how far a sheet was read, and says whether to go on.
#[async_trait]
pub(super) trait Watcher: Send + Sync {
    /// After each batch.
    async fn lines(&self, read: u64) -> Result<bool, DbErr>;
}

struct Telling<F>(Mutex<F>);

#[async_trait]
impl<F: FnMut(u64) + Send> Watcher for Telling<F> {
    async fn lines(&self, read: u64) -> Result<bool, DbErr> {
        (self.0.lock().unwrap_or_else(PoisonError::into_inner))(read);
        Ok(true)
    }
}

/// Imports a sheet in the columns of the demonstration's, in UTF-8. `progress` hears of the lines read after each batch.
///
/// # Errors
/// See [`ImportError`]. Batches that were written stay; the same file again goes on from there.
pub async fn signatures(
    platform: &Platform,
    within: (&Current, &Directory),
    source: impl Read + Send,
    options: Options,
    progress: impl FnMut(u64) + Send,
) -> Result<Report, ImportError> {
    read(platform, within, source, options, None, &Telling(Mutex::new(progress))).await
}

/// The same in other columns, where `reading` says how. It stops where `watcher` says so; what was written stays.
///
/// # Errors
/// See [`ImportError`].
pub(super) async fn read(
    platform: &Platform,
    (campaign, states): (&Current, &Directory),
    source: impl Read + Send,
    options: Options,
    reading: Option<Reading>,
    watcher: &dyn Watcher,
) -> Result<Report, ImportError> {
    let mut source = BufReader::new(source);
    let mut head = Vec::new();
    // A decoder may hand out a few bytes at first: the parting sign is told by the whole first line.
    source.by_ref().take(LONGEST_HEAD).read_until(b'\n', &mut head)?;
    // After CRLF the reader counts one line short: it leaves the LF to the next record.
    let short = u64::from(head.ends_with(b"\r\n"));
    let delimiter = delimiter(&String::from_utf8_lossy(&head));
    let source = Cursor::new(head).chain(source);
    let mut reader = csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(source);
    let head = reader.headers()?;
    let reading = reading.unwrap_or_else(|| Reading::of_head(head));
    if let Some(missing) = NEEDED.into_iter().find(|name| !(reading.has(name) || reading.numbers_lines && *name == "id")) {
        return Err(ImportError::NoColumn(missing));
    }
    let (mut report, mut seen, mut batch) = (Report::default(), HashMap::new(), Vec::with_capacity(BATCH));
    for record in reader.into_records() {
        if record.as_ref().is_ok_and(|record| record.iter().all(|cell| cell.trim().is_empty())) {
            // What was deleted in a sheet leaves a line with nothing in it.
            continue;
        }
        report.lines += 1;
        let read = match &record {
            Ok(record) => entrant(platform, (campaign, states), &Line { reading: &reading, record }, options.origin),
            Err(error) if error.is_io_error() => return Err(record.map(drop).err().map_or_else(unreadable, ImportError::from)),
            Err(_) => Err("the line cannot be read".to_owned()),
        };
        let line = match &record {
            Ok(record) => record.position().map(csv::Position::line),
            Err(error) => error.position().map(csv::Position::line),
        };
        match read {
            Ok(entrant) => batch.push(entrant),
            Err(reason) => {
                report.rejected += 1;
                if report.rejects.len() < MOST_REJECTS {
                    let cells = record.as_ref().map(|record| record.iter().map(str::to_owned).collect()).unwrap_or_default();
                    report.rejects.push(Reject { line: line.unwrap_or(report.lines) + short, reason, cells });
                }
            }
        }
        if batch.len() == BATCH {
            if !options.dry_run {
                // What was written is found in the tables: only a trial has to hold the marks of the whole sheet.
                seen.clear();
            }
            write(platform, campaign, std::mem::take(&mut batch), &mut seen, options, &mut report).await?;
            if !watcher.lines(report.lines).await? {
                report.stopped = true;
                break;
            }
        }
    }
    if !report.stopped {
        write(platform, campaign, batch, &mut seen, options, &mut report).await?;
        watcher.lines(report.lines).await?;
    }
    if !options.dry_run && report.hidden > 0 {
        platform.hidden().await;
    }
    if !options.dry_run && report.added + report.hidden > 0 {
        // Counted once at the end rather than by a delta for each line.
        counts::recount(platform, campaign.id).await?;
        let details = json!({ "lines": report.lines, "added": report.added, "hidden": report.hidden, "origin": options.origin.key() });
        let txn = platform.database.begin().await?;
        enqueue(&txn, jobs::compare(), platform.clock.now()).await?;
        audit::append(&txn, Entry::of(None, "signatures.imported", "campaign", campaign.id).with(details), platform.clock.now()).await?;
        txn.commit().await?;
    }
    Ok(report)
}

fn unreadable() -> ImportError {
    std::io::Error::from(std::io::ErrorKind::InvalidData).into()
}

/// A mark of a line in sixteen bytes: those of all lines are held until the sheet is read.
type Short = [u8; 16];

fn short(mark: &str) -> Short {
    let mut short = Short::default();
    for (kept, byte) in short.iter_mut().zip(Sha256::digest(mark)) {
        *kept = byte;
    }
    short
}

async fn write(
    platform: &Platform,
    campaign: &Current,
    batch: Vec<Entrant>,
    seen: &mut HashMap<Short, Visibility>,
    options: Options,
    report: &mut Report,
) -> Result<(), ImportError> {
    let now = platform.clock.now();
    let txn = platform.database.begin_on_growing_tables().await?;
    let known = known(&txn, campaign, &batch).await?;
    let (mut new, mut places): (Vec<Entrant>, HashMap<String, usize>) = (Vec::new(), HashMap::new());
    for row in batch {
        let (marks, wish): (Vec<String>, Visibility) = (row.marks().collect(), row.visibility);
        // A line that was imported before speaks of its own signature only: what its signer did since is no business of an old sheet.
        let same: Vec<Known> = match known.get(&row.key) {
            Some(own) => vec![*own],
            None => marks.iter().filter_map(|mark| known.get(mark)).copied().collect(),
        };
        let before = marks.iter().filter_map(|mark| seen.get(&short(mark))).copied().max();
        if !same.is_empty() {
            let mut hidden = false;
            for other in same.iter().filter(|other| !other.ended && other.visibility < wish) {
                // What a batch before this one hid in a dry run was not written down.
                hidden |= before.is_none_or(|before| before < wish);
                if !options.dry_run {
                    hiding::hide(&txn, &platform.keys, other.id, wish, now).await?;
                }
            }
            match (hidden, same.iter().all(|other| other.ended)) {
                (true, _) => report.hidden += 1,
                (false, true) => report.ended += 1,
                (false, false) => report.known += 1,
            }
        } else if let Some(before) = before {
            if before < wish {
                report.hidden += 1
            } else {
                report.known += 1
            }
            for place in marks.iter().filter_map(|mark| places.get(mark)) {
                if let Some(first) = new.get_mut(*place).filter(|first| first.visibility < wish) {
                    first.show(&platform.keys, wish)?;
                }
            }
        } else {
            report.added += 1;
            places.extend(marks.iter().map(|mark| (mark.clone(), new.len())));
            new.push(row);
        }
        let most = before.into_iter().chain([wish]).max().unwrap_or(wish);
        seen.extend(marks.iter().map(|mark| (short(mark), most)));
    }
    if options.dry_run {
        return Ok(txn.rollback().await?);
    }
    if !new.is_empty() {
        let (signatories, signatures): (Vec<_>, Vec<_>) = new.into_iter().map(|row| (row.signatory, row.signature)).unzip();
        signatory::Entity::insert_many(signatories).exec_without_returning(&txn).await?;
        signature::Entity::insert_many(signatures).exec_without_returning(&txn).await?;
    }
    txn.commit().await?;
    platform.changed();
    Ok(())
}

/// What is there of a batch, by the marks of its lines: under the same number, or of the same people by the same name, from the form too. Three
/// queries.
async fn known(txn: &DatabaseTransaction, campaign: &Current, batch: &[Entrant]) -> Result<HashMap<String, Known>, DbErr> {
    let entry = |row: &signature::Model| {
        let ended = row.state.parse().is_ok_and(SignatureState::is_final);
        Known { id: row.id, ended, visibility: row.visibility.parse().unwrap_or(Visibility::Named) }
    };
    let by_key = signature::Entity::find().filter(signature::Column::SubmissionKey.is_in(batch.iter().map(|row| row.key.clone())));
    let mut known: HashMap<String, Known> =
        by_key.all(txn).await?.into_iter().map(|row| (row.submission_key.clone(), entry(&row))).collect();
    let mut people = store::of_addresses(txn, batch.iter().filter_map(|row| row.contact_hash.clone())).await?;
    people.retain(|row| row.campaign_id == campaign.id);
    let signed = store::signed_by(txn, people, [campaign.text.id]).await?;
    for (signature, signatory) in &signed {
        if let (Some(hash), Some(name)) = (&signatory.contact_hash, &signatory.name_key) {
            let found = entry(signature);
            // Of two signatures of one person by one name, the one that still counts.
            let place = known.entry(format!("{hash}\n{name}")).or_insert(found);
            if place.ended {
                *place = found;
            }
        }
    }
    Ok(known)
}
