//! The queue under several workers, faults and deaths; with what `worker_tests` needs too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use sea_orm::EntityTrait;
use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    lease::{self, Settlement},
    queue, *,
};
use crate::{
    domain::clock::{Clock, FixedClock},
    platform::{clock::SystemClock, database::Database, trial::on_each_database},
};

pub(super) type Log = Arc<Mutex<Vec<(String, u16)>>>;

/// Notes what it did; a payload's `faults` says how often it fails first.
pub(super) struct Noting {
    pub(super) kind: &'static str,
    pub(super) log: Log,
    pub(super) takes: Duration,
}

impl Noting {
    pub(super) fn new(kind: &'static str, log: &Log) -> Self {
        Self { kind, log: log.clone(), takes: Duration::ZERO }
    }
}

#[async_trait]
impl Handler for Noting {
    fn kind(&self) -> &'static str {
        self.kind
    }

    async fn run(&self, payload: Json, attempt: Attempt) -> Result<(), JobError> {
        tokio::time::sleep(self.takes).await;
        match payload["then"].as_str() {
            Some("panic") => panic!("on purpose"),
            Some("fail") => return Err(JobError::Fail("no such thing".into())),
            Some("later") => return Err(JobError::RetryAfter { after: Duration::from_secs(600), reason: "451 later".into() }),
            Some("pace") => return Err(JobError::Postpone { after: Duration::from_secs(60), reason: "pace".into() }),
            _ => {}
        }
        if u64::from(attempt.number) <= payload["faults"].as_u64().unwrap_or(0) {
            return Err(JobError::Retry("once more".into()));
        }
        self.log.lock().unwrap().push((payload["name"].as_str().unwrap_or_default().to_owned(), attempt.number));
        Ok(())
    }
}

pub(super) fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2027, 1, 15, 12, 0, 0).unwrap()
}

pub(super) fn standing() -> Arc<FixedClock> {
    Arc::new(FixedClock::at(noon()))
}

pub(super) fn named(kind: &'static str, name: &str) -> Job {
    Job::new(kind, &json!({ "name": name }))
}

pub(super) async fn only_job(database: &Database) -> job::Model {
    job::Entity::find().one(database.write()).await.unwrap().unwrap()
}

