//! Pairs of signatures that may be of one signatory, and what people decide: one stands for both, they are two, or a decision is taken back (R11).
//! Nothing is merged by itself. Must not compare names, and must leave no trace of a name that is hidden.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, Iden, ModelTrait, QueryFilter, QueryOrder,
    QuerySelect, Value,
    sea_query::{Expr, OnConflict},
};
use serde_json::json;
use uuid::Uuid;

use super::{counts, grading, jobs, store, vetting};
use crate::{
    accounts::audit::{self, Entry},
    domain::{keyed::keyed, signature::SignatureState},
    entities::{duplicate_pair, signatory, signature, signature_mark},
    platform::{Platform, crypto::Keys, jobs::enqueue},
};

/// Merges of merges that are followed; more are a fault of ours and end the search.
const LONGEST_CHAIN: usize = 20;
/// What the one that stays takes from the other where it says nothing itself. Never where it is counted, nor what its signer chose to be placed by.
const FILLED: [signatory::Column; 6] = [
    signatory::Column::OriginalName,
    signatory::Column::LatinName,
    signatory::Column::OfficialName,
    signatory::Column::Acronym,
    signatory::Column::Website,
    signatory::Column::UnStatus,
];

keyed! {
    /// What became of a pair.
    PairState {
        /// Nobody has decided.
        Open = "open",
        /// They are two signatories.
        Apart = "apart",
        /// One signature stands for both.
        Merged = "merged",
    }
}

/// What is decided about a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// This signature stands for both.
    Merge(Uuid),
    /// They are two.
    Apart,
    /// Neither: the pair waits again.
    Undo,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    /// Done.
    Done,
    /// Somebody decided, hid a name or withdrew meanwhile.
    Overtaken,
    /// The one on the list has to be the one that stays.
    WouldLeaveTheList,
    /// No such pair.
    Missing,
}

/// A pair's two signatures in the order they are kept in.
pub(super) fn ordered(one: Uuid, other: Uuid) -> (Uuid, Uuid) {
    if one < other { (one, other) } else { (other, one) }
}

/// Of a campaign, in one state, the likeliest first.
pub fn in_state(campaign_id: Uuid, state: PairState) -> sea_orm::Select<duplicate_pair::Entity> {
    duplicate_pair::Entity::find()
        .filter(duplicate_pair::Column::CampaignId.eq(campaign_id))
        .filter(duplicate_pair::Column::State.eq(state.key()))
        .order_by_desc(duplicate_pair::Column::Score)
        .order_by_asc(duplicate_pair::Column::Id)
}

fn with(signature: Uuid) -> Condition {
    Condition::any().add(duplicate_pair::Column::OneId.eq(signature)).add(duplicate_pair::Column::OtherId.eq(signature))
}

/// The pairs a signature is in, the likeliest first. One query.
///
/// # Errors
/// When the database fails.
pub async fn of_signature(db: &impl ConnectionTrait, signature: Uuid) -> Result<Vec<duplicate_pair::Model>, DbErr> {
    duplicate_pair::Entity::find().filter(with(signature)).order_by_desc(duplicate_pair::Column::Score).limit(50).all(db).await
}

/// The signature that stands for this one; itself when it was not merged.
///
/// # Errors
/// When the database fails.
pub(super) async fn standing_for(db: &impl ConnectionTrait, id: Uuid) -> Result<Uuid, DbErr> {
    let mut at = id;
    for _ in 0..LONGEST_CHAIN {
        let merged = duplicate_pair::Entity::find()
            .filter(with(at))
            .filter(duplicate_pair::Column::State.eq(PairState::Merged.key()))
            .filter(duplicate_pair::Column::KeptId.ne(at))
            .one(db)
            .await?;
        match merged.and_then(|pair| pair.kept_id) {
            Some(kept) => at = kept,
            None => break,
        }
    }
    Ok(at)
}

