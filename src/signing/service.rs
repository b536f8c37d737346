//! Use cases of a signer: sign and confirm. Owns its transactions; never HTTP.
//!
//! Cost of signing: a share of one group's transaction, see [`super::intake`].

use std::{cmp::Reverse, net::IpAddr};

use chrono::{DateTime, Duration, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{
    contact::{self, Names},
    form::NewSignature,
    grading,
    intake::{self, Arrival, Intake, IntakeError},
    jobs, mails, store,
    vetting::{self, Wish},
};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::Current,
    domain::{
        collation::sort_key,
        deadline::{Deadline, DeadlineLabel},
        email::EmailAddress,
        language::Language,
        name::name_key,
        reference::{Reference, ReferenceKind},
        signature::{SecondPerson, SignatureOrigin, SignatureState, Visibility},
        text::{Reception, TextStage},
    },
    entities::{signatory, signature, signature_token},
    platform::{
        Platform,
        crypto::{Keys, Token},
        jobs::enqueue,
        throttle,
    },
};

/// Why a signature was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// Not open yet, or not any more.
    #[error("the statement is not open for signatures")]
    NotOpen,
    /// Very many came from the same network.
    #[error("too many signatures from one network")]
    TooMany,
    /// A fault of ours.
    #[error(transparent)]
    Unexpected(#[from] anyhow::Error),
}

impl From<sea_orm::DbErr> for SignError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Unexpected(error.into())
    }
}

/// The deadline of a campaign.
pub fn deadline(campaign: &Current) -> Deadline {
    let rules = &campaign.config.sign_on;
    Deadline {
        instant: rules.deadline,
        label: rules.deadline_label.parse().unwrap_or(DeadlineLabel::Utc),
        grace_minutes: u32::try_from(rules.grace_minutes).unwrap_or_default(),
    }
}

/// What becomes of a signature that arrives now.
pub fn reception(campaign: &Current, now: DateTime<Utc>) -> Reception {
    if now < campaign.config.sign_on.opens {
        return Reception::NotOpen;
    }
    campaign.text.stage.parse::<TextStage>().map_or(Reception::NotOpen, |stage| stage.reception(&deadline(campaign), now))
}

/// What the tables keep of the names: everything of a named signatory, nothing readable of any other.
pub fn name_columns(keys: &Keys, row: &mut signatory::ActiveModel, id: Uuid, names: &Names, visibility: Visibility) -> anyhow::Result<()> {
    if visibility.shows_name() {
        row.name = Set(Some(names.name.clone()));
        row.original_name = Set(names.original_name.clone());
        row.latin_name = Set(names.latin_name.clone());
        row.official_name = Set(names.official_name.clone());
        row.acronym = Set(names.acronym.clone());
        row.affiliation = Set(names.affiliation.clone());
        row.website = Set(names.website.clone());
        row.location_label = Set(names.location_label.clone());
        row.network_members = Set(names.network_members);
        row.sort_key = Set(Some(sort_key(&names.name).chars().take(400).collect()));
        let [key, _] = name_marks(keys, &names.name);
        row.name_key = Set(Some(key));
        row.sealed_names = Set(None);
        return Ok(());
    }
    row.name = Set(None);
    row.original_name = Set(None);
    row.latin_name = Set(None);
    row.official_name = Set(None);
    row.acronym = Set(None);
    row.affiliation = Set(None);
    row.website = Set(None);
    row.location_label = Set(None);
    row.network_members = Set(None);
    row.sort_key = Set(None);
    let [_, mark] = name_marks(keys, &names.name);
    row.name_key = Set(Some(mark));
    row.sealed_names = Set(Some(contact::seal_names(keys, id, names)?));
    Ok(())
}

/// What a name is recognised by: as it is kept of a named signatory, and of any other. The second is a keyed mark: the same name is recognised,
/// and nobody without the key can try names against it.
pub(super) fn name_marks(keys: &Keys, name: &str) -> [String; 2] {
    let key = name_key(name);
    [key.chars().take(200).collect(), keys.mark("signatory.name", &key)]
}

/// The same signatory with nothing readable left of it. What was sealed before stays so.
///
/// # Errors
/// When the system gives no randomness.
pub(super) fn withhold(keys: &Keys, of: &signatory::Model) -> anyhow::Result<signatory::ActiveModel> {
    let mut row = signatory::ActiveModel::default();
    if let Some(name) = of.name.clone() {
        name_columns(keys, &mut row, of.id, &names_of(of, name), Visibility::Withheld)?;
    }
    Ok(row)
}

/// The same named signatory under another name.
///
/// # Errors
/// Never in practice: nothing is sealed of a named one.
pub(super) fn renamed(keys: &Keys, of: &signatory::Model, name: String) -> anyhow::Result<signatory::ActiveModel> {
    let mut row = signatory::ActiveModel::default();
    name_columns(keys, &mut row, of.id, &names_of(of, name), Visibility::Named)?;
    Ok(row)
}

