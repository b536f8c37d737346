//! Use cases of evidence: enter one item, retract it, put a better one in its place, accept or reject what a reply suggests. Nothing is ever
//! overwritten. Each is one transaction with its audit line and asks for the positions to be derived. Never HTTP.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{
    item::{Fault, FaultKind, Item, Typed, revision_of},
    jobs,
    ledger::{self, NewRow},
    proposed::{self, Proposed},
    store,
};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::Current,
    domain::{
        checks::Confidential,
        evidence::{EvidenceVisibility, ProposalState},
        prose,
    },
    entities::{evidence, evidence_proposal, state},
    platform::Platform,
};

/// Characters of a reason.
const LONGEST_REASON: usize = 2000;

/// Why evidence could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// Fields that cannot be stored as they are.
    #[error("{} fields have faults", .0.len())]
    Faults(Vec<Fault>),
    /// There is no such row.
    #[error("not found")]
    NotFound,
    /// It was ended or decided meanwhile.
    #[error("changed meanwhile")]
    Changed,
    /// A fault of ours.
    #[error(transparent)]
    Unexpected(#[from] DbErr),
}

/// Who acts, and for which campaign.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// The campaign.
    pub campaign: &'a Current,
    /// The member of staff.
    pub account: Uuid,
}

/// Enters one item. `submission` comes from the form, so that a form sent twice is one item.
///
/// # Errors
/// See [`EvidenceError`].
pub async fn enter(platform: &Platform, act: Act<'_>, typed: &Typed, submission: Uuid) -> Result<Uuid, EvidenceError> {
    let now = platform.clock.now();
    let item = check(platform, act, typed, now).await?;
    let key = format!("desk:{submission}");
    let txn = platform.database.begin().await?;
    if let Some(known) = store::by_key(&txn, act.campaign.id, &key).await? {
        return Ok(known.id);
    }
    let id = add(&txn, act, NewRow { import_key: Some(key), item, revision: 0, supersedes: None }, "evidence.entered", now).await?;
    finish(platform, txn, act, now).await?;
    Ok(id)
}

/// Puts a corrected item in the place of one in force; the old one stays for earlier boards.
///
/// # Errors
/// See [`EvidenceError`].
pub async fn supersede(platform: &Platform, act: Act<'_>, id: Uuid, typed: &Typed) -> Result<Uuid, EvidenceError> {
    let now = platform.clock.now();
    let item = check(platform, act, typed, now).await?;
    let txn = platform.database.begin().await?;
    let old = store::by_id(&txn, act.campaign.id, id).await?.ok_or(EvidenceError::NotFound)?;
    if old.ended_at.is_some() {
        return Err(EvidenceError::Changed);
    }
    let revision = revision_of(&old.content_hash) + 1;
    let row = NewRow { import_key: old.import_key, item, revision, supersedes: Some(id) };
    let new = add(&txn, act, row, "evidence.superseded", now).await?;
    finish(platform, txn, act, now).await?;
    Ok(new)
}

/// Ends an item for a reason. The row stays, and earlier boards with it.
///
/// # Errors
/// See [`EvidenceError`].
pub async fn retract(platform: &Platform, act: Act<'_>, id: Uuid, reason: &str) -> Result<evidence::Model, EvidenceError> {
    let reason = &explained(reason)?;
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let row = store::by_id(&txn, act.campaign.id, id).await?.ok_or(EvidenceError::NotFound)?;
    if !ledger::end(&txn, id, now, reason, None).await? {
        return Err(EvidenceError::Changed);
    }
    let line = Entry::of(Some(act.account), "evidence.retracted", "evidence", id).with(json!({ "state": row.iso3 })).because(reason);
    audit::append(&txn, line, now).await?;
    finish(platform, txn, act, now).await?;
    Ok(row)
}

/// Makes evidence of what a reply or a meeting suggests, as the person who accepts has completed it. Accepting twice is accepting once.
///
/// # Errors
/// See [`EvidenceError`]; a proposal that was rejected, or that somebody else accepted, is [`EvidenceError::Changed`].
pub async fn accept(platform: &Platform, act: Act<'_>, proposal: Uuid, typed: &Typed) -> Result<Uuid, EvidenceError> {
    let now = platform.clock.now();
    let item = check(platform, act, typed, now).await?;
    let txn = platform.database.begin().await?;
    let Proposed { proposal: known, source } = proposed::by_id(&txn, act.campaign.id, proposal).await?.ok_or(EvidenceError::NotFound)?;
    if item.iso3 != known.iso3 {
        return Err(EvidenceError::NotFound);
    }
    if !decide(&txn, proposal, ProposalState::Accepted.key(), act.account, now).await? {
        // Read again: another process may have decided between the two statements. What a second person made of it would be lost in silence.
        let known = proposed::by_id(&txn, act.campaign.id, proposal).await?.map(|known| known.proposal);
        let mine = known.filter(|known| known.decided_by == Some(act.account)).and_then(|known| known.evidence_id);
        return mine.ok_or(EvidenceError::Changed);
    }
    let row = NewRow { import_key: Some(format!("{}:{proposal}", source.kind)), item, revision: 0, supersedes: None };
    let id = add(&txn, act, row, "evidence.accepted", now).await?;
    let change = evidence_proposal::ActiveModel { evidence_id: Set(Some(id)), ..Default::default() };
    evidence_proposal::Entity::update_many().set(change).filter(evidence_proposal::Column::Id.eq(proposal)).exec(&txn).await?;
    finish(platform, txn, act, now).await?;
    Ok(id)
}