/// Those a signature stands for. One query.
pub(super) async fn merged_into(db: &impl ConnectionTrait, kept: Uuid) -> Result<Vec<Uuid>, DbErr> {
    let pairs = duplicate_pair::Entity::find()
        .filter(duplicate_pair::Column::KeptId.eq(kept))
        .filter(with(kept))
        .filter(duplicate_pair::Column::State.eq(PairState::Merged.key()));
    Ok(pairs.all(db).await?.into_iter().map(|pair| if pair.one_id == kept { pair.other_id } else { pair.one_id }).collect())
}

/// A signature, the one that stands for it, and all that this one stands for. Three queries for one that was never merged.
pub(super) async fn family(db: &impl ConnectionTrait, id: Uuid) -> Result<BTreeSet<Uuid>, DbErr> {
    let standing = standing_for(db, id).await?;
    let (mut family, mut waiting) = (BTreeSet::from([id, standing]), vec![standing]);
    while let Some(kept) = waiting.pop() {
        let merged = merged_into(db, kept).await?;
        waiting.extend(merged.into_iter().filter(|merged| family.insert(*merged)));
    }
    Ok(family)
}

/// Decides about a pair. A second press finds it decided.
///
/// # Errors
/// When the database fails.
pub async fn decide(platform: &Platform, id: Uuid, decision: Decision, account: Uuid) -> anyhow::Result<Decided> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let Some(seen) = duplicate_pair::Entity::find_by_id(id).one(&txn).await? else { return Ok(Decided::Missing) };
    // Both as they are under their locks, and then the pair.
    vetting::hold(&txn, &[seen.one_id, seen.other_id]).await?;
    let (Some(one), Some(other)) = (store::by_id(&txn, seen.one_id).await?, store::by_id(&txn, seen.other_id).await?) else {
        return Ok(Decided::Missing);
    };
    let Some(pair) = duplicate_pair::Entity::find_by_id(id).one(&txn).await? else { return Ok(Decided::Overtaken) };
    if one.1.name.is_none() || other.1.name.is_none() {
        return Ok(Decided::Overtaken);
    }
    let (state, by): (PairState, By) = (pair.state.parse()?, (account, now));
    let done = match (decision, state) {
        (Decision::Merge(kept), PairState::Open) if kept == one.0.id => merge(&txn, &platform.keys, &pair, (&one, &other), by).await?,
        (Decision::Merge(kept), PairState::Open) if kept == other.0.id => merge(&txn, &platform.keys, &pair, (&other, &one), by).await?,
        (Decision::Apart, PairState::Open) => {
            set(&txn, id, duplicate_pair::ActiveModel { state: Set(PairState::Apart.key().to_owned()), ..decided(by) }).await?;
            audit::append(&txn, Entry::of(Some(account), "duplicate.apart", "duplicate", id), now).await?;
            Decided::Done
        }
        (Decision::Undo, PairState::Apart) => reopen(&txn, id, by).await?,
        (Decision::Undo, PairState::Merged) => {
            let (kept, dropped) = if pair.kept_id == Some(one.0.id) { (&one, &other) } else { (&other, &one) };
            undo(&txn, &platform.keys, &pair, (kept, dropped), by).await?
        }
        _ => Decided::Overtaken,
    };
    if done == Decided::Done {
        txn.commit().await?;
        platform.changed();
        platform.bell.ring();
    }
    Ok(done)
}

/// Who decides, and when.
type By = (Uuid, DateTime<Utc>);

fn decided((account, now): By) -> duplicate_pair::ActiveModel {
    duplicate_pair::ActiveModel { decided_by: Set(Some(account)), decided_at: Set(Some(now)), ..Default::default() }
}

async fn set(txn: &DatabaseTransaction, id: Uuid, change: duplicate_pair::ActiveModel) -> Result<(), DbErr> {
    duplicate_pair::Entity::update_many().set(change).filter(duplicate_pair::Column::Id.eq(id)).exec(txn).await.map(drop)
}

