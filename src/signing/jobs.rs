//! Background work of sign-on: the mail that asks for confirmation, its reminders, and the folding of counts. Must bear running twice.

use actix_web::web::Data;
use async_trait::async_trait;
use chrono::Duration;
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    colleague_mails::ColleagueMail,
    comparison, counts, grading,
    invitation_mails::InvitationMail,
    invitations,
    mails::{self, Occasion},
    publication::{Thank, ThanksMail},
    rule_runs::{ApplyRule, UndoRule},
    service, signals, store,
    uploads::{self, ReadSheet},
    vetting,
};
use crate::{
    campaigns::{self, Current},
    domain::{signature::SignatureState, text::Reception},
    entities::signature,
    platform::{
        Platform,
        jobs::{Attempt, Handler, Job, JobError, Worker, enqueue},
    },
    states,
};

/// Purpose of a confirmation link.
pub const CONFIRM: &str = "confirm";
const CONFIRM_MAIL: &str = "signing.confirm_mail";
const REMIND: &str = "signing.remind";
const FOLD: &str = "signing.fold_counts";
const COMPARE: &str = "signing.compare";
const WATCH: &str = "signing.watch";
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

/// The job that compares whatever was not compared yet.
pub(super) fn compare() -> Job {
    Job::new(COMPARE, &()).coalesce(COMPARE)
}

/// The job that looks at what arrived.
pub fn watch() -> Job {
    Job::new(WATCH, &()).coalesce(WATCH)
}

/// The job that sets the counts right and forgets what is kept no longer.
pub fn recount() -> Job {
    Job::new(RECOUNT, &()).coalesce(RECOUNT)
}

/// Adds this room's handlers.
pub fn register(worker: Worker, platform: &Platform, campaigns: &Data<campaigns::Register>, states: &Data<states::Register>) -> Worker {
    worker
        .handle(ConfirmationMail { platform: platform.clone(), campaigns: campaigns.clone() })
        .handle(Remind { platform: platform.clone(), campaigns: campaigns.clone() })
        .handle(Fold { platform: platform.clone() })
        .handle(Compare { platform: platform.clone(), campaigns: campaigns.clone(), states: states.clone() })
        .handle(Watch { platform: platform.clone(), campaigns: campaigns.clone(), states: states.clone() })
        .handle(ColleagueMail { platform: platform.clone(), campaigns: campaigns.clone() })
        .handle(ApplyRule { platform: platform.clone(), campaigns: campaigns.clone() })
        .handle(UndoRule { platform: platform.clone() })
        .handle(ReadSheet { platform: platform.clone(), campaigns: campaigns.clone(), states: states.clone() })
        .handle(Thank { platform: platform.clone() })
        .handle(InvitationMail { platform: platform.clone(), campaigns: campaigns.clone() })
        .handle(ThanksMail::new(platform, campaigns, states))
        .handle(Recount { platform: platform.clone(), campaigns: campaigns.clone() })
        .every(std::time::Duration::from_secs(24 * 3600), std::time::Duration::from_secs(2 * 3600), RECOUNT)
        .every(std::time::Duration::from_secs(3600), std::time::Duration::from_secs(1800), COMPARE)
        .every(std::time::Duration::from_secs(60), std::time::Duration::from_secs(30), WATCH)
}

struct ConfirmationMail {
    platform: Platform,
    campaigns: Data<campaigns::Register>,
}

#[async_trait]
impl Handler for ConfirmationMail {
    fn kind(&self) -> &'static str {
        CONFIRM_MAIL
    }

    async fn run(&self, payload: serde_json::Value, attempt: Attempt) -> Result<(), JobError> {
        let payload: Payload = serde_json::from_value(payload).map_err(|error| JobError::payload(&error))?;
        let platform = &self.platform;
        let campaign = self.campaigns.for_work(platform).await?;
        let Some(signed) = store::by_id(platform.database.read(), payload.signature).await? else {
            return Err(JobError::Fail("the signature is gone".into()));
        };
        if signed.0.state == SignatureState::Withdrawn.key() {
            // Taken back meanwhile: there is nothing to confirm and nothing to tell.
            return Ok(());
        }
        if vetting::is_confirmable(&signed.0) {
            enqueue_reminder(platform, &campaign, &signed.0, 0).await?;
        }
        mails::send(platform, &campaign, signed, Occasion::SignedOn, attempt).await
    }
}

