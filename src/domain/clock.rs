//! Where time comes from. Rules take instants as arguments; whoever needs "now" holds a [`Clock`]. Must not read the system's clock itself.

use chrono::{DateTime, SubsecRound, Utc};

/// The present instant, UTC.
pub trait Clock: Send + Sync {
    /// Now, cut to microseconds: both databases keep no more, and hashes must agree before and after storing.
    fn now(&self) -> DateTime<Utc>;
}

/// Cuts an instant to what every database keeps.
pub fn to_micros(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant.trunc_subsecs(6)
}

/// A clock that stands still until told; for tests and reproducible documents.
#[derive(Debug)]
pub struct FixedClock(std::sync::Mutex<DateTime<Utc>>);

impl FixedClock {
    /// A clock that says `instant`.
    pub fn at(instant: DateTime<Utc>) -> Self {
        Self(std::sync::Mutex::new(to_micros(instant)))
    }

    /// Moves the clock.
    pub fn set(&self, instant: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = to_micros(instant);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
