//! Whether the process lives and whether it can do its work. Must not reveal more than that.

use std::time::{Duration, Instant};

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Days, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict, Query},
};
use tokio::sync::Mutex;

use crate::{
    domain::clock::to_micros,
    entities::throttle::{self, Column},
    platform::{Platform, database::Database},
};

/// Who asks more often gets the answer of this long before.
const KEEP: Duration = Duration::from_secs(1);
/// The row every trial writes: one of the counters, since it is nothing else.
const TRIAL: &str = "health";

/// What the last trial found.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Instant, bool)>>);

impl Readiness {
    async fn get(&self, platform: &Platform) -> bool {
        let mut last = self.0.lock().await;
        if let Some((tried, outcome)) = *last
            && tried.elapsed() < KEEP
        {
            return outcome;
        }
        let outcome = match can_write(&platform.database, platform.clock.now()).await {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::warn!(%error, "the database cannot be written");
                false
            }
        };
        *last = Some((Instant::now(), outcome));
        outcome
    }
}

/// `GET /health/live`: the process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("live")
}

/// `GET /health/ready`: what is written to the database can be read back. At most one trial a second, however many ask.
pub async fn ready(platform: web::Data<Platform>, readiness: web::Data<Readiness>) -> HttpResponse {
    if readiness.get(&platform).await {
        HttpResponse::Ok().content_type("text/plain").body("ready")
    } else {
        HttpResponse::ServiceUnavailable().content_type("text/plain").body("database unavailable")
    }
}

/// Commits one more in a transaction and looks for it through the handle that reads.
async fn can_write(database: &Database, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let now = to_micros(now);
    let end = now.checked_add_days(Days::new(1)).unwrap_or(now);
    let hits = Expr::col((throttle::Entity, Column::Hits));
    let one_more = Query::insert()
        .into_table(throttle::Entity)
        .columns([Column::Bucket, Column::Hits, Column::WindowEndsAt])
        .values_panic([TRIAL.into(), 1.into(), end.into()])
        .on_conflict(
            OnConflict::column(Column::Bucket)
                .value(Column::Hits, Expr::case(hits.clone().gte(i32::MAX), 1).finally(hits.add(1)))
                .value(Column::WindowEndsAt, end)
                .to_owned(),
        )
        .returning_col(Column::Hits)
        .to_owned();
    let txn = database.begin().await?;
    let written = txn.query_one(&one_more).await?.map(|row| row.try_get_by_index::<i32>(0)).transpose()?;
    txn.commit().await?;
    let seen = throttle::Entity::find().select_only().column(Column::Hits).filter(Column::Bucket.eq(TRIAL));
    Ok(seen.into_tuple::<i32>().one(database.read()).await? >= written && written.is_some())
}
