//! Deadlines: an instant, the label it was announced with, and a grace nobody announces (R7, R8). Must not ask the clock: callers
//! bring the instant of arrival, taken on the server.

use chrono::{DateTime, Duration, FixedOffset, LocalResult, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::keyed::keyed;

keyed! {
    /// In which time a deadline is announced.
    DeadlineLabel {
        /// Coordinated universal time.
        Utc = "UTC",
        /// New York, with its changes of the clock.
        NewYork = "America/New_York",
        /// Anywhere on earth: twelve hours behind UTC.
        AnywhereOnEarth = "AoE",
    }
}

/// A time that does not exist there: the clock jumps over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the clock never shows {0} there")]
pub struct NoSuchTime(pub NaiveDateTime);

impl DeadlineLabel {
    /// The instant at which clocks of this label show `local`. A time shown twice means its second showing: nobody is cut short.
    pub fn instant(self, local: NaiveDateTime) -> Result<DateTime<Utc>, NoSuchTime> {
        let found = match self {
            Self::Utc => LocalResult::Single(local.and_utc()),
            Self::AnywhereOnEarth => LocalResult::Single(local.and_utc() + Duration::hours(12)),
            Self::NewYork => chrono_tz::America::New_York.from_local_datetime(&local).map(|there| there.to_utc()),
        };
        found.latest().ok_or(NoSuchTime(local))
    }

    /// What clocks of this label show at `instant`, with the distance from UTC.
    pub fn local(self, instant: DateTime<Utc>) -> DateTime<FixedOffset> {
        match self {
            Self::Utc => instant.fixed_offset(),
            Self::NewYork => in_zone(chrono_tz::America::New_York, instant),
            Self::AnywhereOnEarth => {
                FixedOffset::west_opt(12 * 3600).map_or_else(|| instant.fixed_offset(), |offset| instant.with_timezone(&offset))
            }
        }
    }
}

/// The instant as seen in a zone the reader chose by name (`Africa/Dakar`); `None` when there is no such zone.
pub fn in_named_zone(zone: &str, instant: DateTime<Utc>) -> Option<DateTime<FixedOffset>> {
    zone.parse::<Tz>().ok().map(|zone| in_zone(zone, instant))
}

fn in_zone(zone: Tz, instant: DateTime<Utc>) -> DateTime<FixedOffset> {
    let there = instant.with_timezone(&zone);
    there.with_timezone(&there.offset().fix())
}

/// Until when signatures belong to the coming wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The announced instant.
    pub instant: DateTime<Utc>,
    /// How it was announced.
    pub label: DeadlineLabel,
    /// How many minutes longer the server is lenient.
    pub grace_minutes: u32,
}

impl Deadline {
    /// The last instant that is in time.
    pub fn end_of_grace(&self) -> DateTime<Utc> {
        self.instant + Duration::minutes(i64::from(self.grace_minutes))
    }

    /// Whether the announced time has passed; the form then says so, and still takes signatures.
    pub fn has_passed(&self, now: DateTime<Utc>) -> bool {
        now > self.instant
    }

    /// Whether a signature that arrived at `arrival` waits for the next wave (R8). Late is never refused.
    pub fn is_late(&self, arrival: DateTime<Utc>) -> bool {
        arrival > self.end_of_grace()
    }

    /// The same deadline later by some hours; the announced label stays.
    pub fn extended_by(&self, hours: u32) -> Self {
        Self { instant: self.instant + Duration::hours(i64::from(hours)), ..*self }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    fn local(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    fn utc(text: &str) -> DateTime<Utc> {
        local(text).and_utc()
    }

    /// R7
    #[test]
    fn the_last_minute_of_october_anywhere_on_earth_is_noon_of_november_in_utc() {
        assert_eq!(DeadlineLabel::AnywhereOnEarth.instant(local("2026-10-31 23:59")), Ok(utc("2026-11-01 11:59")));
        assert_eq!(DeadlineLabel::AnywhereOnEarth.local(utc("2026-11-01 11:59")).to_string(), "2026-10-31 23:59:00 -12:00");
    }

    /// R7
    #[test]
    fn new_york_changes_its_clock_on_the_first_of_november_2026() {
        assert_eq!(DeadlineLabel::NewYork.instant(local("2026-10-31 23:59")), Ok(utc("2026-11-01 03:59")));
        assert_eq!(DeadlineLabel::NewYork.instant(local("2026-11-01 23:59")), Ok(utc("2026-11-02 04:59")));
        assert_eq!(DeadlineLabel::NewYork.local(utc("2026-11-01 03:59")).to_string(), "2026-10-31 23:59:00 -04:00");
        assert_eq!(DeadlineLabel::NewYork.local(utc("2026-11-02 04:59")).to_string(), "2026-11-01 23:59:00 -05:00");
    }

    #[test]
    fn a_time_shown_twice_means_the_second_and_a_skipped_one_is_refused() {
        assert_eq!(DeadlineLabel::NewYork.instant(local("2026-11-01 01:30")), Ok(utc("2026-11-01 06:30")));
        assert_eq!(DeadlineLabel::NewYork.instant(local("2027-03-14 02:30")), Err(NoSuchTime(local("2027-03-14 02:30"))));
    }

    /// R7
    #[test]
    fn a_reader_sees_the_deadline_in_a_zone_of_their_own() {
        let instant = utc("2026-11-01 11:59");
        assert_eq!(in_named_zone("Asia/Kathmandu", instant).unwrap().to_string(), "2026-11-01 17:44:00 +05:45");
        assert_eq!(in_named_zone("Nowhere/Atlantis", instant), None);
    }

    /// R8
    #[test]
    fn a_signature_is_late_one_minute_after_the_grace_and_not_before() {
        let deadline = Deadline { instant: utc("2026-11-01 11:59"), label: DeadlineLabel::AnywhereOnEarth, grace_minutes: 120 };
        assert!(!deadline.has_passed(utc("2026-11-01 11:59")));
        assert!(deadline.has_passed(utc("2026-11-01 12:00")));
        assert!(!deadline.is_late(utc("2026-11-01 13:59")));
        assert!(deadline.is_late(utc("2026-11-01 14:00")));
        assert!(!deadline.extended_by(12).is_late(utc("2026-11-01 14:00")));
    }

    proptest! {
        #[test]
        fn what_a_clock_shows_leads_back_to_the_instant(minutes in 0_i64..5_000_000, label in prop::sample::select(DeadlineLabel::ALL)) {
            let instant = utc("2024-01-01 00:00") + Duration::minutes(minutes);
            let back = label.instant(label.local(instant).naive_local()).unwrap();
            // In the hour that a clock shows twice, the later reading is taken.
            prop_assert!(back == instant || back == instant + Duration::hours(1));
        }
    }
}
