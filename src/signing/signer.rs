//! What a signer does by their own link, without an account: see what was signed, show less of it, withdraw (R15). Never more: to show more takes a
//! new signature with its own confirmation. Owns its transactions; never HTTP.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    service,
    store::{self, Signed},
    vetting,
};
use crate::{
    accounts::audit::{self, Entry},
    domain::{
        letter::LetterState,
        signature::{SignatureState, Visibility},
    },
    entities::{letter, letter_round, signature, wave, wave_entry},
    platform::Platform,
};

/// Purpose of the link.
const MANAGE: &str = "manage";
/// Days a link lives. Whoever lost it signs again with the same name and address, and gets another one.
const LINK_DAYS: i64 = 400;

/// What a signer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To show less.
    Show(Visibility),
    /// To be on no list and in no count.
    Withdraw,
}

/// What became of it.
#[derive(Debug)]
pub enum Acted {
    /// Done, or done before.
    Done(Box<Signed>),
    /// The signature has ended, or it would show more.
    Refused(Box<Signed>),
    /// No such link, or it is too old.
    Unknown,
}

/// A document that went out with the name in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Carrier {
    /// Number of the wave.
    pub wave: i32,
    /// When it was frozen.
    pub frozen_at: DateTime<Utc>,
    /// Letters that left with its list.
    pub letters: u64,
}

/// Makes a link for a signature; only its hash is kept.
///
/// # Errors
/// When there is no randomness or the database fails.
pub async fn issue(platform: &Platform, signature: &signature::Model) -> anyhow::Result<String> {
    service::link(platform, signature, MANAGE, "signature", Duration::days(LINK_DAYS)).await
}

pub(super) async fn signature_of(db: &impl ConnectionTrait, token: &str, now: DateTime<Utc>) -> Result<Option<Uuid>, DbErr> {
    let found = store::token(db, token, MANAGE).await?;
    Ok(found.filter(|found| found.expires_at > now).map(|found| found.signature_id))
}

/// The signature a link belongs to. Changes nothing: mail scanners follow links (R4).
///
/// # Errors
/// When the database fails.
pub async fn look_up(platform: &Platform, token: &str) -> Result<Option<Signed>, DbErr> {
    let db = platform.database.read();
    match signature_of(db, token, platform.clock.now()).await? {
        Some(id) => store::by_id(db, id).await,
        None => Ok(None),
    }
}

/// Does what a signer asks for. A second press is harmless.
///
/// # Errors
/// When the database fails or there is no randomness.
pub async fn act(platform: &Platform, token: &str, wish: Wish) -> anyhow::Result<Acted> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let Some(id) = signature_of(&txn, token, now).await? else { return Ok(Acted::Unknown) };
    let Some((signature, signatory)) = vetting::locked(&txn, id).await? else { return Ok(Acted::Unknown) };
    let state: SignatureState = signature.state.parse()?;
    let shown: Visibility = signature.visibility.parse()?;
    let entry = match wish {
        Wish::Withdraw if state == SignatureState::Withdrawn => return Ok(Acted::Done(Box::new((signature, signatory)))),
        Wish::Show(to) if to == shown && !state.is_final() => return Ok(Acted::Done(Box::new((signature, signatory)))),
        Wish::Withdraw if state.step(SignatureState::Withdrawn).is_ok() => {
            vetting::move_to(&txn, &signature, &signatory, SignatureState::Withdrawn, now).await?;
            Entry::of(None, "signature.withdrawn", "signature", id).with(json!({ "by": "signer" }))
        }
        Wish::Show(to) if !state.is_final() && shown.signer_may_choose(to) => {
            vetting::show_less(&txn, (&signature, &signatory), to, now).await?;
            Entry::of(None, "signature.hidden", "signature", id).with(json!({ "from": shown.key(), "to": to.key() }))
        }
        _ => return Ok(Acted::Refused(Box::new((signature, signatory)))),
    };
    // Whoever wants less to be seen wants no readable name kept either.
    vetting::forget_names(&txn, &platform.keys, (id, &signatory), now).await?;
    audit::append(&txn, entry, now).await?;
    if let (Wish::Show(to), SignatureState::Merged) = (wish, state) {
        vetting::hide_standing(&txn, &platform.keys, id, to, now).await?;
    }
    let after = store::by_id(&txn, id).await?;
    txn.commit().await?;
    platform.hidden().await;
    Ok(after.map_or(Acted::Unknown, |signed| Acted::Done(Box::new(signed))))
}

/// What went out with the name in it: nobody can call that back (R15). One query, and one a wave.
///
/// # Errors
/// When the database fails.
pub async fn carriers(db: &impl ConnectionTrait, signature: Uuid) -> Result<Vec<Carrier>, DbErr> {
    let named = wave_entry::Entity::find()
        .select_only()
        .column(wave_entry::Column::WaveId)
        .filter(wave_entry::Column::SignatureId.eq(signature))
        // Also where the name itself is forgotten since.
        .filter(wave_entry::Column::Visibility.eq(Visibility::Named.key()));
    let waves = wave::Entity::find().filter(wave::Column::Id.in_subquery(named.into_query())).order_by_asc(wave::Column::Number);
    let mut carriers = Vec::new();
    for wave in waves.all(db).await? {
        let rounds = letter_round::Entity::find()
            .select_only()
            .column(letter_round::Column::Id)
            .filter(letter_round::Column::WaveId.eq(wave.id))
            .filter(letter_round::Column::Rehearsal.eq(false));
        let left = [LetterState::Sent, LetterState::Acknowledged, LetterState::Answered].map(LetterState::key);
        let letters = letter::Entity::find()
            .filter(letter::Column::RoundId.in_subquery(rounds.into_query()))
            .filter(letter::Column::State.is_in(left))
            .count(db)
            .await?;
        carriers.push(Carrier { wave: wave.number, frozen_at: wave.frozen_at, letters });
    }
    Ok(carriers)
}
