//! Opening a withheld name: with a reason, with a second person where the campaign asks for one, never without a line in the trail (R14, R74). Must not
//! open anything for somebody alone where two are asked for, and a name goes to the one answer and nowhere else.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde_json::json;
use uuid::Uuid;

use super::{contact, store, vetting};
use crate::{
    accounts::audit::{self, Entry},
    domain::signature::VettingRefusal,
    entities::{reveal_request, signatory},
    platform::{Platform, crypto::Keys},
};

/// A wish lapses when nobody agreed within this.
const WAITS: Duration = Duration::days(7);
/// Once somebody agreed, it is opened within this.
const OPEN_FOR: Duration = Duration::hours(24);
/// Characters of a reason.
const LONGEST: usize = 2000;
/// Wishes of one list.
const LISTED: u64 = 100;

/// Why a name stays closed.
#[derive(Debug, thiserror::Error)]
pub(super) enum RevealError {
    /// No such signature, or nothing of it is sealed.
    #[error("nothing to open")]
    Missing,
    /// No reason, or the same person twice.
    #[error(transparent)]
    Refused(#[from] VettingRefusal),
    /// The wish lapsed, was carried out, or waits already.
    #[error("overtaken")]
    Overtaken,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// A fault of ours.
    #[error(transparent)]
    Unexpected(#[from] anyhow::Error),
}

/// The name, and where the mailbox is: whoever vets it has to know that too.
fn opened(keys: &Keys, of: &signatory::Model) -> Result<String, RevealError> {
    let sealed = of.sealed_names.as_deref().ok_or(RevealError::Missing)?;
    let names = contact::open_names(keys, of.id, sealed).map_err(anyhow::Error::from)?;
    let domain = contact::of(keys, of).and_then(|contact| contact.domain().map(str::to_owned));
    Ok([Some(names.name), domain].into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

fn given(reason: &str) -> Result<String, RevealError> {
    let reason: String = reason.trim().chars().take(LONGEST).collect();
    if reason.is_empty() { Err(VettingRefusal::ReasonMissing.into()) } else { Ok(reason) }
}

/// Opens a name for somebody alone, where the campaign asks for no second person. One transaction.
///
/// # Errors
/// See [`RevealError`].
pub(super) async fn open(platform: &Platform, id: Uuid, reason: &str, account: Uuid) -> Result<String, RevealError> {
    let reason = given(reason)?;
    let txn = platform.database.begin().await?;
    let (_, of) = store::by_id(&txn, id).await?.ok_or(RevealError::Missing)?;
    let name = opened(&platform.keys, &of)?;
    let entry = Entry::of(Some(account), "signatory.revealed", "signature", id).because(reason).with(json!({}));
    audit::append(&txn, entry, platform.clock.now()).await?;
    txn.commit().await?;
    Ok(name)
}

/// Asks a second person to agree that a name is opened. Whoever has asked already waits for that.
///
/// # Errors
/// See [`RevealError`].
pub(super) async fn ask(platform: &Platform, id: Uuid, reason: &str, account: Uuid) -> Result<(), RevealError> {
    let (reason, now) = (given(reason)?, platform.clock.now());
    let txn = platform.database.begin().await?;
    let (_, of) = vetting::locked(&txn, id).await?.ok_or(RevealError::Missing)?;
    if of.sealed_names.is_none() {
        return Err(RevealError::Missing);
    }
    if of_signature(&txn, id, now).await?.iter().any(|row| row.account_id == account) {
        return Err(RevealError::Overtaken);
    }
    let row = reveal_request::ActiveModel {
        id: Set(Uuid::now_v7()),
        signature_id: Set(id),
        reason: Set(reason.clone()),
        account_id: Set(account),
        created_at: Set(now),
        agreed_by: Set(None),
        agreed_at: Set(None),
        opened_at: Set(None),
    };
    reveal_request::Entity::insert(row).exec_without_returning(&txn).await?;
    audit::append(&txn, Entry::of(Some(account), "reveal.asked", "signature", id).because(reason), now).await?;
    txn.commit().await?;
    Ok(())
}

/// Agrees to somebody else's wish; never to one's own.
///
/// # Errors
/// See [`RevealError`].
pub(super) async fn agree(platform: &Platform, (id, request): (Uuid, Uuid), account: Uuid) -> Result<(), RevealError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let row = held(&txn, (id, request), now).await?;
    if row.account_id == account {
        return Err(VettingRefusal::SamePerson.into());
    }
    if row.agreed_at.is_some() {
        return Err(RevealError::Overtaken);
    }
    let agreed = reveal_request::ActiveModel { agreed_by: Set(Some(account)), agreed_at: Set(Some(now)), ..Default::default() };
    change(&txn, row.id, agreed).await?;
    audit::append(&txn, Entry::of(Some(account), "reveal.agreed", "signature", id).because(row.reason), now).await?;
    txn.commit().await?;
    Ok(())
}

/// Opens a name once for whoever asked, after somebody else agreed.
///
/// # Errors
/// See [`RevealError`].
pub(super) async fn open_agreed(platform: &Platform, (id, request): (Uuid, Uuid), account: Uuid) -> Result<String, RevealError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let row = held(&txn, (id, request), now).await?;
    if row.account_id != account || row.agreed_at.is_none() {
        return Err(RevealError::Overtaken);
    }
    let (_, of) = store::by_id(&txn, id).await?.ok_or(RevealError::Missing)?;
    let name = opened(&platform.keys, &of)?;
    change(&txn, row.id, reveal_request::ActiveModel { opened_at: Set(Some(now)), ..Default::default() }).await?;
    let entry = Entry::of(Some(account), "signatory.revealed", "signature", id).because(row.reason).with(json!({}));
    audit::append(&txn, entry, now).await?;
    txn.commit().await?;
    Ok(name)
}

async fn change(txn: &DatabaseTransaction, id: Uuid, change: reveal_request::ActiveModel) -> Result<(), DbErr> {
    reveal_request::Entity::update_many().set(change).filter(reveal_request::Column::Id.eq(id)).exec(txn).await.map(drop)
}

/// The wish as it is while nobody else decides about its signature.
async fn held(txn: &DatabaseTransaction, (id, request): (Uuid, Uuid), now: DateTime<Utc>) -> Result<reveal_request::Model, RevealError> {
    vetting::locked(txn, id).await?.ok_or(RevealError::Missing)?;
    of_signature(txn, id, now).await?.into_iter().find(|row| row.id == request).ok_or(RevealError::Overtaken)
}

/// Of those that stand: not carried out, not lapsed.
fn standing(now: DateTime<Utc>) -> sea_orm::Select<reveal_request::Entity> {
    use reveal_request::Column as C;
    let waits = Condition::all().add(C::AgreedAt.is_null()).add(C::CreatedAt.gt(now - WAITS));
    let agreed = C::AgreedAt.gt(now - OPEN_FOR);
    reveal_request::Entity::find().filter(C::OpenedAt.is_null()).filter(Condition::any().add(waits).add(agreed))
}

/// The wishes for one signature that stand. One query.
///
/// # Errors
/// When the database fails.
pub(super) async fn of_signature(db: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>) -> Result<Vec<reveal_request::Model>, DbErr> {
    let of_it = standing(now).filter(reveal_request::Column::SignatureId.eq(id));
    of_it.order_by_asc(reveal_request::Column::CreatedAt).all(db).await
}

/// The wishes of a campaign that wait for a second person, with the signatures' references, the oldest first. Three queries, one for nobody.
///
/// # Errors
/// When the database fails.
pub async fn waiting(db: &impl ConnectionTrait, campaign: Uuid, now: DateTime<Utc>) -> Result<Vec<(reveal_request::Model, String)>, DbErr> {
    let rows = standing(now).filter(reveal_request::Column::AgreedAt.is_null()).order_by_asc(reveal_request::Column::CreatedAt);
    let rows = rows.limit(LISTED).all(db).await?;
    let mut rows = store::beside(db, rows, |row| row.signature_id).await?;
    rows.retain(|(_, (signature, _))| signature.campaign_id == campaign);
    Ok(rows.into_iter().map(|(row, (signature, _))| (row, signature.reference)).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_reason_of_spaces_is_none() {
        assert!(given(" \n").is_err());
        assert_eq!(given(" a court asks ").unwrap(), "a court asks");
    }
}
