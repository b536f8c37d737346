//! Reads a sheet of signatories into the tables, line by line, in batches. Repeatable: a line that is known changes nothing, and what was withdrawn
//! or declined stays so (R16). Must not say a name in a message.

use std::{
    collections::{HashMap, HashSet},
    io::{BufRead, BufReader, Read},
};

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{
    contact::{self, Contact, Names},
    counts, service,
};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::Current,
    domain::{
        email::EmailAddress,
        language::Language,
        name::{clean_line, clean_name},
        reference::{Reference, ReferenceKind},
        signature::{NetworkMode, SecondPerson, SignatoryKind, SignatureOrigin, SignatureState, Visibility},
    },
    entities::{signatory, signature},
    platform::{Platform, documents::csv::plain},
    states::Directory,
};

/// Rows of one transaction; far below the number of values either database takes in a statement.
const BATCH: usize = 200;
/// Rejects that are kept with their words; all are counted.
const MOST_REJECTS: usize = 1000;
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
    /// Withdrawn or declined before; left so (R16).
    pub ended: u64,
    /// Lines with faults.
    pub rejected: u64,
    /// Why, for the first thousand.
    pub rejects: Vec<Reject>,
}

/// A line with a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// From 1, the head included.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// A line without a fault.
struct Entrant {
    key: String,
    contact_hash: Option<String>,
    /// The key of its name as a named and as a withheld signatory has it.
    name_keys: [String; 2],
    signatory: signatory::ActiveModel,
    signature: signature::ActiveModel,
}

/// Imports a sheet in the columns of the demonstration's, in UTF-8. `progress` hears of the lines read after each batch.
///
/// # Errors
/// See [`ImportError`]. Batches that were written stay; the same file again goes on from there.
pub async fn signatures(
    platform: &Platform,
    (campaign, states): (&Current, &Directory),
    source: impl Read,
    options: Options,
    mut progress: impl FnMut(u64),
) -> Result<Report, ImportError> {
    let mut source = BufReader::new(source);
    let head = source.fill_buf()?;
    // After CRLF the reader counts one line short: it leaves the LF to the next record.
    let short = u64::from(head.split(|byte| *byte == b'\n').next().is_some_and(|line| line.ends_with(b"\r")));
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(source);
    let columns: HashMap<String, usize> =
        reader.headers()?.iter().enumerate().map(|(place, name)| (name.trim().to_lowercase(), place)).collect();
    if let Some(missing) = NEEDED.into_iter().find(|name| !columns.contains_key(*name)) {
        return Err(ImportError::NoColumn(missing));
    }
    let (mut report, mut seen, mut batch) = (Report::default(), HashSet::new(), Vec::with_capacity(BATCH));
    for record in reader.into_records() {
        report.lines += 1;
        let read = match &record {
            Ok(record) => entrant(platform, (campaign, states), &Line { columns: &columns, record }, options.origin),
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
                    report.rejects.push(Reject { line: line.unwrap_or(report.lines) + short, reason });
                }
            }
        }
        if batch.len() == BATCH {
            write(platform, campaign, std::mem::take(&mut batch), &mut seen, options, &mut report).await?;
            progress(report.lines);
        }
    }
    write(platform, campaign, batch, &mut seen, options, &mut report).await?;
    progress(report.lines);
    if !options.dry_run && report.added > 0 {
        // Counted once at the end rather than by a delta for each line.
        counts::recount(platform, campaign.id).await?;
        let details = json!({ "lines": report.lines, "added": report.added, "origin": options.origin.key() });
        let txn = platform.database.begin().await?;
        audit::append(&txn, Entry::of(None, "signatures.imported", "campaign", campaign.id).with(details), platform.clock.now()).await?;
        txn.commit().await?;
    }
    Ok(report)
}

fn unreadable() -> ImportError {
    std::io::Error::from(std::io::ErrorKind::InvalidData).into()
}