/// Decides that a reply or a meeting says nothing of the state's position.
///
/// # Errors
/// See [`EvidenceError`]; an accepted proposal is [`EvidenceError::Changed`].
pub async fn reject(platform: &Platform, act: Act<'_>, proposal: Uuid, reason: &str) -> Result<(), EvidenceError> {
    let reason = &explained(reason)?;
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let known = proposed::by_id(&txn, act.campaign.id, proposal).await?.ok_or(EvidenceError::NotFound)?.proposal;
    if !decide(&txn, proposal, ProposalState::Rejected.key(), act.account, now).await? {
        return if known.state == ProposalState::Rejected.key() { Ok(()) } else { Err(EvidenceError::Changed) };
    }
    let line = Entry::of(Some(act.account), "evidence.proposal_rejected", "evidence_proposal", proposal).because(reason);
    audit::append(&txn, line, now).await?;
    txn.commit().await?;
    Ok(())
}

/// A reason fit to be kept; a step that must be explained is refused without one (R56).
fn explained(typed: &str) -> Result<String, EvidenceError> {
    let fault = match prose::clean(typed) {
        None => FaultKind::Control,
        Some(reason) if reason.is_empty() => FaultKind::Empty,
        Some(reason) if reason.chars().count() > LONGEST_REASON => FaultKind::Long,
        Some(reason) => return Ok(reason),
    };
    Err(EvidenceError::Faults(vec![Fault { field: "reason", fault }]))
}

async fn decide(db: &impl ConnectionTrait, id: Uuid, state: &str, account: Uuid, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let change = evidence_proposal::ActiveModel {
        state: Set(state.to_owned()),
        decided_by: Set(Some(account)),
        decided_at: Set(Some(now)),
        ..Default::default()
    };
    let open = evidence_proposal::Column::State.eq(ProposalState::Proposed.key());
    let query = evidence_proposal::Entity::update_many().set(change).filter(evidence_proposal::Column::Id.eq(id)).filter(open);
    Ok(query.exec(db).await?.rows_affected > 0)
}

async fn check(platform: &Platform, act: Act<'_>, typed: &Typed, now: DateTime<Utc>) -> Result<Item, EvidenceError> {
    let iso3 = typed.iso3.trim().to_uppercase();
    // A code that is none never reaches the database, which would refuse some of them with a fault of its own.
    let is_code = iso3.len() == 3 && iso3.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_state = is_code && state::Entity::find_by_id(iso3).one(platform.database.read()).await?.is_some();
    let item = typed.check(&act.campaign.config, |_| is_state, now.date_naive()).map_err(EvidenceError::Faults)?;
    if item.visibility == EvidenceVisibility::Public {
        let private = store::private_words(platform.database.read(), act.campaign.id, &item.iso3).await?;
        let private = Confidential::of(private.iter().map(String::as_str));
        let texts = [("summary", Some(&item.summary)), ("note", item.note.as_ref())];
        let repeated = texts.into_iter().filter(|(_, text)| text.is_some_and(|text| private.is_in(text)));
        let faults: Vec<Fault> = repeated.map(|(field, _)| Fault { field, fault: FaultKind::Private }).collect();
        if !faults.is_empty() {
            return Err(EvidenceError::Faults(faults));
        }
    }
    Ok(item)
}

async fn add(
    db: &impl ConnectionTrait,
    act: Act<'_>,
    row: NewRow,
    action: &'static str,
    now: DateTime<Utc>,
) -> Result<Uuid, EvidenceError> {
    let (state, supersedes) = (row.item.iso3.clone(), row.supersedes);
    let ids = ledger::add(db, act.campaign.id, vec![row], Some(act.account), now).await?;
    let id = ids.first().copied().ok_or(EvidenceError::NotFound)?;
    let details = json!({ "state": state, "supersedes": supersedes });
    audit::append(db, Entry::of(Some(act.account), action, "evidence", id).with(details), now).await?;
    Ok(id)
}

async fn finish(platform: &Platform, txn: DatabaseTransaction, act: Act<'_>, now: DateTime<Utc>) -> Result<(), DbErr> {
    jobs::ask(&txn, act.campaign.id, now).await?;
    txn.commit().await?;
    platform.changed();
    Ok(())
}
