//! A worker at work: long jobs, stops, the bell, limits, what recurs, what a supervisor sees and what is forgotten.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{TimeDelta, Utc};
use sea_orm::EntityTrait;
use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;

use super::{
    lease,
    queue::{self, Trouble},
    tests::{Log, Noting, fast, named, noon, standing},
    *,
};
use crate::platform::{clock::SystemClock, trial::on_each_database};

#[tokio::test(flavor = "multi_thread")]
async fn a_long_job_keeps_its_lease() {
    on_each_database(async |database| {
        let log = Log::default();
        let settings = WorkerSettings { lease: Duration::from_millis(400), ..fast() };
        let slow = || Noting { takes: Duration::from_millis(1500), ..Noting::new("note", &log) };
        enqueue(database.write(), named("note", "long"), Utc::now()).await.unwrap();
        let stop = CancellationToken::new();
        let crew: Vec<_> =
            (0..2).map(|_| Worker::new(database.clone(), Arc::new(SystemClock), settings).handle(slow())).map(Arc::new).collect();
        let runs: Vec<_> = crew
            .iter()
            .map(|worker| {
                tokio::spawn({
                    let (worker, stop) = (worker.clone(), stop.clone());
                    async move { worker.run(stop).await }
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(2500)).await;
        stop.cancel();
        for run in runs {
            run.await.unwrap();
        }
        assert_eq!(*log.lock().unwrap(), [("long".to_owned(), 1)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_lets_running_work_finish_within_the_grace_time_and_gives_the_rest_back() {
    on_each_database(async |database| {
        let log = Log::default();
        let settings = WorkerSettings { grace: Duration::from_millis(900), ..fast() };
        let worker = Worker::new(database.clone(), Arc::new(SystemClock), settings)
            .handle(Noting { takes: Duration::from_millis(500), ..Noting::new("short", &log) })
            .handle(Noting { takes: Duration::from_secs(600), ..Noting::new("endless", &log) });
        enqueue(database.write(), named("short", "s"), Utc::now()).await.unwrap();
        enqueue(database.write(), named("endless", "e"), Utc::now()).await.unwrap();
        let stop = CancellationToken::new();
        let run = tokio::spawn({
            let stop = stop.clone();
            async move { worker.run(stop).await }
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        stop.cancel();
        enqueue(database.write(), named("short", "too late"), Utc::now()).await.unwrap();
        run.await.unwrap();
        assert_eq!(*log.lock().unwrap(), [("s".to_owned(), 1)]);
        let rows = job::Entity::find().all(database.write()).await.unwrap();
        let endless = rows.iter().find(|row| row.kind == "endless").unwrap();
        assert_eq!((endless.state.as_str(), endless.attempts, endless.lease_token), ("ready", 0, None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bell_wakes_a_sleeping_worker() {
    on_each_database(async |database| {
        let log = Log::default();
        let worker = Worker::new(database.clone(), Arc::new(SystemClock), WorkerSettings { poll: Duration::from_secs(600), ..fast() })
            .handle(Noting::new("note", &log));
        let (bell, stop) = (worker.bell(), CancellationToken::new());
        let run = tokio::spawn({
            let stop = stop.clone();
            async move { worker.run(stop).await }
        });
        tokio::time::sleep(Duration::from_millis(200)).await;
        enqueue(database.write(), named("note", "a"), Utc::now()).await.unwrap();
        bell.ring();
        for _ in 0..100 {
            if !log.lock().unwrap().is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stop.cancel();
        run.await.unwrap();
        assert_eq!(log.lock().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limited_kind_never_runs_more_than_its_limit_at_once() {
    struct Counting(Arc<Mutex<(u32, u32)>>);
    #[async_trait]
    impl Handler for Counting {
        fn kind(&self) -> &'static str {
            "heavy"
        }
        async fn run(&self, _: Json, _: Attempt) -> Result<(), JobError> {
            {
                let mut seen = self.0.lock().unwrap();
                seen.0 += 1;
                seen.1 = seen.1.max(seen.0);
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
            self.0.lock().unwrap().0 -= 1;
            Ok(())
        }
    }
    on_each_database(async |database| {
        let (seen, log) = (Arc::new(Mutex::new((0, 0))), Log::default());
        for n in 0..12 {
            enqueue(database.write(), named("heavy", &n.to_string()), Utc::now()).await.unwrap();
            enqueue(database.write(), named("note", &n.to_string()), Utc::now()).await.unwrap();
        }
        let worker = Worker::new(database.clone(), Arc::new(SystemClock), WorkerSettings { concurrency: 6, ..fast() })
            .handle_at_most(2, Counting(seen.clone()))
            .handle(Noting::new("note", &log));
        let stop = CancellationToken::new();
        let run = tokio::spawn({
            let stop = stop.clone();
            async move { worker.run(stop).await }
        });
        while queue::unfinished(database.read()).await.unwrap() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stop.cancel();
        run.await.unwrap();
        assert_eq!(seen.lock().unwrap().1, 2);
        assert_eq!(log.lock().unwrap().len(), 12);
    })
    .await;
}

#[tokio::test]
async fn what_recurs_is_queued_once_per_slot_by_however_many_workers() {
    on_each_database(async |database| {
        let (clock, log) = (standing(), Log::default());
        let crew: Vec<_> = (0..2)
            .map(|_| {
                Worker::new(database.clone(), clock.clone(), WorkerSettings::default()).handle(Noting::new("nightly", &log)).every(
                    Duration::from_secs(86_400),
                    Duration::from_secs(3 * 3600),
                    "nightly",
                )
            })
            .collect();
        let pass = async || {
            for worker in &crew {
                worker.chores().await.unwrap();
                worker.drain().await.unwrap();
            }
            log.lock().unwrap().len()
        };
        assert_eq!(pass().await, 1);
        clock.set(noon() + TimeDelta::hours(14));
        assert_eq!(pass().await, 1, "two in the morning: still the slot that began at three");
        clock.set(noon() + TimeDelta::hours(15));
        assert_eq!(pass().await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_supervisor_sees_trouble_and_can_retry_or_discard_but_not_touch_what_runs() {
    on_each_database(async |database| {
        let (clock, log) = (standing(), Log::default());
        let worker = Worker::new(database.clone(), clock.clone(), WorkerSettings::default()).handle(Noting::new("note", &log));
        enqueue(database.write(), Job::new("note", &json!({ "then": "fail" })), noon()).await.unwrap();
        worker.drain().await.unwrap();
        enqueue(database.write(), named("silent", "x"), noon()).await.unwrap();
        enqueue(database.write(), named("nobody", "x"), noon()).await.unwrap();
        let held = lease::claim(database.write(), &["silent"], 1, noon(), noon() + TimeDelta::minutes(1)).await.unwrap().remove(0);
        assert_eq!(queue::troubled(database.read(), noon(), 10).await.unwrap().len(), 1, "only the failed one so far");
        let later = noon() + TimeDelta::minutes(20);
        let troubled = queue::troubled(database.read(), later, 10).await.unwrap();
        let mut seen: Vec<_> = troubled.iter().map(|troubled| (troubled.job.kind.as_str(), troubled.trouble)).collect();
        seen.sort_by_key(|(kind, _)| *kind);
        assert_eq!(seen, [("nobody", Trouble::Overdue), ("note", Trouble::Failed), ("silent", Trouble::Abandoned)]);

        assert!(!queue::retry(database.write(), held.id, later).await.unwrap());
        assert!(!queue::discard(database.write(), held.id).await.unwrap());
        let failed = troubled.iter().find(|troubled| troubled.trouble == Trouble::Failed).unwrap().job.id;
        assert!(queue::retry(database.write(), failed, later).await.unwrap());
        clock.set(later);
        assert_eq!(worker.drain().await.unwrap()[0].id, failed);
        assert!(queue::discard(database.write(), failed).await.unwrap());
        assert!(!queue::discard(database.write(), failed).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn finished_jobs_are_forgotten_after_their_time_and_waiting_ones_never() {
    on_each_database(async |database| {
        let (clock, log) = (standing(), Log::default());
        let worker = Worker::new(database.clone(), clock.clone(), WorkerSettings::default()).handle(Noting::new("note", &log));
        enqueue(database.write(), named("note", "a"), noon()).await.unwrap();
        enqueue(database.write(), Job::new("note", &json!({ "then": "fail" })), noon()).await.unwrap();
        worker.drain().await.unwrap();
        enqueue(database.write(), named("note", "waits").at(noon() + TimeDelta::days(400)), noon()).await.unwrap();
        let left = async |days: i64| {
            clock.set(noon() + TimeDelta::days(days));
            worker.chores().await.unwrap();
            job::Entity::find().all(database.write()).await.unwrap().into_iter().map(|job| job.state).collect::<Vec<_>>()
        };
        assert_eq!(left(6).await.len(), 3);
        assert_eq!(left(8).await, ["failed", "ready"]);
        assert_eq!(left(91).await, ["ready"]);
    })
    .await;
}

#[test]
fn a_database_fault_is_kept_by_class_and_not_by_its_own_words() {
    let fault = JobError::from(sea_orm::DbErr::Custom("person@example.org".into()));
    assert_eq!(fault, JobError::Retry("a database statement failed".into()));
}
