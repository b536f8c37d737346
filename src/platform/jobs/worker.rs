//! Takes due jobs, has their handlers carry them out, settles them. Must not know any kind of job by name.

use std::{
    collections::{BTreeMap, HashMap},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use tokio::{
    sync::Notify,
    task::{Id as TaskId, JoinSet},
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    Attempt, Handler, Job, JobError, WorkerSettings, enqueue,
    lease::{self, Settlement},
    queue, state,
};
use crate::{
    domain::clock::{Clock, to_micros},
    entities::job,
    platform::database::Database,
};

/// Wakes the worker of this process. Ring it after the commit: before, there is nothing to see yet.
#[derive(Clone, Debug, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    /// Wakes the worker if it sleeps; else it looks once more before it sleeps.
    pub fn ring(&self) {
        self.0.notify_one();
    }
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Carried out.
    Done,
    /// Will be tried again at this time.
    Again(DateTime<Utc>),
    /// Given up.
    Failed,
    /// Another worker holds it by now; nothing was settled here.
    LeaseLost,
    /// Due, but no handler is registered for its kind.
    NoHandler,
}

/// One attempt that [`Worker::drain`] made.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The job.
    pub id: Uuid,
    /// Its kind.
    pub kind: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The words of the fault, if there was one.
    pub error: Option<String>,
}

struct Bench {
    handler: Arc<dyn Handler>,
    limit: Option<usize>,
}

struct Recurring {
    kind: &'static str,
    every: Duration,
    offset: Duration,
}

/// Carries out jobs. Any number of workers, in any number of processes, may share one database.
pub struct Worker {
    database: Database,
    clock: Arc<dyn Clock>,
    settings: WorkerSettings,
    benches: BTreeMap<&'static str, Bench>,
    recurring: Vec<Recurring>,
    bell: Bell,
}

impl Worker {
    /// A worker that knows no kind of job yet.
    pub fn new(database: Database, clock: Arc<dyn Clock>, settings: WorkerSettings) -> Self {
        Self { database, clock, settings, benches: BTreeMap::new(), recurring: Vec::new(), bell: Bell::default() }
    }

    /// Uses a bell that others hold already.
    #[must_use]
    pub fn with_bell(mut self, bell: Bell) -> Self {
        self.bell = bell;
        self
    }

    /// Registers a handler.
    #[must_use]
    pub fn handle(mut self, handler: impl Handler + 'static) -> Self {
        self.benches.insert(handler.kind(), Bench { handler: Arc::new(handler), limit: None });
        self
    }

    /// Registers a handler of which this process runs at most `limit` at the same time.
    #[must_use]
    pub fn handle_at_most(mut self, limit: usize, handler: impl Handler + 'static) -> Self {
        self.benches.insert(handler.kind(), Bench { handler: Arc::new(handler), limit: Some(limit.max(1)) });
        self
    }

    /// Queues a job of `kind` with an empty payload once per period, `offset` after the period's start (UTC), however many workers there are.
    #[must_use]
    pub fn every(mut self, every: Duration, offset: Duration, kind: &'static str) -> Self {
        self.recurring.push(Recurring { kind, every, offset });
        self
    }

    /// Wakes this worker.
    pub fn bell(&self) -> Bell {
        self.bell.clone()
    }

    /// Works until asked to stop; then lets what runs finish within the grace time and gives the rest back.
    pub async fn run(&self, stop: CancellationToken) {
        let mut tasks = JoinSet::new();
        let mut held: HashMap<TaskId, job::Model> = HashMap::new();
        let mut chores_at = Instant::now();
        while !stop.is_cancelled() {
            if Instant::now() >= chores_at {
                chores_at = Instant::now() + Duration::from_secs(60);
                if let Err(error) = self.chores().await {
                    tracing::warn!(fault = %JobError::from(error), "job chores failed");
                }
            }
            let free = self.settings.concurrency.saturating_sub(held.len());
            let claimed = match self.claim(free, &held).await {
                Ok(claimed) => claimed,
                Err(error) => {
                    tracing::warn!(fault = %JobError::from(error), "no jobs could be claimed");
                    Vec::new()
                }
            };
            for job in claimed {
                let attempt = self.attempt(job.clone(), stop.clone());
                held.insert(tasks.spawn(attempt).id(), job);
            }
            tokio::select! {
                () = stop.cancelled() => {}
                Some(ended) = tasks.join_next_with_id() => forget(&mut held, &ended),
                () = self.bell.0.notified(), if held.len() < self.settings.concurrency => {}
                () = tokio::time::sleep(self.settings.poll), if held.len() < self.settings.concurrency => {}
            }
        }
        let finish = async {
            while let Some(ended) = tasks.join_next_with_id().await {
                forget(&mut held, &ended);
            }
        };
        if tokio::time::timeout(self.settings.grace, finish).await.is_ok() {
            return;
        }
        tasks.shutdown().await;
        for job in held.values() {
            let _ = self.settle(job, &Settlement::Released).await;
        }
    }

