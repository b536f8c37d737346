//! Background work: deriving all positions after evidence changed, and once a day, since evidence weighs less as it ages. Must hold no rule.

use async_trait::async_trait;
use chrono::{DateTime, Days, NaiveTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::derivation;
use crate::{
    domain::campaign::Campaign,
    entities::campaign,
    platform::{
        Platform,
        jobs::{self, Attempt, Handler, Job, JobError},
    },
};

/// The kind of the job that derives positions.
pub const DERIVE: &str = "positions.derive";

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
        let txn = self.platform.database.begin().await?;
        let now = self.platform.clock.now();
        let Some(row) = campaign::Entity::find_by_id(campaign).one(&txn).await? else {
            return Err(JobError::Fail("the campaign is not there any more".into()));
        };
        let config: Campaign = serde_json::from_value(row.config).map_err(|error| JobError::payload(&error))?;
        let derived = derivation::derive(&txn, (campaign, &config), now).await?;
        tomorrow(&txn, campaign, now).await?;
        txn.commit().await?;
        if derived.written + derived.removed > 0 {
            self.platform.pages.clear();
        }
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
