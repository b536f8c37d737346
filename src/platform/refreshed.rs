//! A value read from the database once and shared, read again when it is older than a limit: other processes may have changed it.
//! Must not be used for anything that may never be stale.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

/// A shared value with an age.
#[derive(Debug)]
pub struct Refreshed<T> {
    keep: Duration,
    held: RwLock<Held<T>>,
}

#[derive(Debug)]
struct Held<T> {
    value: Option<(Instant, Arc<T>)>,
    /// How often it was forgotten: what was read before is not held.
    forgotten: u64,
}

impl<T> Refreshed<T> {
    /// Reads again after `keep`.
    pub const fn every(keep: Duration) -> Self {
        Self { keep, held: RwLock::new(Held { value: None, forgotten: 0 }) }
    }

    /// The held value, or what `read` reads. Two requests may read at once; the later one stays.
    ///
    /// # Errors
    /// Those of `read`.
    pub async fn get<E>(&self, read: impl AsyncFnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        if let Some(value) = self.fresh() {
            return Ok(value);
        }
        let forgotten = self.held.read().unwrap_or_else(PoisonError::into_inner).forgotten;
        let since = Instant::now();
        let value = Arc::new(read().await?);
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if held.forgotten == forgotten {
            held.value = Some((since, Arc::clone(&value)));
        }
        Ok(value)
    }

    fn fresh(&self) -> Option<Arc<T>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.value.as_ref().filter(|(since, _)| since.elapsed() < self.keep).map(|(_, value)| Arc::clone(value))
    }

    /// Forgets the value: it was changed in this process.
    pub fn forget(&self) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        *held = Held { value: None, forgotten: held.forgotten + 1 };
    }
}