async fn write(
    platform: &Platform,
    campaign: &Current,
    batch: Vec<Entrant>,
    seen: &mut HashSet<String>,
    options: Options,
    report: &mut Report,
) -> Result<(), ImportError> {
    let txn = platform.database.begin().await?;
    let by_key = signature::Entity::find().filter(signature::Column::SubmissionKey.is_in(batch.iter().map(|row| row.key.clone())));
    let mut states: HashMap<String, String> = by_key.all(&txn).await?.into_iter().map(|row| (row.submission_key, row.state)).collect();
    // The same people under another number, or from the form.
    let hashes: Vec<String> = batch.iter().filter_map(|row| row.contact_hash.clone()).collect();
    let known = signatory::Entity::find()
        .filter(signatory::Column::CampaignId.eq(campaign.id))
        .filter(signatory::Column::ContactHash.is_in(hashes))
        .all(&txn)
        .await?;
    let signed = signature::Entity::find()
        .filter(signature::Column::TextVersionId.eq(campaign.text.id))
        .filter(signature::Column::SignatoryId.is_in(known.iter().map(|row| row.id)))
        .all(&txn)
        .await?;
    let of: HashMap<Uuid, String> = signed.into_iter().map(|row| (row.signatory_id, row.state)).collect();
    for row in known {
        if let (Some(hash), Some(name), Some(state)) = (row.contact_hash, row.name_key, of.get(&row.id)) {
            states.insert(format!("{hash}\n{name}"), state.clone());
        }
    }
    let (mut signatories, mut signatures) = (Vec::new(), Vec::new());
    for row in batch {
        let people = |name: &String| row.contact_hash.as_ref().map(|hash| format!("{hash}\n{name}"));
        let marks: Vec<String> = std::iter::once(row.key.clone()).chain(row.name_keys.iter().filter_map(people)).collect();
        if let Some(state) = marks.iter().find_map(|mark| states.get(mark)) {
            if state.parse().is_ok_and(SignatureState::is_final) { report.ended += 1 } else { report.known += 1 }
        } else if marks.iter().any(|mark| seen.contains(mark)) {
            report.known += 1;
        } else {
            report.added += 1;
            signatories.push(row.signatory);
            signatures.push(row.signature);
        }
        seen.extend(marks);
    }
    if options.dry_run || signatures.is_empty() {
        return Ok(txn.rollback().await?);
    }
    signatory::Entity::insert_many(signatories).exec_without_returning(&txn).await?;
    signature::Entity::insert_many(signatures).exec_without_returning(&txn).await?;
    Ok(txn.commit().await?)
}

struct Line<'a> {
    columns: &'a HashMap<String, usize>,
    record: &'a csv::StringRecord,
}

impl Line<'_> {
    fn cell(&self, name: &str) -> String {
        self.columns.get(name).and_then(|place| self.record.get(*place)).map_or_else(String::new, plain)
    }

    fn line(&self, name: &str, longest: usize) -> Result<String, String> {
        clean_line(&self.cell(name), longest).map_err(|fault| format!("{name}: {fault}"))
    }

    fn optional(&self, name: &str, longest: usize) -> Result<Option<String>, String> {
        Ok(Some(self.line(name, longest)?).filter(|cell| !cell.is_empty()))
    }

    /// One of the known keys, or `otherwise` where the cell is empty.
    fn key<T: std::str::FromStr>(&self, name: &str, otherwise: Option<T>) -> Result<T, String> {
        let cell = self.cell(name);
        otherwise.filter(|_| cell.is_empty()).map_or_else(|| cell.parse().map_err(|_| format!("{name}: not one of the known values")), Ok)
    }
}

