//! Background work of sign-on: the mail that asks for confirmation, and the folding of counts. Must bear running twice.

use actix_web::web::Data;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{contact, counts, moments::LinkLife, service, signer, store};
use crate::{
    campaigns,
    domain::{language::Language, signature::SignatureState},
    platform::{
        Platform, i18n,
        jobs::{Attempt, Handler, Job, JobError, Worker},
        mail::{Delivery, Extra, Outgoing, Party, message_id},
    },
};

/// Purpose of a confirmation link.
pub const CONFIRM: &str = "confirm";
const CONFIRM_MAIL: &str = "signing.confirm_mail";
const FOLD: &str = "signing.fold_counts";
const RECOUNT: &str = "signing.recount";

#[derive(Serialize, Deserialize)]
struct Payload {
    signature: Uuid,
}

/// The job that asks a signer to confirm, or tells that the signature is there already.
pub fn confirmation_mail(signature: Uuid) -> Job {
    Job::new(CONFIRM_MAIL, &Payload { signature }).coalesce(&format!("{CONFIRM_MAIL}:{signature}"))
}

/// The job that folds the deltas of the counts.
pub fn fold() -> Job {
    Job::new(FOLD, &()).coalesce(FOLD)
}

/// Adds this room's handlers.
pub fn register(worker: Worker, platform: &Platform, campaigns: &Data<campaigns::Register>) -> Worker {
    worker
        .handle(ConfirmationMail { platform: platform.clone(), campaigns: campaigns.clone() })
        .handle(Fold { platform: platform.clone() })
        .handle(Recount { platform: platform.clone(), campaigns: campaigns.clone() })
        .every(std::time::Duration::from_secs(24 * 3600), std::time::Duration::from_secs(2 * 3600), RECOUNT)
}

struct ConfirmationMail {
    platform: Platform,
    campaigns: Data<campaigns::Register>,
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
}

#[derive(Serialize)]
struct MailFrame {
    dir: &'static str,
    subject: String,
    campaign: String,
    home: String,
    verify: String,
    reason: String,
}

#[async_trait]
impl Handler for ConfirmationMail {
    fn kind(&self) -> &'static str {
        CONFIRM_MAIL
    }

    async fn run(&self, payload: serde_json::Value, attempt: Attempt) -> Result<(), JobError> {
        let payload: Payload = serde_json::from_value(payload).map_err(|error| JobError::payload(&error))?;
        let platform = &self.platform;
        let now = platform.clock.now();
        let campaign = self.campaigns.get(platform).await.map_err(|_| JobError::Retry("no campaign".into()))?;
        let Some((signature, signatory)) = store::by_id(platform.database.read(), payload.signature).await? else {
            return Err(JobError::Fail("the signature is gone".into()));
        };
        if signature.state == SignatureState::Withdrawn.key() {
            // Taken back meanwhile: there is nothing to confirm and nothing to tell.
            return Ok(());
        }
        let Some(sealed) = signatory.sealed_contact.as_deref() else { return Ok(()) };
        let contact =
            contact::open_contact(&platform.keys, signatory.id, sealed).map_err(|_| JobError::Fail("the contact does not open".into()))?;
        let language: Language = signature.language.parse().unwrap_or_default();
        let signed = (signature, signatory);
        // Whoever is set aside is written to as everybody, and whoever asks again not to be named gets the link that makes it so.
        let may_confirm = service::may_confirm(platform.database.read(), &platform.keys, &signed).await;
        let (signature, signatory) = signed;
        let no_link = || JobError::Retry("no link could be made".into());
        let link = if may_confirm.map_err(|_| JobError::Retry("what the same person sent before cannot be read".into()))? {
            let made = service::link(platform, &signature, CONFIRM, "confirm", service::link_life(&campaign)).await;
            Some(made.map_err(|_| no_link())?)
        } else {
            None
        };
        let own_page = match signature.state.parse() {
            // A mail has one link.
            _ if link.is_some() => None,
            Ok(SignatureState::Confirmed | SignatureState::Verified | SignatureState::Quarantined) => {
                Some(signer::issue(platform, &signature).await.map_err(|_| no_link())?)
            }
            _ => None,
        };
        let subject_key = if link.is_some() { "signing-mail-subject" } else { "signing-mail-known-subject" };
        let args = i18n::args([("reference", signature.reference.clone().into())]);
        let subject = i18n::plain(language, subject_key, &args);
        let base = &platform.site.base_url;
        let view = MailView {
            mail: MailFrame {
                dir: language.direction(),
                subject: subject.clone(),
                campaign: campaign.config.short_name.get(language).to_owned(),
                home: format!("{base}/{language}"),
                verify: format!("{base}/{language}/genuine"),
                reason: i18n::plain(language, "signing-mail-reason", &i18n::Args::new()),
            },
            reference: signature.reference.clone(),
            line: signatory.name.clone(),
            link,
            own_page,
            life: LinkLife::of(&campaign),
            late: signature.late,
        };
        let text = platform
            .site
            .templates
            .render("mails/signing_confirm.txt", language, &view)
            .map_err(|error| JobError::Fail(error.to_string()))?;
        let domain = platform.mail_from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        let from = Party::named(campaign.config.sender.name.get(language), &platform.mail_from);
        let mut mail = Outgoing::new(message_id(attempt.job, domain), now, from, Party::bare(contact.email), subject, text);
        mail.reply_to = Some(Party::bare(campaign.config.sender.email.clone()));
        mail.extras.push(Extra::AutoGenerated);
        match platform.deliver(&mail).await {
            Ok(Delivery::Accepted { .. }) => Ok(()),
            Ok(Delivery::Rejected { code, .. }) => {
                Err(JobError::Fail(format!("the mail server refused, code {}", code.unwrap_or_default())))
            }
            Ok(Delivery::Deferred { .. }) => Err(JobError::Retry("the mail server said not now".into())),
            Err(error) => Err(JobError::Fail(error.to_string())),
        }
    }
}

struct Fold {
    platform: Platform,
}

#[async_trait]
impl Handler for Fold {
    fn kind(&self) -> &'static str {
        FOLD
    }

    async fn run(&self, _: serde_json::Value, _: Attempt) -> Result<(), JobError> {
        counts::fold(&self.platform).await?;
        Ok(())
    }
}

struct Recount {
    platform: Platform,
    campaigns: Data<campaigns::Register>,
}

#[async_trait]
impl Handler for Recount {
    fn kind(&self) -> &'static str {
        RECOUNT
    }

    async fn run(&self, _: serde_json::Value, _: Attempt) -> Result<(), JobError> {
        let campaign = self.campaigns.get(&self.platform).await.map_err(|_| JobError::Retry("no campaign".into()))?;
        let differed = counts::recount(&self.platform, campaign.id).await?;
        if differed > 0 {
            tracing::warn!(differed, "counts differed from a recount and were set right");
        }
        Ok(())
    }
}
