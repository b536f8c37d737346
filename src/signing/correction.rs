//! Corrections of a printed name: the signer proposes, staff decide. Frozen waves keep the old name, later ones carry the new (R19). Must never hold the
//! name of anybody who is not named: hiding a name takes its corrections away.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use super::{duplicates, names, signer, store, vetting};
use crate::{
    accounts::audit::{self, Entry},
    domain::{
        evidence::ProposalState,
        name::{NameFault, clean_name},
        signature::{SignatureState, Visibility},
    },
    entities::{correction, signatory, signature},
    platform::Platform,
};

/// How many are shown at once.
const LISTED: u64 = 100;

/// What became of a proposal.
#[derive(Debug)]
pub enum Proposed {
    /// It waits for staff.
    Done,
    /// Nothing is printed of this signature, or it is over.
    Refused,
    /// The name cannot be printed.
    Fault(NameFault),
    /// Not one of our links.
    Unknown,
}

/// A correction that waits.
#[derive(Debug)]
pub struct Waiting {
    /// The proposal.
    pub correction: correction::Model,
    /// Its signature.
    pub reference: String,
    /// The name as it is printed now.
    pub name: String,
}

/// Corrections that wait, of a campaign.
pub fn open(campaign_id: Uuid) -> Select<correction::Entity> {
    let signatures =
        signature::Entity::find().select_only().column(signature::Column::Id).filter(signature::Column::CampaignId.eq(campaign_id));
    correction::Entity::find()
        .filter(correction::Column::State.eq(ProposalState::Proposed.key()))
        .filter(correction::Column::SignatureId.in_subquery(sea_orm::QueryTrait::into_query(signatures)))
}

/// How many wait.
///
/// # Errors
/// When the database fails.
pub async fn count_open(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<u64, DbErr> {
    open(campaign_id).count(db).await
}

/// The oldest that wait, with the names they would replace. Three queries.
///
/// # Errors
/// When the database fails.
pub async fn waiting(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<Vec<Waiting>, DbErr> {
    let rows =
        open(campaign_id).order_by_asc(correction::Column::CreatedAt).order_by_asc(correction::Column::Id).limit(LISTED).all(db).await?;
    let rows = store::beside(db, rows, |row| row.signature_id).await?;
    let waiting = |(correction, (signature, of)): (correction::Model, store::Signed)| {
        Some(Waiting { reference: signature.reference, name: of.name?, correction })
    };
    Ok(rows.into_iter().filter_map(waiting).collect())
}

fn waits_of(signature: Uuid) -> Condition {
    Condition::all().add(correction::Column::SignatureId.eq(signature)).add(correction::Column::State.eq(ProposalState::Proposed.key()))
}

/// The correction of a signature that waits.
///
/// # Errors
/// When the database fails.
pub async fn open_of(db: &impl ConnectionTrait, signature: Uuid) -> Result<Option<correction::Model>, DbErr> {
    correction::Entity::find().filter(waits_of(signature)).one(db).await
}

fn is_printed((signature, signatory): &store::Signed) -> bool {
    signatory.name.is_some()
        && signature.visibility.parse().is_ok_and(Visibility::shows_name)
        && signature.state.parse().is_ok_and(|state: SignatureState| !state.is_final() && state != SignatureState::Merged)
}

/// Proposes another name for a signature, by its signer's link. A later proposal takes the place of one that waits; the name as it is takes it back.
///
/// # Errors
/// When the database fails.
pub async fn propose(platform: &Platform, token: &str, typed: &str) -> Result<Proposed, DbErr> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let Some(id) = signer::signature_of(&txn, token, now).await? else { return Ok(Proposed::Unknown) };
    let Some(signed) = vetting::locked(&txn, id).await? else { return Ok(Proposed::Unknown) };
    if !is_printed(&signed) {
        return Ok(Proposed::Refused);
    }
    let name = match clean_name(typed) {
        Ok(name) => name,
        Err(fault) => return Ok(Proposed::Fault(fault)),
    };
    if open_of(&txn, id).await?.is_some_and(|open| open.name == name) {
        return Ok(Proposed::Done);
    }
    correction::Entity::delete_many().filter(waits_of(id)).exec(&txn).await?;
    if signed.1.name.as_ref() != Some(&name) {
        let row = correction::ActiveModel {
            id: Set(Uuid::now_v7()),
            signature_id: Set(id),
            name: Set(name),
            state: Set(ProposalState::Proposed.key().to_owned()),
            created_at: Set(now),
            decided_by: Set(None),
            decided_at: Set(None),
        };
        correction::Entity::insert(row).exec_without_returning(&txn).await?;
        audit::append(&txn, Entry::of(None, "signature.correction_proposed", "signature", id), now).await?;
    }
    txn.commit().await?;
    Ok(Proposed::Done)
}

/// What became of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    /// The name is another now.
    Accepted,
    /// It stays.
    Rejected,
    /// Somebody decided, hid the name or withdrew meanwhile.
    Overtaken,
}

/// Decides on a correction. A second press changes nothing.
///
/// # Errors
/// When the database fails or there is no randomness.
pub async fn decide(platform: &Platform, id: Uuid, accept: bool, account: Uuid) -> anyhow::Result<Decided> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let Some(seen) = correction::Entity::find_by_id(id).one(&txn).await? else { return Ok(Decided::Overtaken) };
    let Some(signed) = vetting::locked(&txn, seen.signature_id).await? else { return Ok(Decided::Overtaken) };
    // Under its signature's lock, which a proposal and another decision take too.
    let Some(row) = open_of(&txn, seen.signature_id).await?.filter(|row| row.id == id) else { return Ok(Decided::Overtaken) };
    if !is_printed(&signed) {
        return Ok(Decided::Overtaken);
    }
    let to = if accept { ProposalState::Accepted } else { ProposalState::Rejected };
    let change = correction::ActiveModel {
        state: Set(to.key().to_owned()),
        decided_by: Set(Some(account)),
        decided_at: Set(Some(now)),
        ..Default::default()
    };
    correction::Entity::update_many().set(change).filter(correction::Column::Id.eq(id)).exec(&txn).await?;
    let entry = if accept {
        Entry::of(Some(account), "signature.corrected", "signature", seen.signature_id)
    } else {
        Entry::of(Some(account), "signature.correction_rejected", "signature", seen.signature_id)
    };
    if accept {
        let named = signatory::ActiveModel { updated_at: Set(now), ..names::renamed(&platform.keys, &signed.1, row.name)? };
        signatory::Entity::update_many().set(named).filter(signatory::Column::Id.eq(signed.1.id)).exec(&txn).await?;
        duplicates::compare_anew(&txn, seen.signature_id, now).await?;
    }
    audit::append(&txn, entry, now).await?;
    txn.commit().await?;
    if accept {
        platform.changed();
    }
    Ok(if accept { Decided::Accepted } else { Decided::Rejected })
}

/// Takes all corrections of a signature away.
///
/// # Errors
/// When the database fails.
pub(super) async fn forget(txn: &DatabaseTransaction, signature: Uuid) -> Result<(), DbErr> {
    correction::Entity::delete_many().filter(correction::Column::SignatureId.eq(signature)).exec(txn).await.map(drop)
}
