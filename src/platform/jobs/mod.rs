//! Background work: a change and the work that follows from it commit in one transaction; a [`Worker`] carries the work out, retries it or
//! gives it up. Must not know what any job is for. Every handler must bear running twice: a crash between its effect and the settling of the
//! job repeats it.
//!
//! A payload names rows by id. It never holds addresses or names: rows of this table outlive the work and are shown to supervisors.

mod handler;
mod lease;
pub mod queue;
mod settings;
mod worker;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod worker_tests;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, sea_query::OnConflict};
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

pub use handler::{Attempt, Handler, JobError};
pub use settings::{Backoff, WorkerSettings};
pub use worker::{Bell, Outcome, Ran, Worker};

use crate::{domain::clock::to_micros, entities::job};

/// States of a job as the table keeps them.
pub mod state {
    /// Waits for its time.
    pub const READY: &str = "ready";
    /// A worker holds its lease.
    pub const RUNNING: &str = "running";
    /// Carried out; kept for a while, then pruned.
    pub const DONE: &str = "done";
    /// Given up; waits for a person.
    pub const FAILED: &str = "failed";
}

/// So many attempts under the default [`Backoff`] span at least the 48 hours for which temporary mail faults are retried (R79).
pub const ATTEMPTS_OVER_TWO_DAYS: u16 = 24;

/// Marks a key that is given up as soon as the job starts.
const UNTIL_STARTED: char = '~';
/// Marks a key that is kept after the job has finished.
const ONCE: char = '!';

/// Work to be put in the queue.
#[derive(Debug)]
pub struct Job {
    kind: &'static str,
    payload: Result<Json, serde_json::Error>,
    dedup_key: Option<String>,
    run_at: Option<DateTime<Utc>>,
    max_attempts: u16,
}

impl Job {
    /// Work of a kind, with what its handler must know: ids, never addresses or names.
    pub fn new(kind: &'static str, payload: &impl Serialize) -> Self {
        Self { kind, payload: serde_json::to_value(payload), dedup_key: None, run_at: None, max_attempts: 8 }
    }

    /// No second job with this key until the first is done or given up. For work that must not be doubled (one dispatch).
    #[must_use]
    pub fn dedup(mut self, key: impl Into<String>) -> Self {
        self.dedup_key = Some(key.into());
        self
    }

    /// No second job with this key *waits*; one asked for while the first runs is queued again. For work that sweeps up whatever there is
    /// (folding counters): nothing that arrives during a sweep is forgotten.
    #[must_use]
    pub fn coalesce(mut self, key: &str) -> Self {
        self.dedup_key = Some(format!("{UNTIL_STARTED}{key}"));
        self
    }

    /// No second job with this key as long as the first is remembered, finished or not. For work of a calendar slot.
    #[must_use]
    pub fn once(mut self, key: &str) -> Self {
        self.dedup_key = Some(format!("{ONCE}{key}"));
        self
    }

    /// Not before this instant.
    #[must_use]
    pub fn at(mut self, instant: DateTime<Utc>) -> Self {
        self.run_at = Some(instant);
        self
    }

    /// Given up after so many attempts (8 unless told).
    #[must_use]
    pub fn attempts(mut self, attempts: u16) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }
}

/// Puts work in the queue, inside the caller's transaction. A job with the same key is one job: `false` says that it was there already.
///
/// # Errors
/// When the payload cannot be written as JSON or the database refuses.
pub async fn enqueue(connection: &impl ConnectionTrait, job: Job, now: DateTime<Utc>) -> Result<bool, DbErr> {
    Ok(enqueue_all(connection, [job], now).await? > 0)
}

/// The same for several jobs. One insert. Returns how many were not there already.
///
/// # Errors
/// When a payload cannot be written as JSON or the database refuses.
pub async fn enqueue_all(connection: &impl ConnectionTrait, jobs: impl IntoIterator<Item = Job>, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let rows = jobs.into_iter().map(|job| row(job, now)).collect::<Result<Vec<_>, _>>()?;
    if rows.is_empty() {
        return Ok(0);
    }
    job::Entity::insert_many(rows)
        .on_conflict(OnConflict::column(job::Column::DedupKey).do_nothing().to_owned())
        .exec_without_returning(connection)
        .await
}

fn row(job: Job, now: DateTime<Utc>) -> Result<job::ActiveModel, DbErr> {
    Ok(job::ActiveModel {
        id: Set(Uuid::now_v7()),
        kind: Set(job.kind.to_owned()),
        payload: Set(job.payload.map_err(|error| DbErr::Json(error.to_string()))?),
        dedup_key: Set(job.dedup_key),
        state: Set(state::READY.to_owned()),
        run_at: Set(to_micros(job.run_at.unwrap_or(now))),
        attempts: Set(0),
        max_attempts: Set(i32::from(job.max_attempts)),
        lease_until: Set(None),
        lease_token: Set(None),
        last_error: Set(None),
        created_at: Set(to_micros(now)),
        finished_at: Set(None),
    })
}
