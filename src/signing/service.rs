//! Taking a signature, from the form or from a mail. Must not show anything, and confirms nothing.
//!
//! Cost of signing: a share of one group's transaction, see [`super::intake`].

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{
    contact,
    form::NewSignature,
    grading,
    intake::{self, Arrival, Intake, IntakeError},
    names,
};
use crate::{
    campaigns::Current,
    domain::{
        email::EmailAddress,
        reference::{Reference, ReferenceKind},
        signature::{SecondPerson, SignatureOrigin, SignatureState},
        text::{Reception, TextStage},
    },
    entities::{signatory, signature},
    platform::Platform,
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

/// What becomes of a signature that arrives now.
pub fn reception(campaign: &Current, now: DateTime<Utc>) -> Reception {
    if now < campaign.config.sign_on.opens {
        return Reception::NotOpen;
    }
    campaign.text.stage.parse::<TextStage>().map_or(Reception::NotOpen, |stage| stage.reception(&campaign.deadline(), now))
}

/// How a signature came.
pub enum Source {
    /// By the public form, from this address.
    Form(Option<IpAddr>),
    /// By a mail that staff typed in.
    Mail {
        /// When the mail arrived: that decides whether it is late.
        received: DateTime<Utc>,
        /// Who typed it in.
        account: Uuid,
        /// Where the mail is kept.
        kept_at: String,
    },
}

/// Takes a signature. A repeated one takes nothing new and sends the mail again; the caller shows the same page for all.
///
/// # Errors
/// [`SignError::NotOpen`] before the opening; after the deadline it is taken for the next wave (R8).
pub async fn sign(intake: &Intake, platform: &Platform, campaign: &Current, new: NewSignature, source: Source) -> Result<(), SignError> {
    let now = platform.clock.now();
    let arrival = match source {
        Source::Form(from) => {
            let mut arrival = arrival(platform, campaign, new, now)?;
            let day = now.date_naive();
            arrival.network = from.map(|from| platform.keys.network_hash(from, day));
            // Of one machine only a proxy that was not told of speaks: everybody would be of one network.
            arrival.signature.network = Set(from.filter(|from| !from.is_loopback()).map(|from| platform.keys.wide_network_hash(from, day)));
            arrival
        }
        Source::Mail { received, account, kept_at } => {
            let mut arrival = arrival(platform, campaign, new, received)?;
            arrival.signature.origin = Set(SignatureOrigin::Typed.key().to_owned());
            // What staff enter they have seen.
            arrival.signature.looked_at = Set(Some(arrival.now));
            arrival.typed = Some((account, kept_at));
            arrival
        }
    };
    intake.take(arrival).await.map_err(|error| match error {
        IntakeError::TooMany => SignError::TooMany,
        error => SignError::Unexpected(error.into()),
    })
}

/// A signature as the tables will hold it: pending, with its contact sealed, signed at that time. Queries nothing.
///
/// # Errors
/// [`SignError::NotOpen`] before the opening.
pub fn arrival(platform: &Platform, campaign: &Current, new: NewSignature, signed_at: DateTime<Utc>) -> Result<Arrival, SignError> {
    let now = platform.clock.now();
    let late = match reception(campaign, signed_at) {
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
    names::name_columns(&platform.keys, &mut row, signatory_id, &new.names, new.visibility)?;
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
        looked_at: Set(None),
        network: Set(None),
        authority: Set(Some(grading::on_arrival(new.kind, false, None, &new.names).key().to_owned())),
        second_person: Set(second.key().to_owned()),
        late: Set(late),
        signed_at: Set(signed_at),
        ..Default::default()
    };
    let name_marks = names::name_marks(&platform.keys, &new.names.name);
    Ok(Arrival { signatory: row, signature, name_marks, visibility: new.visibility, network: None, typed: None, now })
}
