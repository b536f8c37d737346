//! When a letter leaves by the clock of those who read it, and when so many were refused that no more should (R36). Must not ask the clock.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, Days, Duration, TimeZone, Timelike, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// Hours of the day from which letters may be told to leave.
pub const HOURS: RangeInclusive<u32> = 7..=16;
/// The days on which an office rests of which nothing else is known.
pub const WEEK_END: [Weekday; 2] = [Weekday::Sat, Weekday::Sun];
/// From this hour on an office is taken to be closed.
const CLOSES: u32 = 17;

/// When a round pauses by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sending {
    /// So many of a hundred letters refused for good pause the round.
    pub pause_percent: u32,
    /// Fewer letters than these say nothing.
    pub pause_from: u32,
}

impl Default for Sending {
    fn default() -> Self {
        Self { pause_percent: 20, pause_from: 10 }
    }
}

impl Sending {
    /// Whether too many were refused of those that a server has answered for.
    pub const fn is_too_much(&self, accepted: u32, refused: u32) -> bool {
        let all = accepted.saturating_add(refused);
        all >= self.pause_from && refused > 0 && refused.saturating_mul(100) >= self.pause_percent.saturating_mul(all)
    }

    /// What does not fit.
    pub fn fault(&self) -> Option<&'static str> {
        (!(1..=100).contains(&self.pause_percent)).then_some("sending.pause_percent: between 1 and 100")
    }
}

/// When a letter leaves that is to be read from `hour` on in a zone: now, while offices there are open, else at that hour of the next day on which they do
/// not rest. An hour that a change of the clock leaves out is the one after it.
pub fn leaves_at(zone: Tz, rests: &[Weekday], hour: u32, now: DateTime<Utc>) -> DateTime<Utc> {
    let there = now.with_timezone(&zone);
    let works = |day: Weekday| !rests.contains(&day);
    if works(there.weekday()) && (hour..CLOSES.max(hour + 1)).contains(&there.hour()) {
        return now;
    }
    let today = there.date_naive();
    // No week has more days; one more, because today's hour may be over.
    let days = (0..=7).filter_map(|ahead| today.checked_add_days(Days::new(ahead))).filter(|day| works(day.weekday()));
    let hours =
        |day: chrono::NaiveDate| (hour..=hour + 2).find_map(|hour| zone.from_local_datetime(&day.and_hms_opt(hour, 0, 0)?).earliest());
    days.filter_map(hours).map(|local| local.to_utc()).find(|instant| *instant > now).unwrap_or(now + Duration::days(1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    fn leaves(zone: Tz, hour: u32, now: &str) -> String {
        leaves_at(zone, &WEEK_END, hour, now.parse().unwrap()).format("%a %Y-%m-%dT%H:%MZ").to_string()
    }

    /// R36
    #[test]
    fn a_letter_leaves_in_the_morning_of_those_who_read_it() {
        // A Friday.
        assert_eq!(leaves(Tz::America__New_York, 9, "2026-11-27T08:00:00Z"), "Fri 2026-11-27T14:00Z");
        assert_eq!(leaves(Tz::Africa__Nairobi, 9, "2026-11-27T08:00:00Z"), "Fri 2026-11-27T08:00Z", "it is eleven there: now");
        assert_eq!(leaves(Tz::Pacific__Auckland, 9, "2026-11-27T08:00:00Z"), "Sun 2026-11-29T20:00Z", "Monday morning there");
        assert_eq!(leaves(Tz::America__New_York, 9, "2026-11-27T22:30:00Z"), "Mon 2026-11-30T14:00Z", "half past five is too late");
        assert_eq!(leaves(Tz::Asia__Kathmandu, 9, "2026-11-28T00:00:00Z"), "Mon 2026-11-30T03:15Z", "a zone with minutes");
    }

    /// R36
    #[test]
    fn where_one_rests_on_friday_a_letter_waits_for_sunday() {
        let leaves = |rests: &[Weekday], now: &str| {
            leaves_at(Tz::Asia__Riyadh, rests, 9, now.parse().unwrap()).format("%a %Y-%m-%dT%H:%MZ").to_string()
        };
        let gulf = [Weekday::Fri, Weekday::Sat];
        assert_eq!(leaves(&gulf, "2026-11-27T08:00:00Z"), "Sun 2026-11-29T06:00Z", "a Friday, at eleven there");
        assert_eq!(leaves(&gulf, "2026-11-29T08:00:00Z"), "Sun 2026-11-29T08:00Z", "a Sunday: now");
        assert_eq!(leaves(&WEEK_END, "2026-11-29T08:00:00Z"), "Mon 2026-11-30T06:00Z");
        assert_eq!(leaves(&[Weekday::Fri], "2026-11-26T15:00:00Z"), "Sat 2026-11-28T06:00Z", "one day of rest");
    }

    #[test]
    fn a_change_of_the_clock_loses_no_letter() {
        // Clocks go forward on Sunday, 8 March 2026; the night before Monday is a winter's no more.
        assert_eq!(leaves(Tz::America__New_York, 9, "2026-03-07T12:00:00Z"), "Mon 2026-03-09T13:00Z");
        // Cairo leaves midnight out on a Friday; with an hour that exists nothing changes.
        assert_eq!(leaves(Tz::Africa__Cairo, 9, "2026-04-23T20:00:00Z"), "Fri 2026-04-24T06:00Z");
    }

    #[test]
    fn a_round_pauses_when_one_in_five_is_refused_and_not_for_a_few() {
        let sending = Sending::default();
        assert!(!sending.is_too_much(0, 9), "nine say nothing yet");
        assert!(sending.is_too_much(8, 2) && !sending.is_too_much(9, 1) && !sending.is_too_much(195, 0));
        assert!(sending.is_too_much(u32::MAX, u32::MAX), "no sum that runs over");
        assert!(Sending { pause_percent: 0, ..sending }.fault().is_some() && sending.fault().is_none());
    }

    proptest! {
        /// Wherever and whenever: within five days, in working hours, on a working day.
        #[test]
        fn it_always_leaves_in_working_hours(
            zone in 0..chrono_tz::TZ_VARIANTS.len(), first in 0..7_u8, hour in HOURS, minutes in 0..(366 * 24 * 60_i64),
        ) {
            let first = Weekday::try_from(first).unwrap();
            let rests = [first, first.succ()];
            let zone = chrono_tz::TZ_VARIANTS[zone];
            let now = "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minutes);
            let leaves = leaves_at(zone, &rests, hour, now);
            let there = leaves.with_timezone(&zone);
            prop_assert!(leaves >= now && leaves - now < Duration::days(4));
            prop_assert!(!rests.contains(&there.weekday()), "{there}");
            prop_assert!((hour..=CLOSES + 1).contains(&there.hour()), "{there}");
        }
    }
}
