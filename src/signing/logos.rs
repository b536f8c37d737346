//! Logos of signatories: sent by their own link with the permission for one use, looked at by staff, shown beside the list while the name is (R24). Must
//! show none without permission, none of whoever is not named, and keeps none of whoever hides or withdraws. Owns its transactions; never HTTP.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::{roll, signer, store, vetting};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::Current,
    domain::{
        keyed::keyed,
        signature::{SignatoryKind, SignatureState, Visibility},
    },
    entities::logo,
    platform::{Platform, pictures::Picture},
};

/// Pixels of a logo: wide enough for two pixels a point of the largest place it stands in.
pub(super) const BOX: (u32, u32) = (480, 240);
/// Logos of one page.
const MOST: u64 = 600;
/// Logos of one list at the desk.
const LISTED: u64 = 60;

keyed! {
    /// Where a logo stands.
    LogoState {
        /// Nobody of staff has looked at it.
        Proposed = "proposed",
        /// It is shown.
        Shown = "shown",
    }
}

/// What became of a signer's wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// Kept, or gone.
    Done,
    /// Not named, ended, or somebody who signs for themselves.
    Refused,
    /// No such link.
    Unknown,
}

/// Whether a signature may have one: of an organisation or network that is named and has not ended.
pub(super) fn may_have((signature, of): &store::Signed) -> bool {
    let stands = |state: SignatureState| !state.is_final() && state != SignatureState::Merged;
    of.name.is_some()
        && of.kind != SignatoryKind::Individual.key()
        && signature.visibility == Visibility::Named.key()
        && signature.state.parse().is_ok_and(stands)
}

/// Whether staff have to look at it.
pub(super) fn is_proposed(logo: &logo::Model) -> bool {
    logo.state == LogoState::Proposed.key()
}

/// Logos of a campaign that staff have to look at, the oldest first, with the names of their signatories. Three queries, one where there are none. Asked
/// for by the logos, which are few, and told apart by campaign here.
///
/// # Errors
/// When the database fails.
pub async fn waiting(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<Vec<(logo::Model, String)>, DbErr> {
    let rows = logo::Entity::find().filter(logo::Column::State.eq(LogoState::Proposed.key())).order_by_asc(logo::Column::Id);
    let rows = rows.limit(LISTED).all(db).await?;
    let mut rows = store::beside(db, rows, |row| row.signature_id).await?;
    rows.retain(|(_, (signature, _))| signature.campaign_id == campaign_id);
    Ok(rows.into_iter().filter_map(|(row, (_, of))| Some((row, of.name?))).collect())
}

/// The logo of a signature. One query.
///
/// # Errors
/// When the database fails.
pub(super) async fn of_signature(db: &impl ConnectionTrait, signature: Uuid) -> Result<Option<logo::Model>, DbErr> {
    logo::Entity::find().filter(logo::Column::SignatureId.eq(signature)).one(db).await
}

/// Keeps what a signer sends in place of what they sent before; staff look at it before anybody else sees it.
///
/// # Errors
/// When the database fails.
pub(super) async fn send(platform: &Platform, token: &str, (picture, alternative): (Picture, String)) -> Result<Sent, DbErr> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let Some(id) = signer::signature_of(&txn, token, now).await? else { return Ok(Sent::Unknown) };
    let Some(signed) = vetting::locked(&txn, id).await? else { return Ok(Sent::Unknown) };
    if !may_have(&signed) {
        return Ok(Sent::Refused);
    }
    forget(&txn, id).await?;
    let row = logo::ActiveModel {
        id: Set(Uuid::now_v7()),
        signature_id: Set(id),
        content: Set(picture.png),
        width: Set(i32::try_from(picture.width).unwrap_or(i32::MAX)),
        height: Set(i32::try_from(picture.height).unwrap_or(i32::MAX)),
        alternative: Set(alternative),
        state: Set(LogoState::Proposed.key().to_owned()),
        permitted_at: Set(now),
        decided_by: Set(None),
        decided_at: Set(None),
    };
    logo::Entity::insert(row).exec_without_returning(&txn).await?;
    audit::append(&txn, Entry::of(None, "logo.sent", "signature", id), now).await?;
    txn.commit().await?;
    platform.changed();
    Ok(Sent::Done)
}

