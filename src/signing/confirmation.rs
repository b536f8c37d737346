//! Confirming by the link in a mail, or saying that it was not us. Must change nothing without a press of a button (R4).

use std::cmp::Reverse;

use chrono::{DateTime, Duration, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{
    contact, grading,
    hiding::{self, Wish},
    jobs, mails,
    names::name_marks,
    store, vetting,
};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::Current,
    domain::{
        language::Language,
        signature::{SignatureState, Visibility},
    },
    entities::{signatory, signature, signature_token},
    platform::{
        Platform,
        crypto::{Keys, Token},
        jobs::enqueue,
        throttle,
    },
};

/// A link from a mail, looked up.
pub enum Link {
    /// Good, with the signature it belongs to.
    Good(Box<store::Signed>),
    /// Used before; the signature is confirmed.
    Used,
    /// Too old.
    Expired,
    /// Not one of ours.
    Unknown,
}

/// The token of a confirmation link that can still be used, else what the link is. One query.
async fn usable(db: &impl ConnectionTrait, token: &str, now: DateTime<Utc>) -> Result<Result<signature_token::Model, Link>, DbErr> {
    Ok(match store::token(db, token, [jobs::CONFIRM]).await? {
        None => Err(Link::Unknown),
        Some(found) if found.used_at.is_some() => Err(Link::Used),
        Some(found) if found.expires_at <= now => Err(Link::Expired),
        Some(found) => Ok(found),
    })
}

/// Looks a confirmation link up. Changes nothing: mail scanners follow links (R4).
///
/// # Errors
/// When the database fails.
pub async fn look_up(platform: &Platform, token: &str) -> anyhow::Result<Link> {
    let db = platform.database.read();
    let found = match usable(db, token, platform.clock.now()).await? {
        Ok(found) => found,
        Err(link) => return Ok(link),
    };
    Ok(match store::by_id(db, found.signature_id).await? {
        None => Link::Unknown,
        Some(signed) if is_ended(&signed.0) => Link::Expired,
        Some(signed) => Link::Good(Box::new(signed)),
    })
}

/// Nothing can be confirmed any more: withdrawn, declined, or replaced by a later form of the same person.
fn is_ended(signature: &signature::Model) -> bool {
    signature.state.parse().is_ok_and(SignatureState::is_final)
}

/// Confirms by a link. A second press is harmless. What is set aside is confirmed too, and stays aside; whoever presses sees no difference.
/// Confirming to be withheld takes back what the same person had sent to be named (R15): the mailbox is proof enough for that.
///
/// # Errors
/// When the database fails.
pub async fn confirm(platform: &Platform, token: &str) -> anyhow::Result<Link> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let found = match usable(&txn, token, now).await? {
        Ok(found) => found,
        Err(link) => return Ok(link),
    };
    // Under its lock: a later form, at another process too, takes it back before or after this and not meanwhile.
    let Some(signed) = vetting::locked(&txn, found.signature_id).await? else { return Ok(Link::Unknown) };
    if is_ended(&signed.0) {
        return Ok(Link::Expired);
    }
    let same = same_person(&txn, &platform.keys, &signed).await?;
    if let (true, Some(by)) = (vetting::is_confirmable(&signed.0), hidden_since(&same, &signed)) {
        hiding::replace(&txn, &platform.keys, signed.0.id, (by, Wish::Form), now).await?;
        txn.commit().await?;
        platform.hidden().await;
        return Ok(Link::Expired);
    }
    store::use_token(&txn, found.id, now).await?;
    throttle::clear(&txn, &mails::bucket(&signed.1)).await?;
    let change = signature::ActiveModel {
        state: Set(SignatureState::Confirmed.key().to_owned()),
        confirmed_at: Set(Some(now)),
        ..Default::default()
    };
    let aside = signature::ActiveModel { confirmed_at: Set(Some(now)), ..Default::default() };
    if store::step(&txn, signed.0.id, SignatureState::Pending.key(), change).await?
        || signed.0.confirmed_at.is_none() && store::step(&txn, signed.0.id, SignatureState::Quarantined.key(), aside).await?
    {
        let confirmed = signature::Model { confirmed_at: Some(now), ..signed.0.clone() };
        grading::regrade(&txn, &platform.keys, (&confirmed, &signed.1)).await?;
        audit::append(&txn, Entry::of(None, "signature.confirmed", "signature", signed.0.id), now).await?;
        // Its mail brings the link to the signer's own page.
        enqueue(&txn, jobs::confirmation_mail(signed.0.id), now).await?;
        enqueue(&txn, jobs::compare(), now).await?;
        enqueue(&txn, jobs::watch(), now).await?;
    }
    // What came before the wish; a form sent again is the wish once more, and its mail the proof.
    let mut earlier: Vec<_> =
        shows_more(&same, &signed).filter(|other| order(other) < order(&signed) || other.1.created_at <= found.created_at).collect();
    earlier.sort_by_key(|(signature, _)| Reverse(signature.visibility.parse::<Visibility>().ok()));
    let (by, mut replaced) = (signed.0.visibility.parse::<Visibility>()?, false);
    for (other, _) in earlier {
        replaced |= hiding::replace(&txn, &platform.keys, other.id, (by, Wish::Mailbox), now).await?;
    }
    txn.commit().await?;
    if replaced {
        platform.hidden().await;
    }
    platform.bell.ring();
    Ok(Link::Good(Box::new(signed)))
}