fn entrant(
    platform: &Platform,
    (campaign, states): (&Current, &Directory),
    line: &Line<'_>,
    origin: SignatureOrigin,
) -> Result<Entrant, String> {
    let key = line.line("id", 64)?;
    if key.is_empty() {
        return Err("id: empty".to_owned());
    }
    let kind: SignatoryKind = line.key("kind", None)?;
    let visibility: Visibility = line.key("visibility", None)?;
    let state = line.key("state", Some(SignatureState::Confirmed))?;
    let language = line.key("language", Some(Language::En))?;
    let now = platform.clock.now();
    let signed_at: DateTime<Utc> = match line.cell("signed_at") {
        cell if cell.is_empty() => now,
        cell => cell.parse().map_err(|_| "signed_at: not an instant such as 2026-09-01T09:00:00Z".to_owned())?,
    };
    let names = Names {
        name: clean_name(&line.cell("name")).map_err(|fault| format!("name: {fault}"))?,
        original_name: line.optional("original_name", 200)?,
        latin_name: line.optional("latin_name", 200)?,
        official_name: line.optional("official_name", 200)?,
        acronym: line.optional("acronym", 40)?,
        affiliation: line.optional("affiliation", 200)?,
        website: line.optional("website", 255)?,
        location_label: line.optional("location_label", 100)?,
        network_members: line.cell("network_members").parse().ok().filter(|_| kind == SignatoryKind::Network),
    };
    let iso3 = line.optional("iso3", 3)?;
    if iso3.as_deref().is_some_and(|code| states.state(code).is_none()) {
        return Err("iso3: no such state".to_owned());
    }
    let typed = line.cell("contact_email");
    let email = match typed.as_str() {
        "" => None,
        typed => Some(EmailAddress::parse(typed).map_err(|_| "contact_email: not an address".to_owned())?),
    };
    let (signatory_id, signature_id) = (Uuid::now_v7(), Uuid::now_v7());
    let contact_hash = email.as_ref().map(|email| platform.keys.address_hash(&email.comparable()));
    let fault = |_| "cannot be sealed".to_owned();
    let sealed_contact = match &email {
        None => None,
        Some(email) => {
            let contact =
                Contact { name: line.line("contact_name", 200)?, email: email.as_str().to_owned(), role: line.line("contact_role", 200)? };
            Some(contact::seal_contact(&platform.keys, signatory_id, &contact).map_err(fault)?)
        }
    };
    let network = kind == SignatoryKind::Network;
    let network_mode: Option<NetworkMode> =
        if network { Some(line.key("network_mode", Some(NetworkMode::SecretariatOnly))?) } else { None };
    let mut signatory = signatory::ActiveModel {
        id: Set(signatory_id),
        campaign_id: Set(campaign.id),
        kind: Set(kind.key().to_owned()),
        iso3: Set(iso3),
        network_mode: Set(network_mode.map(|mode| mode.key().to_owned())),
        contact_hash: Set(contact_hash.clone()),
        sealed_contact: Set(sealed_contact),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    service::name_columns(&platform.keys, &mut signatory, signatory_id, &names, visibility).map_err(|_| "cannot be sealed".to_owned())?;
    let name_keys = service::name_marks(&platform.keys, &names.name);
    let reached = |needed: &[SignatureState]| needed.contains(&state).then_some(signed_at);
    use SignatureState::{Confirmed, Declined, Verified, Withdrawn};
    let signature = signature::ActiveModel {
        id: Set(signature_id),
        campaign_id: Set(campaign.id),
        signatory_id: Set(signatory_id),
        text_version_id: Set(campaign.text.id),
        language: Set(language.code().to_owned()),
        privacy_notice: Set(campaign.privacy_number),
        reference: Set(Reference::of(ReferenceKind::Signature, signature_id, 0).to_string()),
        submission_key: Set(key.clone()),
        state: Set(state.key().to_owned()),
        visibility: Set(visibility.key().to_owned()),
        origin: Set(origin.key().to_owned()),
        newsletter: Set(false),
        second_person: Set(SecondPerson::NotNeeded.key().to_owned()),
        late: Set(service::deadline(campaign).is_late(signed_at)),
        signed_at: Set(signed_at),
        confirmed_at: Set(reached(&[Confirmed, Verified, Withdrawn, Declined])),
        verified_at: Set(reached(&[Verified, Withdrawn])),
        ended_at: Set(reached(&[Withdrawn, Declined])),
    };
    Ok(Entrant { key, contact_hash, name_keys, signatory, signature })
}
