//! Mails to a signer: the one that asks for confirmation, reminders of it, and the one that says it is on record. Must never name a withheld signer, and
//! never write to one address more often than [`PER_ADDRESS`] allows, whoever types it into the form.

use chrono::Duration;
use serde::Serialize;

use super::{confirmation, contact, jobs, moments::LinkLife, signer, store::Signed};
use crate::{
    campaigns::Current,
    domain::{language::Language, signature::SignatureState},
    entities::signatory,
    platform::{
        Platform, i18n,
        jobs::{Attempt, JobError},
        mail::{Attachment, Delivery, Extra, Outgoing, Party},
        throttle,
    },
};

/// Mails about signing that one address gets within [`WINDOW`] without a press on the button in one of them. Whoever presses wants them, and may have to
/// hide a name by the next.
const PER_ADDRESS: i32 = 5;
const WINDOW: Duration = Duration::days(30);

/// Why a signer is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    /// Somebody filled in the form, or confirmed.
    SignedOn,
    /// Nobody has confirmed yet.
    Reminder,
}

#[derive(Serialize)]
struct MailView {
    mail: MailFrame,
    reference: String,
    /// The printed line of a named signer; a withheld name is in no mail.
    line: Option<String>,
    link: Option<String>,
    /// The signer's own page, once the signature is confirmed.
    own_page: Option<String>,
    life: LinkLife,
    late: bool,
    reminder: bool,
}

/// What every mail about signing begins and ends with.
#[derive(Serialize)]
pub(super) struct MailFrame {
    dir: &'static str,
    subject: String,
    campaign: String,
    home: String,
    verify: String,
    reason: String,
}

impl MailFrame {
    /// `reason` is the word that says why somebody gets it.
    pub(super) fn of(platform: &Platform, campaign: &Current, language: Language, subject: &str, reason: &str) -> Self {
        let base = &platform.site.base_url;
        Self {
            dir: language.direction(),
            subject: subject.to_owned(),
            campaign: campaign.config.short_name.get(language).to_owned(),
            home: format!("{base}/{language}"),
            verify: format!("{base}/{language}/genuine"),
            reason: i18n::plain(language, reason, &i18n::Args::new()),
        }
    }
}

/// Where the mails to the address of a signatory are counted.
pub(super) fn bucket(signatory: &signatory::Model) -> String {
    bucket_of(signatory.contact_hash.as_deref().unwrap_or_default())
}

/// Where the mails to an address are counted, by its keyed hash.
pub(super) fn bucket_of(hash: &str) -> String {
    format!("mail:{hash}")
}

/// Writes to the signer what stands to be said now. Up to three queries, the mail, and the count of mails to this address.
///
/// # Errors
/// When it could not be handed over.
pub(super) async fn send(
    platform: &Platform,
    campaign: &Current,
    signed: Signed,
    occasion: Occasion,
    attempt: Attempt,
) -> Result<(), JobError> {
    let Some(sealed) = signed.1.sealed_contact.as_deref() else { return Ok(()) };
    let contact =
        contact::open_contact(&platform.keys, signed.1.id, sealed).map_err(|_| JobError::Fail("the contact does not open".into()))?;
    // Whoever is set aside is written to as everybody, and whoever asks again not to be named gets the link that makes it so.
    let may_confirm = confirmation::may_confirm(platform.database.read(), &platform.keys, &signed).await;
    let may_confirm = may_confirm.map_err(|_| JobError::Retry("what the same person sent before cannot be read".into()))?;
    let sending = async || write(platform, campaign, &signed, occasion, may_confirm, contact.email, attempt).await;
    within_share(platform, &bucket(&signed.1), &signed.0.reference, sending).await.map(drop)
}

/// Sends a mail unless its address has had its share; `false` then. What could not be handed over is not counted.
///
/// # Errors
/// When it could not be handed over.
pub(super) async fn within_share(
    platform: &Platform,
    bucket: &str,
    reference: &str,
    sending: impl AsyncFnOnce() -> Result<(), JobError>,
) -> Result<bool, JobError> {
    let db = platform.database.write();
    if !throttle::allow(db, bucket, PER_ADDRESS, WINDOW, platform.clock.now()).await? {
        tracing::info!(reference, "no further mail to an address that had its share");
        return Ok(false);
    }
    let sent = sending().await;
    if sent.is_err() {
        throttle::give_back(db, bucket).await?;
    }
    sent.map(|()| true)
}