/// "This was not us": whoever holds the mailbox takes a signature back that waits for their confirmation, and is written to no more about it. The
/// address stays as a keyed mark only. A second press is harmless.
///
/// # Errors
/// When the database fails or there is no randomness.
pub async fn disown(platform: &Platform, token: &str) -> anyhow::Result<Link> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let found = match usable(&txn, token, now).await? {
        Ok(found) => found,
        Err(link) => return Ok(link),
    };
    let Some(signed) = vetting::locked(&txn, found.signature_id).await? else { return Ok(Link::Unknown) };
    if !vetting::is_confirmable(&signed.0) {
        return Ok(if is_ended(&signed.0) { Link::Expired } else { Link::Used });
    }
    store::use_token(&txn, found.id, now).await?;
    vetting::move_to(&txn, &signed.0, &signed.1, SignatureState::Withdrawn, now).await?;
    hiding::forget_names(&txn, &platform.keys, (signed.0.id, &signed.1), now).await?;
    let change = signatory::ActiveModel { sealed_contact: Set(None), ..Default::default() };
    signatory::Entity::update_many().set(change).filter(signatory::Column::Id.eq(signed.1.id)).exec(&txn).await?;
    audit::append(&txn, Entry::of(None, "signature.disowned", "signature", signed.0.id), now).await?;
    txn.commit().await?;
    platform.hidden().await;
    Ok(Link::Good(Box::new(signed)))
}

/// When it was written down.
fn order((signature, of): &store::Signed) -> (DateTime<Utc>, Uuid) {
    (of.created_at, signature.id)
}

/// What the same person sent under the same name for the same text, however it was to be shown. One query; one more where there is anything.
async fn same_person(db: &impl ConnectionTrait, keys: &Keys, of: &store::Signed) -> anyhow::Result<Vec<store::Signed>> {
    let (signature, signatory) = of;
    let name = match (&signatory.name, &signatory.sealed_names) {
        (Some(name), _) => name.clone(),
        (None, Some(sealed)) => contact::open_names(keys, signatory.id, sealed)?.name,
        (None, None) => return Ok(Vec::new()),
    };
    let Some(hash) = &signatory.contact_hash else { return Ok(Vec::new()) };
    let same = signatory::Entity::find()
        .filter(signatory::Column::CampaignId.eq(signatory.campaign_id))
        .filter(signatory::Column::ContactHash.eq(hash))
        .filter(signatory::Column::NameKey.is_in(name_marks(keys, &name)))
        .filter(signatory::Column::Id.ne(signatory.id))
        .all(db)
        .await?;
    Ok(store::signed_by(db, same, [signature.text_version_id]).await?)
}

fn shows_more<'s>(same: &'s [store::Signed], than: &store::Signed) -> impl Iterator<Item = &'s store::Signed> {
    let shown = than.0.visibility.parse::<Visibility>().ok();
    same.iter().filter(move |(other, _)| other.visibility.parse::<Visibility>().ok() < shown)
}

/// What its signer has asked for since, if that is less to be shown. Two processes that take two forms at once do not see each other's.
fn hidden_since(same: &[store::Signed], signed: &store::Signed) -> Option<Visibility> {
    let later = same.iter().filter(|other| order(other) > order(signed) && !is_ended(&other.0));
    let shown = signed.0.visibility.parse::<Visibility>().ok()?;
    later.filter_map(|(other, _)| other.visibility.parse::<Visibility>().ok()).filter(|hidden| *hidden > shown).max()
}

/// Whether confirming it would do anything: itself, or what the same person has sent to be shown more of. Two queries at most.
///
/// # Errors
/// When the database fails or the names do not open.
pub(super) async fn may_confirm(db: &impl ConnectionTrait, keys: &Keys, signed: &store::Signed) -> anyhow::Result<bool> {
    if vetting::is_confirmable(&signed.0) {
        return Ok(true);
    }
    if is_ended(&signed.0) {
        return Ok(false);
    }
    let same = same_person(db, keys, signed).await?;
    Ok(shows_more(&same, signed).any(|(other, _)| !is_ended(other)))
}

/// Makes a link to one of a signer's pages, in their language; only its hash is kept.
///
/// # Errors
/// When there is no randomness or the database fails.
pub(super) async fn link(
    platform: &Platform,
    signature: &signature::Model,
    purpose: &str,
    page: &str,
    life: Duration,
) -> anyhow::Result<String> {
    let now = platform.clock.now();
    let token = Token::random()?;
    let row = signature_token::ActiveModel {
        id: Set(Uuid::now_v7()),
        signature_id: Set(signature.id),
        purpose: Set(purpose.to_owned()),
        token_hash: Set(token.hash()),
        created_at: Set(now),
        expires_at: Set(now + life),
        used_at: Set(None),
        sealed_contact: Set(None),
    };
    signature_token::Entity::insert(row).exec_without_returning(platform.database.write()).await?;
    let language = Language::of_interface(&signature.language).unwrap_or_default();
    Ok(format!("{}/{language}/{page}/{}", platform.site.base_url, token.reveal()))
}

/// How long a confirmation link lives.
pub fn link_life(campaign: &Current) -> Duration {
    Duration::hours(campaign.config.sign_on.confirmation_hours.clamp(1, 24 * 365))
}
