//! The audit trail as people read it: what a line is about by the name it has elsewhere, and its details in words. Must not show what the trail does not
//! hold: a signature is its reference, never its name.
//!
//! Cost of a page of [`PAGE`] lines: one query for them, one for the accounts, and one by key for each kind of thing on it, eight at most.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{audit, known, store};
use crate::{
    domain::language::Language,
    entities::{audit_entry, evidence, evidence_proposal, letter, letter_round, meeting, promise, reply, signature, wave},
};

/// Lines on a page.
const PAGE: u64 = 100;

/// A line in words.
#[derive(Serialize)]
pub(super) struct Line {
    occurred_at: DateTime<Utc>,
    who: Option<String>,
    /// As stored.
    action: String,
    words: String,
    /// What kind of thing it is about.
    kind: String,
    /// What that thing is called, if it is called anything.
    name: Option<String>,
    /// Where it is seen.
    address: Option<String>,
    details: Vec<Detail>,
    reason: Option<String>,
}

/// One detail in words.
#[derive(Serialize)]
struct Detail {
    label: String,
    value: String,
}

/// The page `number`, and whether there are older lines.
///
/// # Errors
/// When the database fails.
pub(super) async fn page(db: &impl ConnectionTrait, language: Language, number: u64) -> Result<(Vec<Line>, bool), DbErr> {
    let mut rows = audit::newest(db, number * PAGE, PAGE + 1).await?;
    let has_older = rows.len() as u64 > PAGE;
    rows.truncate(PAGE as usize);
    let names = store::names(db).await?;
    let things = Things::of(db, &rows).await?;
    let lines = rows.into_iter().map(|row| {
        let id = row.subject_id.as_deref().unwrap_or_default();
        let account = (row.subject_kind == "account").then(|| id.parse().ok()).flatten().and_then(|id: Uuid| names.get(&id));
        let (name, address) = match (account, things.0.get(id)) {
            (Some(name), _) => (Some(name.clone()), None),
            (None, Some((name, address))) => (Some(name.clone()), Some(address.clone())),
            // What is named by its own words, such as a kind of work.
            (None, None) => (Some(id.to_owned()).filter(|id| !id.is_empty() && id.parse::<Uuid>().is_err()), None),
        };
        Line {
            occurred_at: row.occurred_at,
            who: row.account_id.and_then(|id| names.get(&id).cloned()),
            words: known::action(language, &row.action),
            kind: known::subject(language, &row.subject_kind),
            action: row.action,
            name,
            address,
            details: details(language, &row.details),
            reason: row.reason,
        }
    });
    Ok((lines.collect(), has_older))
}

fn details(language: Language, stored: &Value) -> Vec<Detail> {
    let words = |value: &Value| match value {
        Value::Bool(value) => Some(known::value(language, if *value { "yes" } else { "no" })),
        Value::Number(number) => Some(number.to_string()),
        // Keys of other rows say nothing to a reader.
        Value::String(text) if text.is_empty() || text.parse::<Uuid>().is_ok() => None,
        Value::String(text) if is_hash(text) => Some(text.chars().take(12).collect()),
        Value::String(text) => Some(known::value(language, text)),
        Value::Null => None,
        other => Some(other.to_string()),
    };
    let Some(stored) = stored.as_object() else { return Vec::new() };
    stored.iter().filter_map(|(key, value)| Some(Detail { label: known::detail(language, key), value: words(value)? })).collect()
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What the things of a page are called and where they are seen, by their stored key.
struct Things(HashMap<String, (String, String)>);

impl Things {
    async fn of(db: &impl ConnectionTrait, rows: &[audit_entry::Model]) -> Result<Self, DbErr> {
        let ids = |kind: &str| -> HashSet<Uuid> {
            rows.iter().filter(|row| row.subject_kind == kind).filter_map(|row| row.subject_id.as_deref()?.parse().ok()).collect()
        };
        let mut named = HashMap::new();
        let mut put = |id: Uuid, name: String, address: String| drop(named.insert(id.to_string(), (name, address)));
        let wanted = ids("signature");
        if !wanted.is_empty() {
            let found = signature::Entity::find().select_only().columns([signature::Column::Id, signature::Column::Reference]);
            let found = found.filter(signature::Column::Id.is_in(wanted)).into_tuple::<(Uuid, String)>();
            for (id, reference) in found.all(db).await? {
                put(id, reference, format!("/desk/signatures/{id}"));
            }
        }
        let wanted = ids("letter");
        if !wanted.is_empty() {
            let columns = [letter::Column::Id, letter::Column::RoundId, letter::Column::Reference];
            let found = letter::Entity::find().select_only().columns(columns).filter(letter::Column::Id.is_in(wanted));
            for (id, round, reference) in found.into_tuple::<(Uuid, Uuid, String)>().all(db).await? {
                put(id, reference, format!("/desk/letters/{round}/{id}"));
            }
        }
        let wanted = ids("round");
        if !wanted.is_empty() {
            for round in letter_round::Entity::find().filter(letter_round::Column::Id.is_in(wanted)).all(db).await? {
                put(round.id, round.name, format!("/desk/letters/{}", round.id));
            }
        }
        let wanted = ids("wave");
        if !wanted.is_empty() {
            for wave in wave::Entity::find().filter(wave::Column::Id.is_in(wanted)).all(db).await? {
                put(wave.id, wave.number.to_string(), "/desk/waves".into());
            }
        }
        let wanted = ids("evidence");
        if !wanted.is_empty() {
            let found = evidence::Entity::find().select_only().columns([evidence::Column::Id, evidence::Column::Iso3]);
            for (id, iso3) in found.filter(evidence::Column::Id.is_in(wanted)).into_tuple::<(Uuid, String)>().all(db).await? {
                let address = format!("/desk/positions/{iso3}");
                put(id, iso3, address);
            }
        }
        let (replies, proposals) = (ids("reply"), ids("evidence_proposal"));
        if !replies.is_empty() {
            for reply in reply::Entity::find().filter(reply::Column::Id.is_in(replies)).all(db).await? {
                put(reply.id, reply.iso3, format!("/desk/replies/{}", reply.id));
            }
        }
        if !proposals.is_empty() {
            for proposal in evidence_proposal::Entity::find().filter(evidence_proposal::Column::Id.is_in(proposals)).all(db).await? {
                let address = match (proposal.reply_id, proposal.meeting_id) {
                    (Some(reply), _) => format!("/desk/replies/{reply}"),
                    (None, Some(meeting)) => format!("/desk/meetings/{meeting}"),
                    (None, None) => "/desk/positions/proposals".to_owned(),
                };
                put(proposal.id, proposal.iso3, address);
            }
        }
        let (meetings, promises) = (ids("meeting"), ids("promise"));
        if !meetings.is_empty() {
            let found = meeting::Entity::find().select_only().columns([meeting::Column::Id, meeting::Column::Iso3]);
            for (id, iso3) in found.filter(meeting::Column::Id.is_in(meetings)).into_tuple::<(Uuid, String)>().all(db).await? {
                put(id, iso3, format!("/desk/meetings/{id}"));
            }
        }
        if !promises.is_empty() {
            let columns = [promise::Column::Id, promise::Column::MeetingId, promise::Column::Iso3];
            let found = promise::Entity::find().select_only().columns(columns).filter(promise::Column::Id.is_in(promises));
            for (id, meeting, iso3) in found.into_tuple::<(Uuid, Uuid, String)>().all(db).await? {
                put(id, iso3, format!("/desk/meetings/{meeting}"));
            }
        }
        Ok(Self(named))
    }
}
