//! Fresh consent: whoever signed an earlier version signs the new one by their own link (R5). Nothing is carried over by itself. Owns its transactions;
//! never HTTP.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use super::{
    grading, jobs, service, signer,
    store::{self, Signed},
    vetting,
};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::Current,
    domain::{
        reference::{Reference, ReferenceKind},
        signature::{SecondPerson, SignatureOrigin, SignatureState},
        text::Reception,
    },
    entities::signature,
    platform::{Platform, jobs::enqueue},
};

/// What became of a wish to sign the new version.
pub(super) enum Renewed {
    /// Signed, or signed before: the signature of the new version.
    Done(Box<Signed>),
    /// It is not open, or the earlier signature has ended.
    Refused(Box<Signed>),
    /// No such link, or it is too old.
    Unknown,
}

/// Whether the new version can be signed from this signature.
pub(super) fn may_renew(campaign: &Current, signature: &signature::Model, now: DateTime<Utc>) -> bool {
    // Set aside too: whoever is, sees what everybody sees.
    let live = matches!(signature.state.parse(), Ok(SignatureState::Confirmed | SignatureState::Verified | SignatureState::Quarantined));
    live && signature.text_version_id != campaign.text.id && service::reception(campaign, now) != Reception::NotOpen
}

/// Signs the newest version as the same signatory, in the same language and as visibly; the mailbox is known. A second press is harmless. It is vetted
/// like any other.
///
/// # Errors
/// When the database fails.
pub(super) async fn renew(platform: &Platform, campaign: &Current, token: &str) -> anyhow::Result<Renewed> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let Some(id) = signer::signature_of(&txn, token, now).await? else { return Ok(Renewed::Unknown) };
    let Some((earlier, signatory)) = vetting::locked(&txn, id).await? else { return Ok(Renewed::Unknown) };
    let siblings = store::siblings(&txn, id, signatory.id).await?;
    if let Some(done) = siblings.into_iter().find(|other| other.text_version_id == campaign.text.id) {
        return Ok(Renewed::Done(Box::new((done, signatory))));
    }
    if !may_renew(campaign, &earlier, now) {
        return Ok(Renewed::Refused(Box::new((earlier, signatory))));
    }
    let new = Uuid::now_v7();
    let second = if campaign.config.sign_on.second_confirmation { SecondPerson::Awaited } else { SecondPerson::NotNeeded };
    // Signing again leads nobody out of quarantine.
    let aside = earlier.state == SignatureState::Quarantined.key();
    let state = if aside { SignatureState::Quarantined } else { SignatureState::Confirmed };
    let row = signature::Model {
        id: new,
        text_version_id: campaign.text.id,
        privacy_notice: campaign.privacy_number,
        reference: Reference::of(ReferenceKind::Signature, new, 0).to_string(),
        submission_key: format!("renewed:{new}"),
        state: state.key().to_owned(),
        origin: SignatureOrigin::Form.key().to_owned(),
        second_person: second.key().to_owned(),
        late: service::reception(campaign, now) == Reception::NextWave,
        signed_at: now,
        confirmed_at: Some(now),
        verified_at: None,
        ended_at: None,
        compared_by: 0,
        authority: None,
        signals: None,
        looked_at: None,
        thanked_at: None,
        network: None,
        ..earlier
    };
    signature::Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(&txn).await?;
    grading::regrade(&txn, &platform.keys, (&row, &signatory)).await?;
    audit::append(&txn, Entry::of(None, "signature.renewed", "signature", new), now).await?;
    enqueue(&txn, jobs::confirmation_mail(new), now).await?;
    enqueue(&txn, jobs::compare(), now).await?;
    enqueue(&txn, jobs::watch(), now).await?;
    txn.commit().await?;
    platform.bell.ring();
    Ok(Renewed::Done(Box::new((row, signatory))))
}