/// All names of a named signatory.
pub(super) fn names_of(of: &signatory::Model, name: String) -> Names {
    Names {
        name,
        original_name: of.original_name.clone(),
        latin_name: of.latin_name.clone(),
        official_name: of.official_name.clone(),
        acronym: of.acronym.clone(),
        affiliation: of.affiliation.clone(),
        website: of.website.clone(),
        location_label: of.location_label.clone(),
        network_members: of.network_members,
    }
}

/// Takes a signature. A repeated one takes nothing new and sends the mail again; the caller shows the same page for all.
///
/// # Errors
/// [`SignError::NotOpen`] before the opening; after the deadline it is taken for the next wave (R8).
pub async fn sign(
    intake: &Intake,
    platform: &Platform,
    campaign: &Current,
    new: NewSignature,
    from: Option<IpAddr>,
) -> Result<(), SignError> {
    let mut arrival = arrival(platform, campaign, new)?;
    let day = arrival.now.date_naive();
    arrival.network = from.map(|from| platform.keys.network_hash(from, day));
    // Of one machine only a proxy that was not told of speaks: everybody would be of one network.
    arrival.signature.network = Set(from.filter(|from| !from.is_loopback()).map(|from| platform.keys.wide_network_hash(from, day)));
    intake.take(arrival).await.map_err(|error| match error {
        IntakeError::TooMany => SignError::TooMany,
        error => SignError::Unexpected(error.into()),
    })
}

/// A signature as the tables will hold it: pending, with its contact sealed. Queries nothing.
///
/// # Errors
/// [`SignError::NotOpen`] before the opening.
pub fn arrival(platform: &Platform, campaign: &Current, new: NewSignature) -> Result<Arrival, SignError> {
    let now = platform.clock.now();
    let late = match reception(campaign, now) {
        Reception::NotOpen => return Err(SignError::NotOpen),
        Reception::InTime => false,
        Reception::NextWave => true,
    };
    let (signatory_id, signature_id) = (Uuid::now_v7(), Uuid::now_v7());
    let email = EmailAddress::parse(&new.contact.email).map_err(anyhow::Error::from)?;
    let contact_hash = platform.keys.address_hash(&email.comparable());
    let mut row = signatory::ActiveModel {
        id: Set(signatory_id),
        campaign_id: Set(campaign.id),
        kind: Set(new.kind.key().to_owned()),
        iso3: Set(new.iso3.clone()),
        network_mode: Set(new.network_mode.map(|mode| mode.key().to_owned())),
        sealed_contact: Set(Some(contact::seal_contact(&platform.keys, signatory_id, &new.contact).map_err(anyhow::Error::from)?)),
        contact_hash: Set(Some(contact_hash.clone())),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    name_columns(&platform.keys, &mut row, signatory_id, &new.names, new.visibility)?;
    // Who, by what name, to which text: two clicks, two open forms and two processes make one signature of it, and the database sees to that.
    // The key a form carries says less: whoever goes back, mends the address and sends the same form again has not clicked twice. A name to
    // be withheld is kept as another one than the same name to be printed, so that no earlier form takes the place of the wish to hide it.
    let (_, _, name) = intake::identity(&row);
    let once = format!("{}|{contact_hash}|{}", campaign.text.id, name.unwrap_or_default());
    let submission_key = platform.keys.mark("signature.once", &once);
    let second = if campaign.config.sign_on.second_confirmation { SecondPerson::Awaited } else { SecondPerson::NotNeeded };
    let signature = signature::ActiveModel {
        id: Set(signature_id),
        campaign_id: Set(campaign.id),
        signatory_id: Set(signatory_id),
        text_version_id: Set(campaign.text.id),
        language: Set(new.language.code().to_owned()),
        privacy_notice: Set(campaign.privacy_number),
        reference: Set(Reference::of(ReferenceKind::Signature, signature_id, 0).to_string()),
        submission_key: Set(submission_key),
        state: Set(SignatureState::Pending.key().to_owned()),
        visibility: Set(new.visibility.key().to_owned()),
        origin: Set(SignatureOrigin::Form.key().to_owned()),
        newsletter: Set(new.newsletter),
        network: Set(None),
        authority: Set(Some(grading::on_arrival(new.kind, false, None, &new.names).key().to_owned())),
        second_person: Set(second.key().to_owned()),
        late: Set(late),
        signed_at: Set(now),
        ..Default::default()
    };
    let name_marks = name_marks(&platform.keys, &new.names.name);
    Ok(Arrival { signatory: row, signature, name_marks, visibility: new.visibility, network: None, now })
}

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
        vetting::replace(&txn, &platform.keys, signed.0.id, (by, Wish::Form), now).await?;
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
        replaced |= vetting::replace(&txn, &platform.keys, other.id, (by, Wish::Mailbox), now).await?;
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
    vetting::forget_names(&txn, &platform.keys, (signed.0.id, &signed.1), now).await?;
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
    let language: Language = signature.language.parse().unwrap_or_default();
    Ok(format!("{}/{language}/{page}/{}", platform.site.base_url, token.reveal()))
}

/// How long a confirmation link lives.
pub fn link_life(campaign: &Current) -> Duration {
    Duration::hours(campaign.config.sign_on.confirmation_hours.clamp(1, 24 * 365))
}
