//! Use cases of vetting: verify, ask for more, quarantine, release, decline with a second person, withdraw. Owns its transactions; never HTTP.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{LockType, OnConflict},
};
use serde_json::json;
use uuid::Uuid;

use super::{checklist::Checked, counts, duplicates, grading, hiding, signals, store};
use crate::{
    accounts::audit::{self, Entry},
    domain::{
        authority::Authority,
        signature::{SecondPerson, SignatureOrigin, SignatureState, VettingCase, VettingDecision, VettingItem, VettingRefusal},
    },
    entities::{signatory, signature, vetting_check, vetting_decision},
    platform::Platform,
};

/// Why a decision was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum VettingError {
    /// There is no such signature.
    #[error("no such signature")]
    Missing,
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] VettingRefusal),
    /// Somebody proposed to decline already; it waits for a second person.
    #[error("a decline is proposed already")]
    DeclineOpen,
    /// Somebody else was faster.
    #[error("somebody else decided meanwhile")]
    Overtaken,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// A fault of ours.
    #[error(transparent)]
    Unexpected(#[from] anyhow::Error),
}

/// What a decision led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The signature is in this state now.
    Moved(SignatureState),
    /// A second person has to agree.
    AwaitsSecond,
}

pub(super) fn case(signature: &signature::Model) -> VettingCase {
    VettingCase {
        state: signature.state.parse().unwrap_or(SignatureState::Pending),
        address_confirmed: signature.confirmed_at.is_some(),
        second_person: signature.second_person.parse().unwrap_or(SecondPerson::NotNeeded),
        authority: signature.authority.as_deref().and_then(|grade| grade.parse().ok()).unwrap_or(Authority::SelfDeclared),
        minimum: Authority::SelfDeclared,
    }
}

/// Whether its signer can still confirm it: whoever is set aside sees no difference.
pub(super) fn is_confirmable(signature: &signature::Model) -> bool {
    let case = case(signature);
    !case.address_confirmed && matches!(case.state, SignatureState::Pending | SignatureState::Quarantined)
}

/// The signature, held until the end of the transaction: decisions about one signature are taken one after another.
pub(super) async fn locked(txn: &DatabaseTransaction, id: Uuid) -> Result<Option<store::Signed>, DbErr> {
    hold(txn, &[id]).await?;
    store::by_id(txn, id).await
}

/// Holds these signatures and all that were merged with them, in one order whoever holds them: what is done to one reaches the others.
pub(super) async fn hold(txn: &DatabaseTransaction, ids: &[Uuid]) -> Result<(), DbErr> {
    let mut all = BTreeSet::new();
    for id in ids {
        all.extend(duplicates::family(txn, *id).await?);
    }
    let held = signature::Entity::find().select_only().column(signature::Column::Id).filter(signature::Column::Id.is_in(all));
    let held = held.order_by_asc(signature::Column::Id).lock(LockType::NoKeyUpdate);
    held.into_tuple::<Uuid>().all(txn).await.map(drop)
}

/// Decides about one signature; none is verified of a lower grade than `minimum`.
///
/// # Errors
/// See [`VettingError`].
pub async fn decide(
    platform: &Platform,
    minimum: Authority,
    id: Uuid,
    decision: VettingDecision,
    reason: &str,
    account: Uuid,
) -> Result<Outcome, VettingError> {
    let txn = platform.database.begin().await?;
    let outcome = decide_in(&txn, platform, (minimum, id, decision), reason, account).await?;
    txn.commit().await?;
    if matches!(outcome, Outcome::Moved(_)) {
        platform.changed();
    }
    Ok(outcome)
}

