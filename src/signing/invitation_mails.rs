//! The mail that invites to sign, and its reminders. Must ask again before each whether the addressee has signed or asked for no more.

use actix_web::web::Data;
use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    contact,
    invitations::{self, InvitationState},
    mails::{self, MailFrame, Written},
    service,
};
use crate::{
    campaigns::{self, Current},
    domain::{language::Language, text::Reception},
    entities::invitation,
    platform::{
        Platform, i18n,
        jobs::{Attempt, Handler, Job, JobError},
        mail::Extra,
    },
};

const INVITE: &str = "signing.invite";

#[derive(Serialize, Deserialize)]
struct Payload {
    invitation: Uuid,
    /// 0 for the invitation itself, then its reminders.
    number: usize,
}

/// The mails of an invitation: at once, and on the campaign's days.
pub(super) fn mails(campaign: &Current, invitation: Uuid, now: DateTime<Utc>) -> Vec<Job> {
    let days = std::iter::once(0).chain(campaign.config.sign_on.invitation_days.iter().copied());
    let mail = |(number, day): (usize, u16)| {
        let job = Job::new(INVITE, &Payload { invitation, number }).once(&format!("{INVITE}:{invitation}:{number}"));
        job.at(now + Duration::days(i64::from(day)))
    };
    days.enumerate().map(mail).collect()
}

#[derive(Serialize)]
struct MailView {
    mail: MailFrame,
    name: String,
    statement: String,
    text: String,
    sign: String,
    stop: String,
    reminder: bool,
}

/// Writes to somebody who is invited.
pub(super) struct InvitationMail {
    pub(super) platform: Platform,
    pub(super) campaigns: Data<campaigns::Register>,
}

#[async_trait]
impl Handler for InvitationMail {
    fn kind(&self) -> &'static str {
        INVITE
    }

    /// Three queries and the mail.
    async fn run(&self, payload: serde_json::Value, attempt: Attempt) -> Result<(), JobError> {
        let payload: Payload = serde_json::from_value(payload).map_err(|error| JobError::payload(&error))?;
        let (platform, db, now) = (&self.platform, self.platform.database.write(), self.platform.clock.now());
        let campaign = self.campaigns.for_work(platform).await?;
        let Some(row) = invitation::Entity::find_by_id(payload.invitation).one(db).await? else { return Ok(()) };
        let Some(sealed) = row.sealed_contact.as_deref().filter(|_| row.state == InvitationState::Invited.key()) else { return Ok(()) };
        if invitations::has_signed(db, &row).await? {
            return Ok(invitations::end(db, row.id, InvitationState::Signed).await?);
        }
        // Too late is no time to ask.
        if service::reception(&campaign, now) != Reception::InTime {
            return Ok(());
        }
        let to = contact::open_contact(&platform.keys, row.id, sealed).map_err(|_| JobError::Fail("the contact does not open".into()))?;
        let Some(token) = invitations::token_of(&platform.keys, row.id) else { return Err(JobError::Fail("no link could be made".into())) };
        let language = Language::of_interface(&row.language).unwrap_or_default();
        let base = format!("{}/{language}", platform.site.base_url);
        let reminder = payload.number > 0;
        let key = if reminder { "signing-invitation-reminder-subject" } else { "signing-invitation-subject" };
        let args = i18n::args([("campaign", campaign.config.short_name.get(language).to_owned().into())]);
        let subject = i18n::plain(language, key, &args);
        let stop = format!("{base}/invitation/{}", token.reveal());
        let view = MailView {
            mail: MailFrame::of(platform, &campaign, language, &subject, "signing-invitation-reason"),
            name: to.name,
            statement: campaign.text.translations.get(&language).map(|text| text.title.clone()).unwrap_or_default(),
            text: format!("{base}/statement"),
            sign: format!("{base}/sign"),
            stop: stop.clone(),
            reminder,
        };
        let sending = async || {
            let mut written = Written::of(platform, language, "mails/signing_invitation", subject, &view)?;
            written.extras.push(Extra::ListUnsubscribe(stop));
            mails::post(platform, &campaign, language, to.email, written, attempt).await
        };
        mails::within_share(platform, &mails::bucket_of(&row.address_hash), &row.id.to_string(), sending).await.map(drop)
    }
}
