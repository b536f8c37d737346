//! Checks drafted letters again soon after the register or an event's days changed: one that waited for an address is ready as soon as it is entered (R27). Must not draft
//! anew, nor move a round.

use async_trait::async_trait;
use chrono::TimeDelta;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{
    drafting,
    jobs::{Rooms, job_error},
    service,
};
use crate::{
    domain::letter::RoundState,
    entities::{addressee, event, letter_round},
    platform::jobs::{Attempt, Handler, Job, JobError},
};

/// The recurring work.
pub(super) const RECHECK: &str = "letters.recheck";
/// How far back a change counts: three rounds of the work, which runs every minute. What a stopped worker misses, the check at approval finds.
const RECENT: TimeDelta = TimeDelta::minutes(3);

/// The job, for whoever does not want to wait for the minute.
pub fn job() -> Job {
    Job::new(RECHECK, &()).coalesce(RECHECK)
}

pub(super) struct Recheck(pub(super) Rooms);

#[async_trait]
impl Handler for Recheck {
    fn kind(&self) -> &'static str {
        RECHECK
    }

    /// Two queries when nothing changed.
    async fn run(&self, _: serde_json::Value, _: Attempt) -> Result<(), JobError> {
        let platform = &self.0.platform;
        let now = platform.clock.now();
        let since = now - RECENT;
        let changed = Condition::any().add(addressee::Column::CreatedAt.gt(since)).add(addressee::Column::CheckedAt.gt(since));
        let db = platform.database.read();
        let is_moved = event::Entity::find().filter(event::Column::ChangedAt.gt(since)).count(db).await? > 0;
        if !is_moved && addressee::Entity::find().filter(changed).count(db).await? == 0 {
            return Ok(());
        }
        let open = [RoundState::Draft, RoundState::Checked].map(RoundState::key);
        let rounds: Vec<Uuid> = letter_round::Entity::find()
            .select_only()
            .column(letter_round::Column::Id)
            .filter(letter_round::Column::State.is_in(open))
            .into_tuple()
            .all(platform.database.read())
            .await?;
        if rounds.is_empty() {
            return Ok(());
        }
        let (campaign, directory) = (self.0.campaign().await?, self.0.states.get(platform).await?);
        platform.typesetter.ready().await.map_err(anyhow::Error::from)?;
        for round in rounds {
            let txn = platform.database.begin().await?;
            let Some(at) = letter_round::Entity::find_by_id(round).one(&txn).await?.and_then(|round| round.state.parse().ok()) else {
                continue;
            };
            if RoundState::is_open(at) {
                service::hold_round(&txn, round, at).await.map_err(job_error)?;
                drafting::check_again(&txn, &campaign, &directory, &platform.typesetter, round, now).await.map_err(job_error)?;
            }
            txn.commit().await?;
        }
        Ok(())
    }
}
