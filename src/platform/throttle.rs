//! How often something may happen, counted across all processes. A bucket is a purpose and a keyed hash, never an address (R73). Must not know
//! what is being limited.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Duration, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, OnConflict, Query},
};

use crate::{
    domain::clock::to_micros,
    entities::throttle::{self, Column},
};

/// Counts one more and says whether it is within the limit. The window starts with the first hit and is fixed: hits over the limit do not
/// prolong it.
///
/// # Errors
/// When the database refuses.
pub async fn allow(
    connection: &impl ConnectionTrait,
    bucket: &str,
    limit: i32,
    window: Duration,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let within = allow_many(connection, &BTreeMap::from([(bucket.to_owned(), 1)]), limit, window, now).await?;
    Ok(within.get(bucket).is_some_and(|within| *within > 0))
}

/// Takes one hit back: it turned out to be none of those that are limited.
///
/// # Errors
/// When the database refuses.
pub async fn give_back(connection: &impl ConnectionTrait, bucket: &str) -> Result<(), DbErr> {
    let update = throttle::Entity::update_many().col_expr(Column::Hits, Expr::col(Column::Hits).sub(1));
    update.filter(Column::Bucket.eq(bucket)).filter(Column::Hits.gt(0)).exec(connection).await.map(drop)
}

/// Forgets what was counted: whoever is limited has shown that they want it.
///
/// # Errors
/// When the database refuses.
pub async fn clear(connection: &impl ConnectionTrait, bucket: &str) -> Result<(), DbErr> {
    throttle::Entity::delete_many().filter(Column::Bucket.eq(bucket)).exec(connection).await.map(drop)
}

/// Counts several hits of several buckets and says how many of each are within the limit. One statement, so that two processes never both count
/// the same hit as the last allowed one.
///
/// # Errors
/// When the database refuses.
pub async fn allow_many(
    connection: &impl ConnectionTrait,
    hits: &BTreeMap<String, i32>,
    limit: i32,
    window: Duration,
    now: DateTime<Utc>,
) -> Result<HashMap<String, i32>, DbErr> {
    if hits.is_empty() {
        return Ok(HashMap::new());
    }
    let (now, end) = (to_micros(now), to_micros(now.checked_add_signed(window).unwrap_or(DateTime::<Utc>::MAX_UTC)));
    let held = |column| Expr::col((throttle::Entity, column));
    let new = |column| Expr::col(("excluded", column));
    let over = || held(Column::WindowEndsAt).lte(now);
    let mut statement = Query::insert();
    statement.into_table(throttle::Entity).columns([Column::Bucket, Column::Hits, Column::WindowEndsAt]);
    // In one order whoever counts, so that two processes never wait for each other's rows.
    for (bucket, hits) in hits {
        statement.values_panic([bucket.as_str().into(), (*hits).into(), end.into()]);
    }
    // It goes on counting beyond the limit: else what was refused before could not be told from what is refused now.
    let counted = Expr::case(over(), new(Column::Hits)).finally(held(Column::Hits).add(new(Column::Hits)));
    statement
        .on_conflict(
            OnConflict::column(Column::Bucket)
                .value(Column::Hits, counted)
                .value(Column::WindowEndsAt, Expr::case(over(), end).finally(held(Column::WindowEndsAt)))
                .to_owned(),
        )
        .returning(Query::returning().columns([Column::Bucket, Column::Hits]));
    let mut within = HashMap::new();
    for row in connection.query_all(&statement).await? {
        let (bucket, now): (String, i32) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let asked = hits.get(&bucket).copied().unwrap_or_default();
        within.insert(bucket, (asked - (now - limit).clamp(0, asked)).clamp(0, asked));
    }
    Ok(within)
}

/// Forgets windows that are over. Returns how many.
///
/// # Errors
/// When the database refuses.
pub async fn prune(connection: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let result = throttle::Entity::delete_many().filter(Column::WindowEndsAt.lte(now)).exec(connection).await?;
    Ok(result.rows_affected)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use chrono::TimeZone;

    use super::*;
    use crate::platform::trial::on_each_database;

    fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2027, 1, 15, 12, 0, 0).unwrap()
    }

    #[tokio::test]
    async fn the_limit_holds_within_a_window_and_ends_with_it() {
        on_each_database(async |database| {
            let hit = async |bucket: &str, seconds: i64| {
                allow(database.write(), bucket, 3, Duration::minutes(1), noon() + Duration::seconds(seconds)).await.unwrap()
            };
            for second in 0..3 {
                assert!(hit("sign-in:a", second).await);
            }
            assert!(!hit("sign-in:a", 3).await && !hit("sign-in:a", 59).await);
            assert!(hit("sign-in:b", 3).await, "another bucket");
            assert!(hit("sign-in:a", 60).await, "refused hits do not prolong the window");
            assert_eq!(prune(database.write(), noon() + Duration::seconds(70)).await.unwrap(), 1);
            assert!(
                hit("sign-in:a", 71).await && hit("sign-in:a", 72).await && !hit("sign-in:a", 73).await,
                "the pruning left the open window"
            );
        })
        .await;
    }

    #[tokio::test]
    async fn several_hits_of_several_buckets_are_counted_as_one_after_another() {
        on_each_database(async |database| {
            let hit = async |hits: &[(&str, i32)], seconds: i64| {
                let hits = hits.iter().map(|(bucket, hits)| ((*bucket).to_owned(), *hits)).collect();
                let now = noon() + Duration::seconds(seconds);
                let within = allow_many(database.write(), &hits, 3, Duration::minutes(1), now).await.unwrap();
                hits.keys().map(|bucket| within.get(bucket).copied().unwrap_or(-1)).collect::<Vec<_>>()
            };
            assert_eq!(hit(&[("a", 2), ("b", 5)], 0).await, [2, 3]);
            assert_eq!(hit(&[("a", 2), ("b", 1), ("c", 3)], 1).await, [1, 0, 3]);
            assert!(!allow(database.write(), "a", 3, Duration::minutes(1), noon()).await.unwrap(), "the same count as one by one");
            assert_eq!(hit(&[("a", 3)], 60).await, [3], "a new window");
            assert_eq!(hit(&[], 60).await, [0; 0]);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn hits_at_the_same_time_are_all_counted() {
        on_each_database(async |database| {
            let mut tasks = tokio::task::JoinSet::new();
            for _ in 0..40 {
                let database = database.clone();
                tasks.spawn(async move { allow(database.write(), "x", 10, Duration::minutes(1), noon()).await.unwrap() });
            }
            assert_eq!(tasks.join_all().await.into_iter().filter(|allowed| *allowed).count(), 10);
        })
        .await;
    }
}
