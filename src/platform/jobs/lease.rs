//! The statements by which a worker takes, keeps and gives back jobs. Whoever does not hold a job's lease token can change nothing about it.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryFilter,
    sea_query::{CommonTableExpression, Expr, ExprTrait, LockBehavior, LockType, Order, Query, WithClause},
};
use uuid::Uuid;

use super::{ONCE, UNTIL_STARTED, state};
use crate::entities::job::{self, Column};

/// How a claimed job is put down again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Settlement {
    Done,
    Again {
        at: DateTime<Utc>,
        error: String,
        counted: bool,
    },
    Failed {
        error: String,
    },
    /// The worker stops before the work ended: as if it had never been claimed.
    Released,
}

/// Ready jobs whose time has come, and running ones whose worker has gone silent.
pub(super) fn due(now: DateTime<Utc>) -> Condition {
    Condition::any()
        .add(Condition::all().add(Column::State.eq(state::READY)).add(Column::RunAt.lte(now)))
        .add(Condition::all().add(Column::State.eq(state::RUNNING)).add(Column::LeaseUntil.lt(now)))
}

/// Takes up to `limit` due jobs of these kinds, in one statement, safe with any number of workers; the leases last `until` then.
pub(super) async fn claim(
    connection: &impl ConnectionTrait,
    kinds: &[&'static str],
    limit: u64,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<job::Model>, DbErr> {
    let mut pick = Query::select();
    pick.column(Column::Id)
        .from(job::Entity)
        .cond_where(due(now))
        .and_where(Column::Kind.is_in(kinds.iter().copied()))
        .order_by(Column::RunAt, Order::Asc)
        .order_by(Column::Id, Order::Asc)
        .limit(limit);
    if connection.get_database_backend() == DbBackend::Postgres {
        pick.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    // A common table expression, because a sub-query may be evaluated anew for each row and then takes more than the limit.
    let picked = CommonTableExpression::new().table_name("picked").column("id").query(pick).to_owned();
    let mut take = Query::update();
    take.table(job::Entity)
        .value(Column::State, state::RUNNING)
        .value(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .value(Column::LeaseUntil, until)
        .value(Column::LeaseToken, Uuid::new_v4())
        .value(
            Column::DedupKey,
            Expr::case(Column::DedupKey.like(format!("{UNTIL_STARTED}%")), Expr::val(Option::<String>::None))
                .finally(Expr::col(Column::DedupKey)),
        )
        .and_where(Column::Id.in_subquery(Query::select().column("id").from("picked").to_owned()))
        .returning_all();
    let statement = WithClause::new().cte(picked).to_owned().query(take);
    let mut jobs =
        connection.query_all(&statement).await?.iter().map(|row| job::Model::from_query_result(row, "")).collect::<Result<Vec<_>, _>>()?;
    jobs.sort_by_key(|job| (job.run_at, job.id));
    Ok(jobs)
}

/// Extends the lease; `false` when somebody else holds the job by now.
pub(super) async fn renew(connection: &impl ConnectionTrait, held: &job::Model, until: DateTime<Utc>) -> Result<bool, DbErr> {
    let change = job::ActiveModel { lease_until: Set(Some(until)), ..Default::default() };
    update_held(connection, held, change).await
}

/// Puts the job down; `false` when somebody else holds it by now, and then nothing has changed.
pub(super) async fn settle(
    connection: &impl ConnectionTrait,
    held: &job::Model,
    settlement: &Settlement,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let mut change = job::ActiveModel { lease_until: Set(None), lease_token: Set(None), ..Default::default() };
    match settlement {
        Settlement::Done | Settlement::Failed { .. } => {
            change.finished_at = Set(Some(now));
            if !held.dedup_key.as_ref().is_some_and(|key| key.starts_with(ONCE)) {
                change.dedup_key = Set(None);
            }
        }
        Settlement::Again { .. } | Settlement::Released => change.state = Set(state::READY.to_owned()),
    }
    match settlement {
        Settlement::Done => change.state = Set(state::DONE.to_owned()),
        Settlement::Failed { error } => {
            change.state = Set(state::FAILED.to_owned());
            change.last_error = Set(Some(error.clone()));
        }
        Settlement::Again { at, error, counted } => {
            change.run_at = Set(*at);
            change.last_error = Set(Some(error.clone()));
            if !counted {
                change.attempts = Set(held.attempts - 1);
            }
        }
        Settlement::Released => change.attempts = Set(held.attempts - 1),
    }
    update_held(connection, held, change).await
}

async fn update_held(connection: &impl ConnectionTrait, held: &job::Model, change: job::ActiveModel) -> Result<bool, DbErr> {
    let result = job::Entity::update_many()
        .set(change)
        .filter(Column::Id.eq(held.id))
        .filter(Column::State.eq(state::RUNNING))
        .filter(Column::LeaseToken.eq(held.lease_token))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}