async fn merge(
    txn: &DatabaseTransaction,
    keys: &Keys,
    pair: &duplicate_pair::Model,
    (kept, dropped): (&store::Signed, &store::Signed),
    (account, now): By,
) -> anyhow::Result<Decided> {
    let (stays, goes): (SignatureState, SignatureState) = (kept.0.state.parse()?, dropped.0.state.parse()?);
    if stays.step(SignatureState::Merged).is_err() || goes.step(SignatureState::Merged).is_err() {
        return Ok(Decided::Overtaken);
    }
    if goes.counts() && !stays.counts() {
        return Ok(Decided::WouldLeaveTheList);
    }
    vetting::move_to(txn, &dropped.0, &dropped.1, SignatureState::Merged, now).await?;
    let merged = duplicate_pair::ActiveModel {
        state: Set(PairState::Merged.key().to_owned()),
        kept_id: Set(Some(kept.0.id)),
        state_before: Set(Some(dropped.0.state.clone())),
        filled: Set(fill(txn, keys, (kept, dropped), now).await?),
        ..decided((account, now))
    };
    set(txn, pair.id, merged).await?;
    hand_over(txn, dropped.0.id, kept.0.id).await?;
    let details = json!({ "kept": kept.0.reference, "merged": dropped.0.reference });
    audit::append(txn, Entry::of(Some(account), "duplicate.merged", "duplicate", pair.id).with(details), now).await?;
    Ok(Decided::Done)
}

/// Completes the one that stays by what the other says; the columns, for the undoing.
async fn fill(
    txn: &DatabaseTransaction,
    keys: &Keys,
    (kept, dropped): (&store::Signed, &store::Signed),
    now: DateTime<Utc>,
) -> anyhow::Result<Option<String>> {
    let empty = Value::String(None);
    let taken = FILLED.into_iter().filter(|column| kept.1.get(*column) == empty && dropped.1.get(*column) != empty);
    let taken: Vec<_> = taken.map(|column| (column, dropped.1.get(column))).collect();
    complete(txn, keys, kept, &taken, now).await?;
    let names: Vec<_> = taken.iter().map(|(column, _)| column.unquoted()).collect();
    Ok(Some(names.join(" ")).filter(|names| !names.is_empty()))
}

/// Takes back what was filled in and has not been changed since.
async fn empty_again(
    txn: &DatabaseTransaction,
    keys: &Keys,
    pair: &duplicate_pair::Model,
    (kept, dropped): (&store::Signed, &store::Signed),
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let filled: Vec<&str> = pair.filled.as_deref().unwrap_or_default().split(' ').collect();
    let taken = FILLED.into_iter().filter(|column| filled.contains(&column.unquoted()) && kept.1.get(*column) == dropped.1.get(*column));
    complete(txn, keys, kept, &taken.map(|column| (column, Value::String(None))).collect::<Vec<_>>(), now).await
}

/// Writes what a signatory says of itself; it is graded, and compared again by it.
async fn complete(
    txn: &DatabaseTransaction,
    keys: &Keys,
    (signature, of): &store::Signed,
    values: &[(signatory::Column, Value)],
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    let mut change = signatory::ActiveModel { updated_at: Set(now), ..Default::default() };
    for (column, value) in values {
        change.set(*column, value.clone());
    }
    signatory::Entity::update_many().set(change).filter(signatory::Column::Id.eq(of.id)).exec(txn).await?;
    let anew = signature::ActiveModel { compared_by: Set(0), ..Default::default() };
    signature::Entity::update_many().set(anew).filter(signature::Column::Id.eq(signature.id)).exec(txn).await?;
    enqueue(txn, jobs::compare(), now).await?;
    if let Some((signature, of)) = store::by_id(txn, signature.id).await? {
        grading::regrade(txn, keys, (&signature, &of)).await?;
    }
    Ok(())
}