/// Reminds whoever has not confirmed, and is followed by the next reminder the campaign asks for (R25).
struct Remind {
    platform: Platform,
    campaigns: Data<campaigns::Register>,
}

#[derive(Serialize, Deserialize)]
struct Reminder {
    signature: Uuid,
    /// Which of the campaign's, from 0.
    number: usize,
}

/// Queues the first of the reminders from `number` on whose day is still to come: a form sent again late, or a worker that was away, brings none at once.
async fn enqueue_reminder(platform: &Platform, campaign: &Current, signature: &signature::Model, number: usize) -> Result<(), DbErr> {
    let now = platform.clock.now();
    let days = campaign.config.sign_on.reminder_days.iter().enumerate().skip(number);
    let mut due = days.map(|(number, days)| (number, signature.signed_at + Duration::days(i64::from(*days))));
    let Some((number, at)) = due.find(|(_, at)| *at > now) else { return Ok(()) };
    let job = Job::new(REMIND, &Reminder { signature: signature.id, number }).once(&format!("{REMIND}:{}:{number}", signature.id)).at(at);
    enqueue(platform.database.write(), job, now).await.map(drop)
}

#[async_trait]
impl Handler for Remind {
    fn kind(&self) -> &'static str {
        REMIND
    }

    async fn run(&self, payload: serde_json::Value, attempt: Attempt) -> Result<(), JobError> {
        let payload: Reminder = serde_json::from_value(payload).map_err(|error| JobError::payload(&error))?;
        let platform = &self.platform;
        let campaign = self.campaigns.for_work(platform).await?;
        let Some(signed) = store::by_id(platform.database.read(), payload.signature).await? else { return Ok(()) };
        let is_awaited = vetting::is_confirmable(&signed.0) && signed.0.text_version_id == campaign.text.id;
        if !is_awaited || service::reception(&campaign, platform.clock.now()) == Reception::NotOpen {
            return Ok(());
        }
        enqueue_reminder(platform, &campaign, &signed.0, payload.number + 1).await?;
        mails::send(platform, &campaign, signed, Occasion::Reminder, attempt).await
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

/// Finds signatures that may be of one signatory, once each has its grade.
struct Compare {
    platform: Platform,
    campaigns: Data<campaigns::Register>,
    states: Data<states::Register>,
}

#[async_trait]
impl Handler for Compare {
    fn kind(&self) -> &'static str {
        COMPARE
    }

    async fn run(&self, _: serde_json::Value, _: Attempt) -> Result<(), JobError> {
        let campaign = self.campaigns.for_work(&self.platform).await?;
        let states = self.states.get(&self.platform).await?;
        while grading::grade_batch(&self.platform, &campaign).await? {}
        while comparison::compare_batch(&self.platform, &campaign, &states).await? {}
        Ok(())
    }
}

/// Looks at what arrived.
struct Watch {
    platform: Platform,
    campaigns: Data<campaigns::Register>,
    states: Data<states::Register>,
}

#[async_trait]
impl Handler for Watch {
    fn kind(&self) -> &'static str {
        WATCH
    }

    async fn run(&self, _: serde_json::Value, _: Attempt) -> Result<(), JobError> {
        let campaign = self.campaigns.for_work(&self.platform).await?;
        let states = self.states.get(&self.platform).await?;
        signals::watch(&self.platform, &campaign, &states).await.map_err(|error| JobError::Retry(error.to_string()))
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
        let campaign = self.campaigns.for_work(&self.platform).await?;
        uploads::forget_old(&self.platform).await?;
        invitations::forget_old(&self.platform).await?;
        let differed = counts::recount(&self.platform, campaign.id).await?;
        if differed > 0 {
            tracing::warn!(differed, "counts differed from a recount and were set right");
        }
        Ok(())
    }
}
