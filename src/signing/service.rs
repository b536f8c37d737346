//! Use cases of a signer: sign and confirm. Owns its transactions; never HTTP.
//!
//! Cost of signing: a share of one group's transaction, see [`super::intake`].

use chrono::{DateTime, Duration, Utc};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{
    contact::{self, Names},
    form::NewSignature,
    intake::{self, Arrival, Intake},
    jobs, store,
};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::Current,
    domain::{
        collation::sort_key,
        deadline::{Deadline, DeadlineLabel},
        email::EmailAddress,
        name::name_key,
        reference::{Reference, ReferenceKind},
        signature::{SecondPerson, SignatureOrigin, SignatureState, Visibility},
        text::{Reception, TextStage},
    },
    entities::{signatory, signature},
    platform::{
        Platform,
        crypto::{Keys, Token},
    },
};

/// Why a signature was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// Not open yet, or not any more.
    #[error("the statement is not open for signatures")]
    NotOpen,
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
    let key = name_key(&names.name);
    if visibility.shows_name() {
        row.name = Set(Some(names.name.clone()));
        row.original_name = Set(names.original_name.clone());
        row.latin_name = Set(names.latin_name.clone());
        row.official_name = Set(names.official_name.clone());
        row.acronym = Set(names.acronym.clone());
        row.affiliation = Set(names.affiliation.clone());
        row.website = Set(names.website.clone());
        row.sort_key = Set(Some(sort_key(&names.name).chars().take(400).collect()));
        row.name_key = Set(Some(key.chars().take(200).collect()));
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
    row.sort_key = Set(None);
    // A keyed mark: the same name is recognised, and nobody without the key can try names against it.
    row.name_key = Set(Some(keys.mark("signatory.name", &key)));
    row.sealed_names = Set(Some(contact::seal_names(keys, id, names)?));
    Ok(())
}

/// Takes a signature. A repeated one takes nothing new and sends the mail again; the caller shows the same page for all.
///
/// # Errors
/// [`SignError::NotOpen`] before the opening; after the deadline it is taken for the next wave (R8).
pub async fn sign(intake: &Intake, platform: &Platform, campaign: &Current, new: NewSignature) -> Result<(), SignError> {
    let arrival = arrival(platform, campaign, new)?;
    intake.take(arrival).await.map_err(|error| SignError::Unexpected(error.into()))
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
        location_label: Set(new.location_label.clone()),
        iso3: Set(new.iso3.clone()),
        network_mode: Set(new.network_mode.map(|mode| mode.key().to_owned())),
        network_members: Set(new.network_members),
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
        second_person: Set(second.key().to_owned()),
        late: Set(late),
        signed_at: Set(now),
        ..Default::default()
    };
    Ok(Arrival { signatory: row, signature, now })
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

/// Looks a confirmation link up. Changes nothing: mail scanners follow links (R4).
///
/// # Errors
/// When the database fails.
pub async fn look_up(platform: &Platform, token: &str) -> anyhow::Result<Link> {
    let Some(token) = Token::parse(token) else { return Ok(Link::Unknown) };
    let db = platform.database.read();
    let Some(found) = store::token(db, &token.hash()).await?.filter(|found| found.purpose == jobs::CONFIRM) else {
        return Ok(Link::Unknown);
    };
    if found.used_at.is_some() {
        return Ok(Link::Used);
    }
    if found.expires_at <= platform.clock.now() {
        return Ok(Link::Expired);
    }
    Ok(store::by_id(db, found.signature_id).await?.map_or(Link::Unknown, |signed| Link::Good(Box::new(signed))))
}

/// Confirms by a link. A second press is harmless.
///
/// # Errors
/// When the database fails.
pub async fn confirm(platform: &Platform, token: &str) -> anyhow::Result<Link> {
    let now = platform.clock.now();
    let Some(parsed) = Token::parse(token) else { return Ok(Link::Unknown) };
    let txn = platform.database.begin().await?;
    let Some(found) = store::token(&txn, &parsed.hash()).await?.filter(|found| found.purpose == jobs::CONFIRM) else {
        return Ok(Link::Unknown);
    };
    if found.used_at.is_some() {
        return Ok(Link::Used);
    }
    if found.expires_at <= now {
        return Ok(Link::Expired);
    }
    let Some(signed) = store::by_id(&txn, found.signature_id).await? else { return Ok(Link::Unknown) };
    store::use_token(&txn, found.id, now).await?;
    let change = signature::ActiveModel {
        state: Set(SignatureState::Confirmed.key().to_owned()),
        confirmed_at: Set(Some(now)),
        ..Default::default()
    };
    if store::step(&txn, signed.0.id, SignatureState::Pending.key(), change).await? {
        audit::append(&txn, Entry::of(None, "signature.confirmed", "signature", signed.0.id), now).await?;
    }
    txn.commit().await?;
    Ok(Link::Good(Box::new(signed)))
}

/// How long a confirmation link lives.
pub fn link_life(campaign: &Current) -> Duration {
    Duration::hours(campaign.config.sign_on.confirmation_hours.clamp(1, 24 * 365))
}