pub(super) fn fast() -> WorkerSettings {
    WorkerSettings {
        concurrency: 3,
        lease: Duration::from_secs(30),
        poll: Duration::from_millis(20),
        backoff: Backoff { base: Duration::from_millis(1), cap: Duration::from_millis(5) },
        grace: Duration::from_secs(5),
        ..WorkerSettings::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_workers_carry_out_each_job_exactly_once_though_some_fail_first() {
    on_each_database(async |database| {
        let log = Log::default();
        let transaction = database.begin().await.unwrap();
        for n in 0..200 {
            let faults = u8::from(n % 20 == 0);
            let job = Job::new("note", &json!({ "name": n.to_string(), "faults": faults })).dedup(format!("note-{n}"));
            assert!(enqueue(&transaction, job, Utc::now()).await.unwrap());
        }
        transaction.commit().await.unwrap();
        let stop = CancellationToken::new();
        let mut crew = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let worker = Worker::new(database.clone(), Arc::new(SystemClock), fast()).handle(Noting::new("note", &log));
            let stop = stop.clone();
            crew.spawn(async move { worker.run(stop).await });
        }
        let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
        while queue::unfinished(database.read()).await.unwrap() > 0 {
            assert!(tokio::time::Instant::now() < deadline, "the crew never finished");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        stop.cancel();
        crew.join_all().await;
        let mut times: HashMap<String, usize> = HashMap::new();
        for (name, _) in log.lock().unwrap().iter() {
            *times.entry(name.clone()).or_default() += 1;
        }
        assert_eq!(times.len(), 200);
        assert!(times.values().all(|times| *times == 1), "{times:?}");
        assert_eq!(queue::counts(database.read()).await.unwrap(), [queue::Count { kind: "note".into(), state: "done".into(), jobs: 200 }]);
    })
    .await;
}

#[tokio::test]
async fn a_claim_takes_no_more_than_its_limit_and_the_earliest_first() {
    on_each_database(async |database| {
        for minute in [3, 1, 2] {
            let job = named("note", &minute.to_string()).at(noon() - TimeDelta::minutes(minute));
            enqueue(database.write(), job, noon()).await.unwrap();
        }
        enqueue(database.write(), named("note", "future").at(noon() + TimeDelta::seconds(1)), noon()).await.unwrap();
        enqueue(database.write(), named("other", "foreign"), noon()).await.unwrap();
        let names = |jobs: &[job::Model]| jobs.iter().map(|job| job.payload["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let until = noon() + TimeDelta::minutes(1);
        let first = lease::claim(database.write(), &["note"], 2, noon(), until).await.unwrap();
        assert_eq!(names(&first), ["3", "2"]);
        let second = lease::claim(database.write(), &["note"], 2, noon(), until).await.unwrap();
        assert_eq!(names(&second), ["1"]);
    })
    .await;
}

#[tokio::test]
async fn a_killed_workers_job_is_taken_by_another_after_its_lease_and_the_dead_one_cannot_settle_it() {
    on_each_database(async |database| {
        let (clock, log) = (standing(), Log::default());
        enqueue(database.write(), named("note", "a"), noon()).await.unwrap();
        // The first worker claims and is never heard of again.
        let stale = lease::claim(database.write(), &["note"], 1, noon(), noon() + TimeDelta::seconds(60)).await.unwrap().remove(0);
        let worker = Worker::new(database.clone(), clock.clone(), WorkerSettings::default()).handle(Noting::new("note", &log));
        clock.set(noon() + TimeDelta::seconds(59));
        assert!(worker.drain().await.unwrap().is_empty());
        clock.set(noon() + TimeDelta::seconds(61));
        let fresh =
            lease::claim(database.write(), &["note"], 1, clock.now(), clock.now() + TimeDelta::seconds(60)).await.unwrap().remove(0);
        assert_eq!((fresh.id, fresh.attempts), (stale.id, 2));
        // It rises from the dead and finds that its word counts no more.
        assert!(!lease::settle(database.write(), &stale, &Settlement::Done, clock.now()).await.unwrap());
        assert!(!lease::renew(database.write(), &stale, clock.now() + TimeDelta::hours(1)).await.unwrap());
        assert_eq!(only_job(&database).await.lease_token, fresh.lease_token);
        assert!(lease::settle(database.write(), &fresh, &Settlement::Done, clock.now()).await.unwrap());
        assert_eq!(only_job(&database).await.state, state::DONE);
        assert!(!lease::settle(database.write(), &fresh, &Settlement::Failed { error: "x".into() }, clock.now()).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_process_that_is_alone_need_not_wait_for_the_leases_of_a_dead_one() {
    on_each_database(async |database| {
        let log = Log::default();
        enqueue(database.write(), named("note", "a"), noon()).await.unwrap();
        lease::claim(database.write(), &["note"], 1, noon(), noon() + TimeDelta::hours(1)).await.unwrap();
        let worker = Worker::new(database.clone(), standing(), WorkerSettings::default()).handle(Noting::new("note", &log));
        assert!(worker.drain().await.unwrap().is_empty());
        assert_eq!(queue::end_leases(database.write()).await.unwrap(), 1);
        assert_eq!(worker.drain().await.unwrap().len(), 1);
        assert_eq!(only_job(&database).await.attempts, 2, "what may have killed the process is counted");
    })
    .await;
}

#[tokio::test]
async fn a_job_that_kills_every_worker_is_given_up_without_being_run_again() {
    on_each_database(async |database| {
        let (clock, log) = (standing(), Log::default());
        enqueue(database.write(), named("note", "poison").attempts(1), noon()).await.unwrap();
        lease::claim(database.write(), &["note"], 1, noon(), noon()).await.unwrap();
        clock.set(noon() + TimeDelta::seconds(1));
        let worker = Worker::new(database.clone(), clock, WorkerSettings::default()).handle(Noting::new("note", &log));
        assert_eq!(worker.drain().await.unwrap()[0].outcome, Outcome::Failed);
        assert!(log.lock().unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_rolled_back_change_leaves_no_job() {
    on_each_database(async |database| {
        let transaction = database.begin().await.unwrap();
        enqueue(&transaction, named("note", "a"), noon()).await.unwrap();
        transaction.rollback().await.unwrap();
        assert_eq!(queue::unfinished(database.read()).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn keys_hold_until_the_end_until_the_start_or_for_good() {
    on_each_database(async |database| {
        let (clock, log) = (standing(), Log::default());
        let worker = Worker::new(database.clone(), clock.clone(), WorkerSettings::default()).handle(Noting::new("note", &log));
        let put = async |job: Job| enqueue(database.write(), job, noon()).await.unwrap();
        assert!(put(named("note", "a").dedup("k")).await);
        assert!(!put(named("note", "a").dedup("k")).await);
        assert!(put(named("note", "b").coalesce("k")).await);
        assert!(!put(named("note", "b").coalesce("k")).await);
        assert!(put(named("note", "c").once("k")).await);
        let held = lease::claim(database.write(), &["note"], 3, noon(), noon() + TimeDelta::minutes(1)).await.unwrap();
        assert!(!put(named("note", "a").dedup("k")).await, "still running");
        assert!(put(named("note", "b").coalesce("k")).await, "started, so what comes now waits anew");
        for job in &held {
            assert!(lease::settle(database.write(), job, &Settlement::Done, noon()).await.unwrap());
        }
        assert!(put(named("note", "a").dedup("k")).await);
        assert!(!put(named("note", "c").once("k")).await, "remembered though done");
        assert_eq!(worker.drain().await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_drain_runs_in_order_what_is_due_and_what_that_asks_for_and_leaves_retries_for_their_time() {
    struct Chain(Database);
    #[async_trait]
    impl Handler for Chain {
        fn kind(&self) -> &'static str {
            "chain"
        }
        async fn run(&self, _: Json, _: Attempt) -> Result<(), JobError> {
            enqueue(self.0.write(), named("note", "second"), noon()).await?;
            Ok(())
        }
    }
    on_each_database(async |database| {
        let (clock, log) = (standing(), Log::default());
        let worker = Worker::new(database.clone(), clock.clone(), WorkerSettings::default())
            .handle(Noting::new("note", &log))
            .handle(Chain(database.clone()));
        enqueue(database.write(), Job::new("chain", &json!({})), noon()).await.unwrap();
        enqueue(database.write(), Job::new("note", &json!({ "name": "slow", "faults": 1 })), noon()).await.unwrap();
        enqueue(database.write(), named("nobody", "x"), noon()).await.unwrap();
        let ran = worker.drain().await.unwrap();
        let kinds: Vec<_> = ran.iter().map(|ran| ran.kind.as_str()).collect();
        assert_eq!(kinds, ["chain", "note", "note", "nobody"]);
        assert_eq!(ran[3].outcome, Outcome::NoHandler);
        let Outcome::Again(at) = ran[1].outcome else { panic!("{:?}", ran[1]) };
        assert!(at >= noon() + TimeDelta::seconds(24) && at <= noon() + TimeDelta::seconds(36), "30 s give or take a fifth, was {at}");
        assert_eq!(ran[1].error.as_deref(), Some("once more"));
        clock.set(at);
        assert_eq!(worker.drain().await.unwrap()[0].outcome, Outcome::Done);
        assert_eq!(*log.lock().unwrap(), [("second".to_owned(), 1), ("slow".to_owned(), 2)]);
    })
    .await;
}

#[tokio::test]
async fn each_kind_of_fault_ends_an_attempt_in_its_own_way() {
    on_each_database(async |database| {
        let (clock, log) = (standing(), Log::default());
        let worker = Worker::new(database.clone(), clock.clone(), WorkerSettings::default()).handle(Noting::new("note", &log));
        let run = async |then: &str, attempts: u16| {
            job::Entity::delete_many().exec(database.write()).await.unwrap();
            enqueue(database.write(), Job::new("note", &json!({ "then": then })).attempts(attempts), noon()).await.unwrap();
            let outcome = worker.drain().await.unwrap().remove(0).outcome;
            (outcome, only_job(&database).await)
        };
        let (outcome, row) = run("fail", 5).await;
        assert_eq!((outcome, row.state.as_str(), row.last_error.as_deref()), (Outcome::Failed, "failed", Some("no such thing")));
        let (outcome, row) = run("later", 5).await;
        assert_eq!((outcome, row.attempts), (Outcome::Again(noon() + TimeDelta::minutes(10)), 1));
        assert_eq!(run("later", 1).await.0, Outcome::Failed);
        let (outcome, row) = run("pace", 1).await;
        assert_eq!((outcome, row.attempts), (Outcome::Again(noon() + TimeDelta::minutes(1)), 0), "waiting for the pace uses up no attempt");
        let (outcome, row) = run("panic", 2).await;
        assert!(matches!(outcome, Outcome::Again(_)));
        assert_eq!(row.last_error.as_deref(), Some("the handler panicked"));
        assert!(row.lease_token.is_none() && row.lease_until.is_none());
    })
    .await;
}

#[test]
fn the_default_waits_span_two_days_of_temporary_mail_faults() {
    let backoff = Backoff::default();
    let total = |job: u128| (1..ATTEMPTS_OVER_TWO_DAYS).map(|n| backoff.delay(n, Uuid::from_u128(job)).as_secs()).sum::<u64>();
    assert!(total(0) >= 48 * 3600, "{}", total(0));
    assert!(total(0xffff) < 75 * 3600, "{}", total(0xffff));
    assert!(total(0) < total(0xffff), "jobs that failed together come back apart");
}
