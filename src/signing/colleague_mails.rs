//! Mails to a colleague whom the signer named, and to whoever was the contact before. Must name no withheld signer, and must bear running twice.

use actix_web::web::Data;
use async_trait::async_trait;
use chrono::Duration;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    colleague::{self, Task},
    contact,
    mails::{self, MailFrame, Written},
    store,
};
use crate::{
    campaigns,
    domain::{email::EmailAddress, language::Language, signature::SignatureState},
    entities::signature_token,
    platform::{
        Platform, i18n,
        jobs::{Attempt, Handler, Job, JobError},
    },
};

/// Purpose of the row that tells whoever was the contact before. It opens nothing.
pub(super) const LEFT: &str = "left";
const COLLEAGUE_MAIL: &str = "signing.colleague_mail";

#[derive(Serialize, Deserialize)]
struct Payload {
    /// The row of the link; it holds the address, sealed.
    link: Uuid,
}

/// The job that writes to whom a row names.
pub(super) fn mail(link: Uuid) -> Job {
    Job::new(COLLEAGUE_MAIL, &Payload { link }).once(&format!("{COLLEAGUE_MAIL}:{link}"))
}

#[derive(Serialize)]
struct MailView {
    mail: MailFrame,
    /// second_person, contact or left.
    task: String,
    reference: String,
    /// The printed line of a named signer; a withheld name is in no mail.
    line: Option<String>,
    link: Option<String>,
    days: i64,
}

/// Writes to a colleague.
pub(super) struct ColleagueMail {
    pub(super) platform: Platform,
    pub(super) campaigns: Data<campaigns::Register>,
}

#[async_trait]
impl Handler for ColleagueMail {
    fn kind(&self) -> &'static str {
        COLLEAGUE_MAIL
    }

    /// Four queries, the mail, and the count of mails to this address.
    async fn run(&self, payload: serde_json::Value, attempt: Attempt) -> Result<(), JobError> {
        let payload: Payload = serde_json::from_value(payload).map_err(|error| JobError::payload(&error))?;
        let (platform, db) = (&self.platform, self.platform.database.write());
        let campaign = self.campaigns.for_work(platform).await?;
        let Some(row) = signature_token::Entity::find_by_id(payload.link).one(db).await? else { return Ok(()) };
        let (Some(sealed), None) = (row.sealed_contact.as_deref(), row.used_at) else { return Ok(()) };
        let Some((signature, of)) = store::by_id(db, row.signature_id).await? else { return Ok(()) };
        let now = platform.clock.now();
        if row.expires_at <= now || signature.state.parse().is_ok_and(SignatureState::is_final) {
            return Ok(());
        }
        let to = contact::open_contact(&platform.keys, row.id, sealed).map_err(|_| JobError::Fail("the contact does not open".into()))?;
        let address = EmailAddress::parse(&to.email).map_err(|_| JobError::Fail("the address is none".into()))?;
        let bucket = mails::bucket_of(&platform.keys.address_hash(&address.comparable()));
        let language = Language::of_interface(&signature.language).unwrap_or_default();
        let link = row.purpose.parse::<Task>().ok().and_then(|_| colleague::token_of(&platform.keys, row.id));
        let link = link.map(|token| format!("{}/{language}/colleague/{}", platform.site.base_url, token.reveal()));
        let args = i18n::args([("reference", signature.reference.clone().into())]);
        let subject = i18n::plain(language, &format!("signing-colleague-subject-{}", row.purpose.replace('_', "-")), &args);
        let view = MailView {
            mail: MailFrame::of(platform, &campaign, language, &subject, "signing-colleague-reason"),
            task: row.purpose.replace('_', "-"),
            reference: signature.reference.clone(),
            line: of.name.clone(),
            link,
            days: (row.expires_at - row.created_at).max(Duration::zero()).num_days(),
        };
        let sending = async || {
            let written = Written::of(platform, language, "mails/signing_colleague", subject, &view)?;
            mails::post(platform, &campaign, language, to.email, written, attempt).await
        };
        if mails::within_share(platform, &bucket, &signature.reference, sending).await? && row.purpose == LEFT {
            // Told: the address is nobody's business any more.
            signature_token::Entity::delete_by_id(row.id).exec(db).await?;
        }
        Ok(())
    }
}