/// The same as a part of something larger. What it wrote before a refusal is only the grade.
///
/// # Errors
/// See [`VettingError`].
pub(super) async fn decide_in(
    txn: &DatabaseTransaction,
    platform: &Platform,
    (minimum, id, decision): (Authority, Uuid, VettingDecision),
    reason: &str,
    account: Uuid,
) -> Result<Outcome, VettingError> {
    let now = platform.clock.now();
    let reason = reason.trim();
    if decision.needs_reason() && reason.is_empty() {
        return Err(VettingRefusal::ReasonMissing.into());
    }
    let Some((signature, signatory)) = locked(txn, id).await? else { return Err(VettingError::Missing) };
    let mut case = case(&signature);
    if decision == VettingDecision::Verify {
        let authority = grading::regrade(txn, &platform.keys, (&signature, &signatory)).await?;
        case = VettingCase { authority, minimum, ..case };
    }
    let target = decision.outcome(case)?;
    let row = vetting_decision::ActiveModel {
        id: Set(Uuid::now_v7()),
        signature_id: Set(id),
        decision: Set(decision.key().to_owned()),
        reason: Set(Some(reason.to_owned()).filter(|reason| !reason.is_empty())),
        account_id: Set(account),
        created_at: Set(now),
        seconded_by: Set(None),
        seconded_at: Set(None),
    };
    let action = format!("signature.{decision}");
    if decision.needs_second() {
        if open_decline(txn, id).await?.is_some() {
            return Err(VettingError::DeclineOpen);
        }
        vetting_decision::Entity::insert(row).exec_without_returning(txn).await?;
        audit::append(txn, Entry::of(Some(account), "signature.decline_proposed", "signature", id).because(reason), now).await?;
        return Ok(Outcome::AwaitsSecond);
    }
    vetting_decision::Entity::insert(row).exec_without_returning(txn).await?;
    move_to(txn, &signature, &signatory, target, now).await?;
    let mut entry = Entry::of(Some(account), &action, "signature", id).with(json!({ "from": signature.state, "to": target.key() }));
    entry.reason = Some(reason.to_owned()).filter(|reason| !reason.is_empty());
    audit::append(txn, entry, now).await?;
    Ok(Outcome::Moved(target))
}

/// Agrees to a colleague's decline; never to one's own.
///
/// # Errors
/// See [`VettingError`].
pub async fn second_decline(platform: &Platform, id: Uuid, account: Uuid) -> Result<(), VettingError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let Some((signature, signatory)) = locked(&txn, id).await? else { return Err(VettingError::Missing) };
    let proposed = open_decline(&txn, id).await?.ok_or(VettingError::Overtaken)?;
    VettingDecision::Decline.may_second(&proposed.account_id, &account)?;
    let target = VettingDecision::Decline.outcome(case(&signature))?;
    let change = vetting_decision::ActiveModel { seconded_by: Set(Some(account)), seconded_at: Set(Some(now)), ..Default::default() };
    vetting_decision::Entity::update_many().set(change).filter(vetting_decision::Column::Id.eq(proposed.id)).exec(&txn).await?;
    move_to(&txn, &signature, &signatory, target, now).await?;
    audit::append(&txn, Entry::of(Some(account), "signature.declined", "signature", id).because(proposed.reason.unwrap_or_default()), now)
        .await?;
    txn.commit().await?;
    platform.changed();
    Ok(())
}

/// Records that a signer withdrew; the row stays as a tombstone (R16).
///
/// # Errors
/// See [`VettingError`].
pub async fn withdraw(platform: &Platform, id: Uuid, reason: &str, account: Uuid) -> Result<(), VettingError> {
    let now = platform.clock.now();
    if reason.trim().is_empty() {
        return Err(VettingRefusal::ReasonMissing.into());
    }
    let txn = platform.database.begin().await?;
    let Some((signature, signatory)) = locked(&txn, id).await? else { return Err(VettingError::Missing) };
    if case(&signature).state.step(SignatureState::Withdrawn).is_err() {
        return Err(VettingError::Overtaken);
    }
    move_to(&txn, &signature, &signatory, SignatureState::Withdrawn, now).await?;
    // As by its signer's own link: what is frozen and what is set from it names nobody who took the signature back (R15).
    hiding::forget_names(&txn, &platform.keys, (id, &signatory), now).await?;
    audit::append(&txn, Entry::of(Some(account), "signature.withdrawn", "signature", id).because(reason.trim()), now).await?;
    txn.commit().await?;
    platform.hidden().await;
    Ok(())
}

