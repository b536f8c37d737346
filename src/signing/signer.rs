//! What a signer does by their own link, without an account: see what was signed, show less of it, withdraw (R15). Never more: to show more takes a
//! new signature with its own confirmation. Owns its transactions; never HTTP.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    colleague, confirmation,
    contact::{self, Contact, Names},
    hiding, logos, names,
    store::{self, Signed},
    vetting,
};
use crate::{
    accounts::audit::{self, Entry},
    domain::{
        letter::LetterState,
        signature::{SignatureState, Visibility},
    },
    entities::{letter, letter_round, signatory, signature, wave, wave_entry},
    platform::Platform,
};

/// Purpose of the link.
pub(super) const MANAGE: &str = "manage";
/// Days a link lives. Whoever lost it signs again with the same name and address, and gets another one.
const LINK_DAYS: i64 = 400;

/// What a signer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To show less.
    Show(Visibility),
    /// To be on no list and in no count.
    Withdraw,
    /// The same, and nothing kept but keyed marks by which an old sheet does not bring it back (R16, R75).
    Erase,
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
    confirmation::link(platform, signature, MANAGE, "signature", Duration::days(LINK_DAYS)).await
}

pub(super) async fn signature_of(db: &impl ConnectionTrait, token: &str, now: DateTime<Utc>) -> Result<Option<Uuid>, DbErr> {
    let found = store::token(db, token, [MANAGE]).await?;
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
        Wish::Erase if is_erased(&signature, &signatory) => return Ok(Acted::Done(Box::new((signature, signatory)))),
        Wish::Show(to) if to == shown && !state.is_final() => return Ok(Acted::Done(Box::new((signature, signatory)))),
        Wish::Withdraw if state.step(SignatureState::Withdrawn).is_ok() => {
            vetting::move_to(&txn, &signature, &signatory, SignatureState::Withdrawn, now).await?;
            Entry::of(None, "signature.withdrawn", "signature", id).with(json!({ "by": "signer" }))
        }
        Wish::Erase => {
            if state.step(SignatureState::Withdrawn).is_ok() {
                vetting::move_to(&txn, &signature, &signatory, SignatureState::Withdrawn, now).await?;
            }
            Entry::of(None, "signature.erased", "signature", id)
        }
        Wish::Show(to) if !state.is_final() && shown.signer_may_choose(to) => {
            hiding::show_less(&txn, (&signature, &signatory), to, now).await?;
            Entry::of(None, "signature.hidden", "signature", id).with(json!({ "from": shown.key(), "to": to.key() }))
        }
        _ => return Ok(Acted::Refused(Box::new((signature, signatory)))),
    };
    if matches!(wish, Wish::Withdraw | Wish::Erase) {
        // What was signed of earlier versions goes with it: it is one signatory.
        for other in store::siblings(&txn, id, signatory.id).await? {
            if other.state.parse::<SignatureState>()?.step(SignatureState::Withdrawn).is_ok() {
                vetting::move_to(&txn, &other, &signatory, SignatureState::Withdrawn, now).await?;
                audit::append(&txn, Entry::of(None, "signature.withdrawn", "signature", other.id).with(json!({ "by": "signer" })), now)
                    .await?;
            }
        }
    }
    // Whoever wants less to be seen wants no readable name kept either.
    hiding::forget_names(&txn, &platform.keys, (id, &signatory), now).await?;
    if wish == Wish::Erase {
        erase(&txn, &signature, now).await?;
    }
    audit::append(&txn, entry, now).await?;
    if let (Wish::Show(to), SignatureState::Merged) = (wish, state) {
        hiding::hide_standing(&txn, &platform.keys, id, to, now).await?;
    }
    let after = store::by_id(&txn, id).await?;
    txn.commit().await?;
    platform.hidden().await;
    Ok(after.map_or(Acted::Unknown, |signed| Acted::Done(Box::new(signed))))
}