/// Whoever looked like the one that goes may be the one that stays.
async fn hand_over(txn: &DatabaseTransaction, from: Uuid, to: Uuid) -> Result<(), DbErr> {
    use duplicate_pair::Column as C;
    let open = Condition::all().add(with(from)).add(C::State.eq(PairState::Open.key()));
    let pairs = duplicate_pair::Entity::find().filter(open.clone()).all(txn).await?;
    duplicate_pair::Entity::delete_many().filter(open).exec(txn).await?;
    let rows: Vec<_> = pairs
        .into_iter()
        .filter_map(|pair| {
            let third = if pair.one_id == from { pair.other_id } else { pair.one_id };
            let (one_id, other_id) = ordered(third, to);
            let row = duplicate_pair::Model { one_id, other_id, ..pair };
            (third != to).then(|| duplicate_pair::ActiveModel { id: Set(Uuid::now_v7()), ..row.into() })
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let known = OnConflict::columns([C::OneId, C::OtherId]).do_nothing().to_owned();
    duplicate_pair::Entity::insert_many(rows).on_conflict(known).exec_without_returning(txn).await.map(drop)
}

async fn reopen(txn: &DatabaseTransaction, id: Uuid, (account, now): By) -> anyhow::Result<Decided> {
    let open = duplicate_pair::ActiveModel {
        state: Set(PairState::Open.key().to_owned()),
        kept_id: Set(None),
        state_before: Set(None),
        filled: Set(None),
        decided_by: Set(None),
        decided_at: Set(None),
        ..Default::default()
    };
    set(txn, id, open).await?;
    audit::append(txn, Entry::of(Some(account), "duplicate.undone", "duplicate", id), now).await?;
    Ok(Decided::Done)
}

/// Puts the one that was merged back where it stood.
async fn undo(
    txn: &DatabaseTransaction,
    keys: &Keys,
    pair: &duplicate_pair::Model,
    (kept, dropped): (&store::Signed, &store::Signed),
    by: By,
) -> anyhow::Result<Decided> {
    let ((signature, signatory), now) = (dropped, by.1);
    let Some(before) = pair.state_before.as_deref().and_then(|before| before.parse::<SignatureState>().ok()) else {
        return Ok(Decided::Overtaken);
    };
    let back = signature::ActiveModel { state: Set(before.key().to_owned()), compared_by: Set(0), ..Default::default() };
    if !store::step(txn, signature.id, SignatureState::Merged.key(), back).await? {
        return Ok(Decided::Overtaken);
    }
    if before.counts() {
        counts::append(txn, signature, signatory, 1, now).await?;
    }
    // Whom it looks like is looked for again: meanwhile they were pairs of the other one.
    enqueue(txn, jobs::compare(), now).await?;
    empty_again(txn, keys, pair, (kept, dropped), now).await?;
    reopen(txn, pair.id, by).await
}

/// Leaves nothing that says whom a signature looks like. Merges stay, without their reasons: who stands for whom is no name.
///
/// # Errors
/// When the database fails.
pub(super) async fn forget(txn: &DatabaseTransaction, signature: Uuid) -> Result<(), DbErr> {
    use duplicate_pair::Column as C;
    signature_mark::Entity::delete_many().filter(signature_mark::Column::SignatureId.eq(signature)).exec(txn).await?;
    duplicate_pair::Entity::delete_many().filter(with(signature)).filter(C::State.ne(PairState::Merged.key())).exec(txn).await?;
    let bare = duplicate_pair::Entity::update_many().col_expr(C::Reasons, Expr::value("")).col_expr(C::Score, Expr::value(0));
    bare.filter(with(signature)).exec(txn).await.map(drop)
}

/// Has a signature compared again, because its name is another now. What people decided about the old name is no longer known to hold.
///
/// # Errors
/// When the database fails.
pub(super) async fn compare_anew(txn: &DatabaseTransaction, signature: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    duplicate_pair::Entity::delete_many()
        .filter(with(signature))
        .filter(duplicate_pair::Column::State.ne(PairState::Merged.key()))
        .exec(txn)
        .await?;
    let anew = signature::Entity::update_many().col_expr(signature::Column::ComparedBy, Expr::value(0));
    anew.filter(signature::Column::Id.eq(signature)).exec(txn).await?;
    enqueue(txn, jobs::compare(), now).await.map(drop)
}