async fn write(
    platform: &Platform,
    campaign: &Current,
    (signature, signatory): &Signed,
    occasion: Occasion,
    may_confirm: bool,
    address: String,
    attempt: Attempt,
) -> Result<(), JobError> {
    let language = Language::of_interface(&signature.language).unwrap_or_default();
    let link = if may_confirm {
        Some(confirmation::link(platform, signature, jobs::CONFIRM, "confirm", confirmation::link_life(campaign)).await?)
    } else {
        None
    };
    let own_page = match signature.state.parse() {
        // A mail has one link.
        _ if link.is_some() => None,
        Ok(SignatureState::Confirmed | SignatureState::Verified | SignatureState::Quarantined) => {
            Some(signer::issue(platform, signature).await?)
        }
        _ => None,
    };
    let subject_key = match (&link, occasion) {
        (None, _) => "signing-mail-known-subject",
        (Some(_), Occasion::SignedOn) => "signing-mail-subject",
        (Some(_), Occasion::Reminder) => "signing-mail-reminder-subject",
    };
    let args = i18n::args([("reference", signature.reference.clone().into())]);
    let subject = i18n::plain(language, subject_key, &args);
    let view = MailView {
        mail: MailFrame::of(platform, campaign, language, &subject, "signing-mail-reason"),
        reference: signature.reference.clone(),
        line: signatory.name.clone(),
        link,
        own_page,
        life: LinkLife::of(campaign),
        late: signature.late,
        reminder: occasion == Occasion::Reminder,
    };
    let written = Written::of(platform, language, "mails/signing_confirm", subject, &view)?;
    post(platform, campaign, language, address, written, attempt).await
}

/// A mail about signing, before it is addressed: the same twice, as text complete in itself and with marks.
pub(super) struct Written {
    subject: String,
    text: String,
    html: String,
    pub(super) attachments: Vec<Attachment>,
    /// Headers beyond those all mails have.
    pub(super) extras: Vec<Extra>,
}

impl Written {
    /// By the templates `<name>.txt` and `<name>.html`.
    ///
    /// # Errors
    /// When a template has a fault.
    pub(super) fn of(
        platform: &Platform,
        language: Language,
        name: &str,
        subject: String,
        view: &impl Serialize,
    ) -> Result<Self, JobError> {
        let part = |form: &str| {
            let part = platform.site.templates.render(&format!("{name}.{form}"), language, view);
            part.map_err(|error| JobError::Fail(error.to_string()))
        };
        Ok(Self { subject, text: part("txt")?, html: part("html")?, attachments: Vec::new(), extras: Vec::new() })
    }
}

/// Hands a mail over. The same attempt has the same message id, so that a mail sent twice is recognised.
///
/// # Errors
/// When it could not be handed over.
pub(super) async fn post(
    platform: &Platform,
    campaign: &Current,
    language: Language,
    address: String,
    written: Written,
    attempt: Attempt,
) -> Result<(), JobError> {
    let from = Party::named(campaign.config.sender.name.get(language), &platform.mail_from);
    let Written { subject, text, html, attachments, extras } = written;
    let mut mail = Outgoing::new(platform.message_id(attempt.job), platform.clock.now(), from, Party::bare(address), subject, text);
    mail.html = Some(html);
    mail.attachments = attachments;
    mail.extras = extras;
    mail.reply_to = Some(Party::bare(campaign.config.sender.email.clone()));
    mail.extras.push(Extra::AutoGenerated);
    match platform.deliver(&mail).await {
        Ok(Delivery::Accepted { .. }) => Ok(()),
        Ok(Delivery::Rejected { code, .. }) => Err(JobError::Fail(format!("the mail server refused, code {}", code.unwrap_or_default()))),
        Ok(Delivery::Deferred { .. }) => Err(JobError::Retry("the mail server said not now".into())),
        Err(error) => Err(JobError::Fail(error.to_string())),
    }
}