fn is_erased(signature: &signature::Model, signatory: &signatory::Model) -> bool {
    let ended = signature.state.parse().is_ok_and(SignatureState::is_final);
    ended && signatory.name.is_none() && signatory.sealed_names.is_none() && signatory.sealed_contact.is_none()
}

/// Takes away what withdrawing keeps under the key: contact, names, place. Its names are in no other table any more.
async fn erase(txn: &DatabaseTransaction, signature: &signature::Model, now: DateTime<Utc>) -> Result<(), DbErr> {
    let bare = signatory::ActiveModel {
        sealed_contact: Set(None),
        sealed_names: Set(None),
        iso3: Set(None),
        network_mode: Set(None),
        updated_at: Set(now),
        ..Default::default()
    };
    colleague::forget(txn, signature.id).await?;
    signatory::Entity::update_many().set(bare).filter(signatory::Column::Id.eq(signature.signatory_id)).exec(txn).await?;
    let no_news = signature::ActiveModel { newsletter: Set(false), ..Default::default() };
    signature::Entity::update_many().set(no_news).filter(signature::Column::Id.eq(signature.id)).exec(txn).await?;
    Ok(())
}

/// What is kept of a signature, for its signer to take along (R75).
#[derive(Serialize)]
pub struct OwnData {
    reference: String,
    kind: String,
    /// Nothing where the name is withheld: it is kept encrypted, and a link that is overlooked must not open it.
    names: Option<Names>,
    contact: Option<Contact>,
    names_and_contact_encrypted: bool,
    country: Option<String>,
    state: String,
    visibility: String,
    language: String,
    origin: String,
    newsletter: bool,
    /// How well it is known to be the organisation's own.
    authority: Option<String>,
    /// Whether a second person is awaited or has confirmed. Who that is is their own.
    second_person: String,
    privacy_notice: i32,
    signed_at: DateTime<Utc>,
    confirmed_at: Option<DateTime<Utc>>,
    verified_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    logo: Option<OwnLogo>,
    went_out: Vec<Carrier>,
}

#[derive(Debug, Serialize)]
struct OwnLogo {
    alternative: String,
    state: String,
    permitted_at: DateTime<Utc>,
}

/// Everything that is kept of the signature a link belongs to. Four queries, and those of [`carriers`].
///
/// # Errors
/// When the database fails.
pub async fn own_data(platform: &Platform, token: &str) -> Result<Option<OwnData>, DbErr> {
    let Some((signature, of)) = look_up(platform, token).await? else { return Ok(None) };
    let went_out = carriers(platform.database.read(), signature.id).await?;
    let logo = logos::of_signature(platform.database.read(), signature.id).await?;
    let hidden = of.sealed_names.is_some();
    let contact = of.sealed_contact.as_deref().filter(|_| !hidden);
    Ok(Some(OwnData {
        names: of.name.clone().map(|name| names::names_of(&of, name)),
        contact: contact.and_then(|sealed| contact::open_contact(&platform.keys, of.id, sealed).ok()),
        names_and_contact_encrypted: hidden,
        reference: signature.reference,
        kind: of.kind,
        country: of.iso3,
        state: match signature.state.parse() {
            // Set aside looks like waiting.
            Ok(SignatureState::Quarantined) => SignatureState::Confirmed.key().to_owned(),
            _ => signature.state,
        },
        visibility: signature.visibility,
        language: signature.language,
        origin: signature.origin,
        newsletter: signature.newsletter,
        authority: signature.authority,
        second_person: signature.second_person,
        privacy_notice: signature.privacy_notice,
        signed_at: signature.signed_at,
        confirmed_at: signature.confirmed_at,
        verified_at: signature.verified_at,
        ended_at: signature.ended_at,
        logo: logo.map(|logo| OwnLogo { alternative: logo.alternative, state: logo.state, permitted_at: logo.permitted_at }),
        went_out,
    }))
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
