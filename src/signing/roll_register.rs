//! The roll of this process: a short one is read again as often as pages are made anew, a long one aside, while readers get the one before. Must not
//! say who is on it.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::DbErr;
use tokio::{sync::Mutex, task::spawn_blocking};

use super::roll::{Of, Roll};
use crate::{
    campaigns::Current,
    domain::language::Language,
    platform::{Platform, refreshed::Refreshed},
};

/// From so many names on, readers do not wait for a roll to be read again.
const LONG: usize = 20_000;
/// Reading a long roll takes this part of one core at most.
const SHARE: u32 = 20;
/// A long roll is no older than this (R15 gives five minutes, and no page prints a name from it).
const OLDEST: Duration = Duration::from_secs(120);

/// The roll of this process.
#[derive(Debug, Default)]
pub struct Register {
    short: Refreshed<Roll>,
    long: Arc<Long>,
    reading: Mutex<()>,
}

/// A long roll, and whether it is being read again.
#[derive(Debug, Default)]
struct Long {
    held: RwLock<Option<(Arc<Roll>, Instant, Duration)>>,
    is_read: AtomicBool,
}

impl Register {
    /// The roll, with the order of a language. No query while it is fresh.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get(&self, platform: &Platform, campaign: &Current, language: Language) -> Result<Arc<Roll>, DbErr> {
        let of = Of::campaign(campaign);
        let roll = match self.long.get(platform, of) {
            Some(roll) => roll,
            None => self.first(platform, of).await?,
        };
        if roll.len() >= LONG && !roll.is_ordered(language) {
            // Sorting a long one takes seconds: not on a thread that answers others.
            let sorted = Arc::clone(&roll);
            drop(spawn_blocking(move || sorted.order(language)).await);
        }
        Ok(roll)
    }

    /// A short roll, or a long one for the first time: one reads it, and whoever came in a burst after a start waits for that one.
    async fn first(&self, platform: &Platform, of: Of) -> Result<Arc<Roll>, DbErr> {
        let _one = self.reading.lock().await;
        if let Some(roll) = self.long.get(platform, of) {
            return Ok(roll);
        }
        let began = Instant::now();
        let roll = self.short.get_with(&platform.pages, async || Roll::read(platform, of).await).await?;
        if roll.len() >= LONG {
            self.long.hold(Arc::clone(&roll), began);
            self.short.forget();
        }
        Ok(roll)
    }
}

impl Long {
    /// The roll held, which is read again aside when it is due.
    fn get(self: &Arc<Self>, platform: &Platform, of: Of) -> Option<Arc<Roll>> {
        let (roll, since, took) = self.held.read().unwrap_or_else(PoisonError::into_inner).clone()?;
        if roll.text() != of.text {
            return None;
        }
        if since.elapsed() >= due_after(took, platform.pages.keep()) && !self.is_read.swap(true, Ordering::AcqRel) {
            tokio::spawn(Arc::clone(self).read_again(platform.clone(), of, Arc::clone(&roll)));
        }
        Some(roll)
    }

    async fn read_again(self: Arc<Self>, platform: Platform, of: Of, before: Arc<Roll>) {
        let began = Instant::now();
        match Roll::read(&platform, of).await {
            Ok(mut roll) => {
                let carried = spawn_blocking(move || {
                    roll.carry_over(&before);
                    roll
                });
                match carried.await {
                    Ok(roll) => self.hold(Arc::new(roll), began),
                    Err(error) => tracing::error!(%error, "the list of signatories could not be ordered"),
                }
            }
            Err(error) => tracing::warn!(%error, "the list of signatories could not be read again"),
        }
        self.is_read.store(false, Ordering::Release);
    }

    /// Holds a roll, or none when it is no longer long.
    fn hold(&self, roll: Arc<Roll>, began: Instant) {
        let held = (roll.len() >= LONG).then(|| (roll, Instant::now(), began.elapsed()));
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = held;
    }
}

/// After how long a roll is read again that took so long to read, where pages are kept so long.
fn due_after(took: Duration, kept: Duration) -> Duration {
    (took * SHARE).max(kept).min(OLDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R15: whatever a setting says of pages, a roll is never older than it may be.
    #[test]
    fn a_roll_is_read_again_in_time_however_long_pages_are_kept() {
        let seconds = Duration::from_secs;
        assert_eq!(due_after(seconds(1), seconds(2)), seconds(20));
        assert_eq!(due_after(seconds(0), seconds(2)), seconds(2));
        assert_eq!(due_after(seconds(60), seconds(2)), OLDEST);
        assert_eq!(due_after(seconds(1), seconds(600)), OLDEST);
    }
}
