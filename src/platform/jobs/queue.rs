//! The queue as a supervisor sees it: how much waits, what is in trouble, and the two things a person may do about it. Must not run anything.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::state;
use crate::entities::job::{self, Column};

/// So long after its time a waiting job counts as stuck: no worker is running, or none knows its kind.
pub const OVERDUE: TimeDelta = TimeDelta::minutes(15);

/// How many jobs of a kind are in a state.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Count {
    /// The kind of job.
    pub kind: String,
    /// See [`super::state`].
    pub state: String,
    /// How many.
    pub jobs: i64,
}

/// What is wrong with a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Given up.
    Failed,
    /// Its worker went silent and no other has taken it.
    Abandoned,
    /// Its time is long over.
    Overdue,
}

/// A job that wants a person's eye.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Troubled {
    /// What is wrong.
    pub trouble: Trouble,
    /// The row.
    pub job: job::Model,
}

/// How many jobs there are, by kind and state.
///
/// # Errors
/// When the database refuses.
pub async fn counts(connection: &impl ConnectionTrait) -> Result<Vec<Count>, DbErr> {
    job::Entity::find()
        .select_only()
        .column(Column::Kind)
        .column(Column::State)
        .column_as(Column::Id.count(), "jobs")
        .group_by(Column::Kind)
        .group_by(Column::State)
        .order_by_asc(Column::Kind)
        .order_by_asc(Column::State)
        .into_model()
        .all(connection)
        .await
}

/// How many jobs wait for their time or are being carried out.
///
/// # Errors
/// When the database refuses.
pub async fn unfinished(connection: &impl ConnectionTrait) -> Result<u64, DbErr> {
    job::Entity::find().filter(Column::State.is_in([state::READY, state::RUNNING])).count(connection).await
}

/// Jobs given up or stuck, the newest first.
///
/// # Errors
/// When the database refuses.
pub async fn troubled(connection: &impl ConnectionTrait, now: DateTime<Utc>, limit: u64) -> Result<Vec<Troubled>, DbErr> {
    let stuck = now - OVERDUE;
    let rows = job::Entity::find()
        .filter(
            Condition::any()
                .add(Column::State.eq(state::FAILED))
                .add(Condition::all().add(Column::State.eq(state::RUNNING)).add(Column::LeaseUntil.lt(stuck)))
                .add(Condition::all().add(Column::State.eq(state::READY)).add(Column::RunAt.lt(stuck))),
        )
        .order_by_desc(Column::RunAt)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|job| {
            let trouble = match job.state.as_str() {
                state::FAILED => Trouble::Failed,
                state::RUNNING => Trouble::Abandoned,
                _ => Trouble::Overdue,
            };
            Troubled { trouble, job }
        })
        .collect())
}

/// Has a job that was given up, or that waits for its next attempt, run now with all its attempts before it. `false`: there is no such job.
///
/// # Errors
/// When the database refuses.
pub async fn retry(connection: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let change = job::ActiveModel {
        state: Set(state::READY.to_owned()),
        run_at: Set(now),
        attempts: Set(0),
        finished_at: Set(None),
        ..Default::default()
    };
    let result = job::Entity::update_many().set(change).filter(idle(id)).exec(connection).await?;
    Ok(result.rows_affected == 1)
}

/// Ends all leases: for a process that knows that it alone works on this database, so that whatever is running died with the one before it.
/// Returns how many there were.
///
/// # Errors
/// When the database refuses.
pub async fn end_leases(connection: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let change = job::ActiveModel { lease_until: Set(Some(DateTime::<Utc>::UNIX_EPOCH)), ..Default::default() };
    let held = job::Entity::update_many().set(change).filter(Column::State.eq(state::RUNNING));
    Ok(held.exec(connection).await?.rows_affected)
}

/// Removes a job that is not running. `false`: there is no such job.
///
/// # Errors
/// When the database refuses.
pub async fn discard(connection: &impl ConnectionTrait, id: Uuid) -> Result<bool, DbErr> {
    let result = job::Entity::delete_many().filter(idle(id)).exec(connection).await?;
    Ok(result.rows_affected == 1)
}

/// Forgets jobs that finished, and failures nobody cared for, longer ago than said. Returns how many.
///
/// # Errors
/// When the database refuses.
pub async fn prune(connection: &impl ConnectionTrait, now: DateTime<Utc>, done: Duration, failed: Duration) -> Result<u64, DbErr> {
    let before =
        |age: Duration| TimeDelta::from_std(age).ok().and_then(|age| now.checked_sub_signed(age)).unwrap_or(DateTime::<Utc>::MIN_UTC);
    let result = job::Entity::delete_many()
        .filter(
            Condition::any()
                .add(Condition::all().add(Column::State.eq(state::DONE)).add(Column::FinishedAt.lt(before(done))))
                .add(Condition::all().add(Column::State.eq(state::FAILED)).add(Column::FinishedAt.lt(before(failed)))),
        )
        .exec(connection)
        .await?;
    Ok(result.rows_affected)
}

fn idle(id: Uuid) -> Condition {
    Condition::all().add(Column::Id.eq(id)).add(Column::State.is_in([state::READY, state::FAILED]))
}
