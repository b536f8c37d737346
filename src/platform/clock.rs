//! The system's clock, behind the trait the rules know.

use chrono::{DateTime, Utc};

use crate::domain::clock::{Clock, to_micros};

/// Time as the operating system tells it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        to_micros(Utc::now())
    }
}
