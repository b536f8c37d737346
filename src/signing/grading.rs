//! Keeps with each signature how well it is known to be its signatory's own. Must not decide what follows from a grade.

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{
    contact::{self, Names},
    store, vetting,
};
use crate::{
    campaigns::Current,
    domain::{
        authority::{Authority, Seen},
        signature::{SecondPerson, SignatoryKind, SignatureState, VettingItem},
    },
    entities::{signatory, signature, vetting_check},
    platform::{Platform, crypto::Keys},
};

/// Signatures of one transaction.
const BATCH: u64 = 500;

/// The grade of one as it arrives: nobody has looked at it.
pub(super) fn on_arrival(kind: SignatoryKind, confirmed: bool, mailbox: Option<&str>, names: &Names) -> Authority {
    Authority::of(Seen { kind, confirmed, mailbox, website: names.website.as_deref(), second_person: SecondPerson::NotNeeded, checks: &[] })
}

fn of(keys: &Keys, signature: &signature::Model, of: &signatory::Model, checks: &[vetting_check::Model]) -> Authority {
    let contact = contact::of(keys, of);
    let hidden = of.sealed_names.as_deref().and_then(|sealed| contact::open_names(keys, of.id, sealed).ok());
    let website = of.website.clone().or_else(|| hidden.and_then(|names| names.website));
    let checks: Vec<(VettingItem, bool)> = checks.iter().filter_map(|check| Some((check.item.parse().ok()?, check.passed))).collect();
    Authority::of(Seen {
        kind: of.kind.parse().unwrap_or(SignatoryKind::Organisation),
        confirmed: signature.confirmed_at.is_some(),
        mailbox: contact.as_ref().and_then(contact::Contact::domain),
        website: website.as_deref(),
        second_person: signature.second_person.parse().unwrap_or(SecondPerson::NotNeeded),
        checks: &checks,
    })
}

/// Grades a signature by what is known now. One query, and one statement where the grade changes.
///
/// # Errors
/// When the database fails.
pub(super) async fn regrade(
    txn: &DatabaseTransaction,
    keys: &Keys,
    signed: (&signature::Model, &signatory::Model),
) -> Result<Authority, DbErr> {
    let checks = vetting::checks(txn, signed.0.id).await?;
    let grade = of(keys, signed.0, signed.1, &checks);
    keep(txn, signed.0, grade).await?;
    Ok(grade)
}

async fn keep(db: &impl ConnectionTrait, signature: &signature::Model, grade: Authority) -> Result<(), DbErr> {
    if signature.authority.as_deref() == Some(grade.key()) {
        return Ok(());
    }
    let change = signature::ActiveModel { authority: Set(Some(grade.key().to_owned())), ..Default::default() };
    signature::Entity::update_many().set(change).filter(signature::Column::Id.eq(signature.id)).exec(db).await.map(drop)
}

/// Grades what an earlier release left without a grade; `false` when nothing was left.
///
/// # Errors
/// When the database fails.
pub(super) async fn grade_batch(platform: &Platform, campaign: &Current) -> Result<bool, DbErr> {
    let ungraded = signature::Entity::find()
        .select_only()
        .column(signature::Column::Id)
        .filter(signature::Column::CampaignId.eq(campaign.id))
        .filter(signature::Column::State.is_in(SignatureState::ALL.iter().map(|state| state.key())))
        .filter(signature::Column::Authority.is_null())
        .limit(BATCH);
    let ids: Vec<Uuid> = ungraded.into_tuple().all(platform.database.read()).await?;
    if ids.is_empty() {
        return Ok(false);
    }
    let txn = platform.database.begin().await?;
    let checks = vetting_check::Entity::find().filter(vetting_check::Column::SignatureId.is_in(ids.iter().copied())).all(&txn).await?;
    for (signature, signatory) in store::by_ids(&txn, ids).await? {
        let own: Vec<_> = checks.iter().filter(|check| check.signature_id == signature.id).cloned().collect();
        keep(&txn, &signature, of(&platform.keys, &signature, &signatory, &own)).await?;
    }
    txn.commit().await?;
    Ok(true)
}