    /// Runs what is due, one job after the other in order of time, until nothing is due any more; for tests. Retries wait for their time, so a
    /// standing clock makes this deterministic.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn drain(&self) -> Result<Vec<Ran>, DbErr> {
        let mut ran = Vec::new();
        let kinds: Vec<_> = self.benches.keys().copied().collect();
        loop {
            let now = self.clock.now();
            let Some(job) = lease::claim(self.database.write(), &kinds, 1, now, after(now, self.settings.lease)).await?.into_iter().next()
            else {
                break;
            };
            ran.push(self.attempt(job, CancellationToken::new()).await);
        }
        let orphans = job::Entity::find()
            .filter(lease::due(self.clock.now()))
            .filter(job::Column::Kind.is_not_in(kinds))
            .order_by_asc(job::Column::RunAt)
            .all(self.database.write())
            .await?;
        ran.extend(orphans.into_iter().map(|job| Ran { id: job.id, kind: job.kind, outcome: Outcome::NoHandler, error: None }));
        Ok(ran)
    }

    /// Queues what recurs and forgets what is over. Called about once a minute by [`Worker::run`].
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn chores(&self) -> Result<(), DbErr> {
        let now = self.clock.now();
        for recurring in &self.recurring {
            let every = i64::try_from(recurring.every.as_secs()).unwrap_or(i64::MAX).max(1);
            let offset = i64::try_from(recurring.offset.as_secs()).unwrap_or_default();
            let slot = (now.timestamp() - offset).div_euclid(every);
            let job = Job::new(recurring.kind, &json!({})).once(&format!("{}@{every}:{slot}", recurring.kind));
            enqueue(self.database.write(), job, now).await?;
        }
        // A slot's job must be remembered until the slot is over, or it would be queued again.
        let longest = self.recurring.iter().map(|recurring| recurring.every.saturating_mul(2)).max().unwrap_or_default();
        queue::prune(self.database.write(), now, self.settings.keep_done.max(longest), self.settings.keep_failed).await?;
        Ok(())
    }

    async fn claim(&self, mut free: usize, held: &HashMap<TaskId, job::Model>) -> Result<Vec<job::Model>, DbErr> {
        let now = self.clock.now();
        let mut claimed = Vec::new();
        let limited = self.benches.iter().filter_map(|(kind, bench)| Some((vec![*kind], Some(bench.limit?))));
        let others = self.benches.iter().filter(|(_, bench)| bench.limit.is_none()).map(|(kind, _)| *kind).collect::<Vec<_>>();
        for (kinds, limit) in limited.chain([(others, None)]) {
            let busy = held.values().filter(|job| kinds.contains(&job.kind.as_str())).count();
            let take = limit.map_or(free, |limit| free.min(limit.saturating_sub(busy)));
            if take == 0 || kinds.is_empty() {
                continue;
            }
            let jobs = lease::claim(self.database.write(), &kinds, take as u64, now, after(now, self.settings.lease)).await?;
            free = free.saturating_sub(jobs.len());
            claimed.extend(jobs);
        }
        Ok(claimed)
    }

    /// One attempt at one claimed job, from start to settlement. The future owns what it needs, so that it can be a task.
    fn attempt(&self, job: job::Model, stop: CancellationToken) -> impl Future<Output = Ran> + Send + 'static {
        let handler = self.benches.get(job.kind.as_str()).map(|bench| bench.handler.clone());
        let worker = Settler { database: self.database.clone(), clock: self.clock.clone(), settings: self.settings };
        async move {
            let number = u16::try_from(job.attempts).unwrap_or(u16::MAX);
            let max = u16::try_from(job.max_attempts).unwrap_or(u16::MAX);
            let result = match handler {
                // A job that ends its worker instead of itself must not do so forever.
                _ if number > max => Some(Err(JobError::Fail("the worker stopped in the midst of the last attempt".to_owned()))),
                None => Some(Err(JobError::Retry("no handler for this kind".to_owned()))),
                Some(handler) => {
                    let attempt = Attempt { job: job.id, number, max, stop };
                    let work = AssertUnwindSafe(handler.run(job.payload.clone(), attempt)).catch_unwind();
                    tokio::select! {
                        result = work => Some(result.unwrap_or_else(|_| Err(JobError::Retry("the handler panicked".to_owned())))),
                        () = worker.keep(&job) => None,
                    }
                }
            };
            worker.conclude(job, number >= max, result).await
        }
    }

    async fn settle(&self, job: &job::Model, settlement: &Settlement) -> Result<bool, DbErr> {
        lease::settle(self.database.write(), job, settlement, self.clock.now()).await
    }
}