/// Takes it away again, by its signer's link. A second press is harmless.
///
/// # Errors
/// When the database fails.
pub(super) async fn take_back(platform: &Platform, token: &str) -> Result<Sent, DbErr> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let Some(id) = signer::signature_of(&txn, token, now).await? else { return Ok(Sent::Unknown) };
    remove(&txn, id, None, now).await?;
    txn.commit().await?;
    platform.changed();
    Ok(Sent::Done)
}

async fn remove(txn: &DatabaseTransaction, id: Uuid, account: Option<Uuid>, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let gone = logo::Entity::delete_many().filter(logo::Column::SignatureId.eq(id)).exec(txn).await?.rows_affected == 1;
    if gone {
        audit::append(txn, Entry::of(account, "logo.removed", "signature", id), now).await?;
    }
    Ok(gone)
}

/// Shows the logo that staff looked at, or takes it away; `false` when it is gone, or another one was sent meanwhile.
///
/// # Errors
/// When the database fails.
pub(super) async fn decide(platform: &Platform, (id, seen): (Uuid, Uuid), show: bool, account: Uuid) -> Result<bool, DbErr> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let Some(signed) = vetting::locked(&txn, id).await? else { return Ok(false) };
    if of_signature(&txn, id).await?.is_none_or(|found| found.id != seen) || (show && !may_have(&signed)) {
        return Ok(false);
    }
    if show {
        let shown = logo::ActiveModel {
            state: Set(LogoState::Shown.key().to_owned()),
            decided_by: Set(Some(account)),
            decided_at: Set(Some(now)),
            ..Default::default()
        };
        logo::Entity::update_many().set(shown).filter(logo::Column::Id.eq(seen)).exec(&txn).await?;
        audit::append(&txn, Entry::of(Some(account), "logo.shown", "signature", id), now).await?;
    } else {
        remove(&txn, id, Some(account), now).await?;
    }
    txn.commit().await?;
    platform.changed();
    Ok(true)
}

/// Keeps no logo of a signature.
///
/// # Errors
/// When the database fails.
pub(super) async fn forget(txn: &DatabaseTransaction, signature: Uuid) -> Result<(), DbErr> {
    logo::Entity::delete_many().filter(logo::Column::SignatureId.eq(signature)).exec(txn).await.map(drop)
}

/// A logo as the list of them shows it.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct ShownLogo {
    pub(super) id: Uuid,
    pub(super) signature_id: Uuid,
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) alternative: String,
}

/// Those that are shown, in the order they were sent, with the names they stand beside: permitted, looked at, of whoever is on the list now. Two queries,
/// without the pictures; one where there are none. The logos are asked for first: they are few.
///
/// # Errors
/// When the database fails.
pub(super) async fn shown(db: &impl ConnectionTrait, campaign: &Current) -> Result<Vec<(ShownLogo, String)>, DbErr> {
    use logo::Column as C;
    let rows = logo::Entity::find().select_only().columns([C::Id, C::SignatureId, C::Width, C::Height, C::Alternative]);
    let rows = rows.filter(C::State.eq(LogoState::Shown.key())).order_by_asc(C::Id).limit(MOST);
    let rows: Vec<ShownLogo> = rows.into_model().all(db).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.signature_id).collect();
    let mut names: HashMap<Uuid, String> =
        roll::lines(db, campaign, &ids).await?.into_iter().filter_map(|line| Some((line.id, line.name?))).collect();
    Ok(rows.into_iter().filter_map(|row| names.remove(&row.signature_id).map(|name| (row, name))).collect())
}

/// The picture of one that is shown. Two queries.
///
/// # Errors
/// When the database fails.
pub(super) async fn picture(db: &impl ConnectionTrait, campaign: &Current, id: Uuid) -> Result<Option<Vec<u8>>, DbErr> {
    let found = logo::Entity::find_by_id(id).filter(logo::Column::State.eq(LogoState::Shown.key())).one(db).await?;
    let Some(found) = found else { return Ok(None) };
    Ok((!roll::lines(db, campaign, &[found.signature_id]).await?.is_empty()).then_some(found.content))
}
