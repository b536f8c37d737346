//! How much a worker may do at once, and how long it waits for what. Must not read the environment.

use std::time::Duration;

use uuid::Uuid;

/// How long to wait before the next attempt: doubled each time up to a cap, spread by a fifth so that a herd does not return as a herd.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// Before the second attempt.
    pub base: Duration,
    /// Never longer.
    pub cap: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { base: Duration::from_secs(30), cap: Duration::from_secs(4 * 3600) }
    }
}

impl Backoff {
    /// The wait after attempt `number` (from 1). The spread comes from the job's id: the same job always gets the same.
    pub fn delay(&self, number: u16, job: Uuid) -> Duration {
        let doubled = self.base.saturating_mul(1_u32.checked_shl(u32::from(number.saturating_sub(1))).unwrap_or(u32::MAX));
        let seed = u32::try_from(job.as_u128() & 0xffff).unwrap_or_default();
        doubled.min(self.cap).mul_f64(0.8 + 0.4 * f64::from(seed) / f64::from(0xffff_u32))
    }
}

/// What a worker may use, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct WorkerSettings {
    /// Jobs at the same time.
    pub concurrency: usize,
    /// A worker that is silent for so long has lost its jobs.
    pub lease: Duration,
    /// How often to look for work nobody rang for.
    pub poll: Duration,
    /// Waits between attempts.
    pub backoff: Backoff,
    /// How long running jobs may go on after a stop was asked for.
    pub grace: Duration,
    /// How long finished jobs are remembered.
    pub keep_done: Duration,
    /// How long failed jobs wait for a person.
    pub keep_failed: Duration,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        const DAY: u64 = 24 * 3600;
        Self {
            concurrency: 4,
            lease: Duration::from_secs(60),
            poll: Duration::from_secs(1),
            backoff: Backoff::default(),
            grace: Duration::from_secs(20),
            keep_done: Duration::from_secs(7 * DAY),
            keep_failed: Duration::from_secs(90 * DAY),
        }
    }
}