fn forget<T>(held: &mut HashMap<TaskId, job::Model>, ended: &Result<(TaskId, T), tokio::task::JoinError>) {
    let task = match ended {
        Ok((task, _)) => *task,
        Err(error) => error.id(),
    };
    held.remove(&task);
}

/// What one attempt needs of its worker.
struct Settler {
    database: Database,
    clock: Arc<dyn Clock>,
    settings: WorkerSettings,
}

impl Settler {
    /// Renews the lease for as long as the work goes on; returns when it is lost.
    async fn keep(&self, job: &job::Model) {
        loop {
            tokio::time::sleep(self.settings.lease / 3).await;
            match lease::renew(self.database.write(), job, after(self.clock.now(), self.settings.lease)).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(job = %job.id, kind = job.kind, fault = %JobError::from(error), "a lease could not be renewed")
                }
            }
        }
    }

    async fn conclude(&self, job: job::Model, last: bool, result: Option<Result<(), JobError>>) -> Ran {
        let now = self.clock.now();
        let number = u16::try_from(job.attempts).unwrap_or(u16::MAX);
        // At least a second, or a drain that meets a job which always postpones would never end.
        let wait = |delay: Duration| after(now, delay.max(Duration::from_secs(1)));
        let (mut outcome, settlement, error) = match result {
            None => (Outcome::LeaseLost, None, None),
            Some(Ok(())) => (Outcome::Done, Some(Settlement::Done), None),
            Some(Err(fault)) => {
                let error = limited(&fault.to_string());
                let again =
                    |at: DateTime<Utc>, counted: bool| (Outcome::Again(at), Settlement::Again { at, error: error.clone(), counted });
                let (outcome, settlement) = match fault {
                    JobError::Postpone { after, .. } => again(wait(after), false),
                    JobError::Retry(_) if !last => again(wait(self.settings.backoff.delay(number, job.id)), true),
                    JobError::RetryAfter { after, .. } if !last => again(wait(after), true),
                    JobError::Retry(_) | JobError::RetryAfter { .. } | JobError::Fail(_) => {
                        (Outcome::Failed, Settlement::Failed { error: error.clone() })
                    }
                };
                (outcome, Some(settlement), Some(error))
            }
        };
        if let Some(settlement) = settlement {
            match lease::settle(self.database.write(), &job, &settlement, now).await {
                Ok(true) => {}
                Ok(false) => outcome = Outcome::LeaseLost,
                // The lease runs out and the job is run again: handlers bear that.
                Err(error) => {
                    tracing::warn!(job = %job.id, kind = job.kind, fault = %JobError::from(error), "a job could not be settled");
                    outcome = Outcome::LeaseLost;
                }
            }
        }
        match (&outcome, &error) {
            (Outcome::Failed, Some(fault)) => tracing::error!(job = %job.id, kind = job.kind, number, fault, "job given up"),
            (Outcome::Again(_), Some(fault)) => tracing::info!(job = %job.id, kind = job.kind, number, fault, "job will be tried again"),
            (Outcome::LeaseLost, _) => tracing::warn!(job = %job.id, kind = job.kind, number, "job's lease was lost"),
            _ => tracing::debug!(job = %job.id, kind = job.kind, number, state = state::DONE, "job done"),
        }
        Ran { id: job.id, kind: job.kind, outcome, error }
    }
}

fn after(now: DateTime<Utc>, delay: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(delay).ok().and_then(|delay| now.checked_add_signed(delay)).map_or(DateTime::<Utc>::MAX_UTC, to_micros)
}

fn limited(words: &str) -> String {
    words.chars().take(500).collect()
}
