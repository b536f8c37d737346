//! A value read from the database once and shared, read again when it is older than a limit: other processes may have changed it.
//! Must not be used for anything that may never be stale.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

use super::http::cache::PageCache;

/// A shared value with an age.
#[derive(Debug)]
pub struct Refreshed<T> {
    keep: Duration,
    held: RwLock<Held<T>>,
    /// One reads, the others wait for what it reads: a burst after a start must not read a long list once a reader.
    reading: Mutex<()>,
}

#[derive(Debug)]
struct Held<T> {
    value: Option<Value<T>>,
    /// How often it was forgotten: what was read before is not held.
    forgotten: u64,
}

#[derive(Debug)]
struct Value<T> {
    since: Instant,
    /// How often the pages had been forgotten when it was read.
    cleared: u64,
    value: Arc<T>,
}

/// What finished pages are made of: it is read again when they are forgotten, and kept no longer than they are.
impl<T> Default for Refreshed<T> {
    fn default() -> Self {
        Self::every(Duration::MAX)
    }
}

impl<T> Refreshed<T> {
    /// Reads again after `keep`.
    pub const fn every(keep: Duration) -> Self {
        Self { keep, held: RwLock::new(Held { value: None, forgotten: 0 }), reading: Mutex::const_new(()) }
    }

    /// The held value, or what `read` reads; of those who ask at once one reads.
    ///
    /// # Errors
    /// Those of `read`.
    pub async fn get<E>(&self, read: impl AsyncFnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        self.held_or(self.keep, 0, read).await
    }

    /// The same for what pages are made of, see [`Refreshed::default`].
    ///
    /// # Errors
    /// Those of `read`.
    pub async fn get_with<E>(&self, pages: &PageCache, read: impl AsyncFnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        self.held_or(self.keep.min(pages.keep()), pages.cleared(), read).await
    }

    async fn held_or<E>(&self, keep: Duration, cleared: u64, read: impl AsyncFnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        if let Some(value) = self.fresh(keep, cleared) {
            return Ok(value);
        }
        // What is never kept is read by each for itself.
        let _one = if keep.is_zero() { None } else { Some(self.reading.lock().await) };
        if let Some(value) = self.fresh(keep, cleared) {
            return Ok(value);
        }
        let forgotten = self.held.read().unwrap_or_else(PoisonError::into_inner).forgotten;
        let since = Instant::now();
        let value = Arc::new(read().await?);
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if held.forgotten == forgotten {
            held.value = Some(Value { since, cleared, value: Arc::clone(&value) });
        }
        Ok(value)
    }

    fn fresh(&self, keep: Duration, cleared: u64) -> Option<Arc<T>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let value = held.value.as_ref().filter(|value| value.since.elapsed() < keep && value.cleared == cleared)?;
        Some(Arc::clone(&value.value))
    }

    /// Forgets the value: it was changed in this process.
    pub fn forget(&self) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        *held = Held { value: None, forgotten: held.forgotten + 1 };
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::convert::Infallible;

    use super::*;

    #[tokio::test]
    async fn of_those_who_ask_at_once_one_reads() {
        let (number, read) = (Refreshed::every(Duration::from_secs(60)), std::sync::atomic::AtomicUsize::new(0));
        let ask = || {
            number.get(async || {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Ok::<_, Infallible>(read.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
            })
        };
        let all = futures_util::future::join_all((0..50).map(|_| ask())).await;
        assert!(all.into_iter().all(|value| *value.unwrap() == 0), "all got what the first one read");
        assert_eq!(read.into_inner(), 1);
    }

    #[tokio::test]
    async fn a_value_read_before_it_was_forgotten_is_not_held() {
        let number = Refreshed::every(Duration::from_secs(60));
        let read = async |n: u8| *number.get(async || Ok::<_, Infallible>(n)).await.unwrap();
        assert_eq!((read(1).await, read(2).await), (1, 1));
        number.forget();
        let overtaken = async || {
            number.forget();
            Ok::<_, Infallible>(3)
        };
        assert_eq!(*number.get(overtaken).await.unwrap(), 3);
        assert_eq!(read(4).await, 4);
    }

    #[tokio::test]
    async fn what_pages_are_made_of_is_read_again_when_they_are_forgotten_or_not_kept() {
        let number = Refreshed::default();
        let pages = PageCache::new(Duration::from_secs(60), 1000);
        let read = async |pages: &PageCache, n: u8| *number.get_with(pages, async || Ok::<_, Infallible>(n)).await.unwrap();
        assert_eq!((read(&pages, 1).await, read(&pages, 2).await), (1, 1));
        pages.clear();
        assert_eq!((read(&pages, 3).await, read(&pages, 4).await), (3, 3));
        let none = PageCache::new(Duration::ZERO, 1000);
        assert_eq!((read(&none, 5).await, read(&none, 6).await), (5, 6));
    }
}