/// Moves a signature and appends what that does to the counts. The state it is moved from must still be its state.
pub(super) async fn move_to(
    txn: &DatabaseTransaction,
    signature: &signature::Model,
    signatory: &signatory::Model,
    to: SignatureState,
    now: DateTime<Utc>,
) -> Result<(), VettingError> {
    if signature.state == to.key() {
        return Ok(());
    }
    let ended = matches!(to, SignatureState::Withdrawn | SignatureState::Declined).then_some(now);
    let mut change = signature::ActiveModel { state: Set(to.key().to_owned()), ended_at: Set(ended), ..Default::default() };
    if to == SignatureState::Verified {
        change.verified_at = Set(Some(now));
    }
    // Who withdrew may sign again: the form's mark of person, name and text is free. A sheet's own key stays, so that the sheet revives nobody.
    if to == SignatureState::Withdrawn && signature.origin == SignatureOrigin::Form.key() {
        change.submission_key = Set(format!("withdrawn:{}", signature.id));
    }
    if !store::step(txn, signature.id, &signature.state, change).await? {
        return Err(VettingError::Overtaken);
    }
    let counted = signature.state.parse::<SignatureState>().is_ok_and(SignatureState::counts);
    let delta = i32::from(to.counts()) - i32::from(counted);
    if delta != 0 {
        counts::append(txn, signature, signatory, delta, now).await?;
    }
    Ok(())
}

/// The decline of a signature that waits for a second person. It lapses when any other decision is taken after it.
///
/// # Errors
/// When the database fails.
pub async fn open_decline(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<vetting_decision::Model>, DbErr> {
    let newest = vetting_decision::Entity::find()
        .filter(vetting_decision::Column::SignatureId.eq(id))
        .order_by_desc(vetting_decision::Column::CreatedAt)
        .order_by_desc(vetting_decision::Column::Id)
        .one(db)
        .await?;
    Ok(newest.filter(|newest| newest.decision == VettingDecision::Decline.key() && newest.seconded_at.is_none()))
}

/// Keeps the answered lines of the checklist that differ from what is stored. One query, and two statements when there are any.
///
/// # Errors
/// When the database fails.
pub async fn check(platform: &Platform, id: Uuid, lines: Vec<Checked>, account: Uuid) -> Result<(), DbErr> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let stored = checks(&txn, id).await?;
    let is_stored = |line: &Checked| {
        let same = |row: &vetting_check::Model| {
            row.item == line.item.key() && row.passed == line.passed && row.evidence.as_deref().unwrap_or_default() == line.evidence
        };
        stored.iter().any(same)
    };
    let new: Vec<Checked> = lines.into_iter().filter(|line| !is_stored(line)).collect();
    if new.is_empty() {
        return txn.commit().await;
    }
    let rows = new.iter().map(|line| vetting_check::ActiveModel {
        id: Set(Uuid::now_v7()),
        signature_id: Set(id),
        item: Set(line.item.key().to_owned()),
        passed: Set(line.passed),
        evidence: Set(Some(line.evidence.clone()).filter(|text| !text.is_empty())),
        account_id: Set(account),
        created_at: Set(now),
    });
    use vetting_check::Column as C;
    let on_conflict =
        OnConflict::columns([C::SignatureId, C::Item]).update_columns([C::Passed, C::Evidence, C::AccountId, C::CreatedAt]).to_owned();
    vetting_check::Entity::insert_many(rows).on_conflict(on_conflict).exec_without_returning(&txn).await?;
    let entries = new.iter().map(|line| {
        let details = json!({ "item": line.item.key(), "passed": line.passed });
        Entry::of(Some(account), "signature.checked", "signature", id).with(details)
    });
    audit::append_all(&txn, entries, now).await?;
    if let Some((signature, signatory)) = store::by_id(&txn, id).await? {
        grading::regrade(&txn, &platform.keys, (&signature, &signatory)).await?;
        if let Some(line) = new.iter().find(|line| line.item == VettingItem::DomainAge) {
            signals::note_domain(&txn, &signature, line.passed).await?;
        }
    }
    txn.commit().await
}

/// The ticked lines of a signature.
///
/// # Errors
/// When the database fails.
pub async fn checks(db: &impl ConnectionTrait, id: Uuid) -> Result<Vec<vetting_check::Model>, DbErr> {
    vetting_check::Entity::find().filter(vetting_check::Column::SignatureId.eq(id)).all(db).await
}
