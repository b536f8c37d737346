//! Background work: deriving all positions after evidence changed, and once a day, since evidence weighs less as it ages. Must hold no rule.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Days, NaiveTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::keeping::{self, KeepError};
use crate::platform::{
    Platform,
    jobs::{self, Attempt, Handler, Job, JobError},
};

/// The kind of the job that derives positions.
pub const DERIVE: &str = "positions.derive";
/// How long a derivation waits when evidence keeps coming in.
const AFTER_OVERTAKEN: Duration = Duration::from_secs(5);

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    campaign: Uuid,
}

/// Asks for the positions to be derived, in the transaction that changed evidence. However often it is asked for, one waits.
///
/// # Errors
/// When the database fails.
pub async fn ask(db: &impl ConnectionTrait, campaign: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    jobs::enqueue(db, Job::new(DERIVE, &Payload { campaign }).coalesce(&format!("{DERIVE}:{campaign}")), now).await.map(drop)
}

/// Derives the positions of a campaign.
#[derive(Debug)]
pub struct Derive {
    platform: Platform,
}

impl Derive {
    /// With the machinery of a process.
    pub const fn new(platform: Platform) -> Self {
        Self { platform }
    }
}

#[async_trait]
impl Handler for Derive {
    fn kind(&self) -> &'static str {
        DERIVE
    }

    async fn run(&self, payload: Value, _: Attempt) -> Result<(), JobError> {
        let Payload { campaign } = serde_json::from_value(payload).map_err(|error| JobError::payload(&error))?;
        match keeping::derive(&self.platform.database, campaign, self.platform.clock.now()).await {
            Ok(_) => {}
            Err(KeepError::Database(error)) => return Err(error.into()),
            Err(KeepError::Configuration(error)) => return Err(JobError::payload(&error)),
            Err(error @ KeepError::Gone) => return Err(JobError::Fail(error.to_string())),
            Err(error @ KeepError::Overtaken) => return Err(JobError::Postpone { after: AFTER_OVERTAKEN, reason: error.to_string() }),
        };
        // Evidence may have come in without a page of this process hearing of it: by an import, or another process.
        self.platform.pages.clear();
        Ok(())
    }
}

/// Asks for the next day's derivation, once per day whoever asks: evidence ages.
///
/// # Errors
/// When the database fails.
pub async fn tomorrow(db: &impl ConnectionTrait, campaign: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    let Some(day) = now.date_naive().checked_add_days(Days::new(1)) else { return Ok(()) };
    let job =
        Job::new(DERIVE, &Payload { campaign }).once(&format!("{DERIVE}:{campaign}:{day}")).at(day.and_time(NaiveTime::MIN).and_utc());
    jobs::enqueue(db, job, now).await.map(drop)
}
