//! On which days an office rests: by the week of its place as the Unicode CLDR has it for each territory. Must not know what leaves when, and knows of no
//! holidays.

use std::{collections::HashMap, sync::LazyLock};

use chrono::Weekday;
use icu_calendar::{types, week::WeekInformation};
use icu_locale_core::{Locale, subtags::Region};

use crate::domain::{
    letter::{PostKind, Seat},
    sending::WEEK_END,
};

/// The days of rest in each state, by its code.
static STATES: LazyLock<HashMap<&str, Vec<Weekday>>> = LazyLock::new(|| {
    let lines = include_str!("../../assets/data/states.csv").lines().skip(1);
    let codes = lines.filter_map(|line| line.split_once(',')).filter_map(|(iso2, rest)| Some((iso2, rest.split(',').next()?)));
    codes.filter_map(|(iso2, iso3)| Some((iso3, rests(iso2.parse().ok()?)?))).collect()
});

/// The days of rest of a state's office. Missions rest with the city they are in; so does, as far as is known, an office beside the writers.
pub fn of(iso3: &str, post: PostKind) -> &'static [Weekday] {
    let known = STATES.get(iso3).filter(|_| post.seat() == Seat::Capital);
    known.map_or(WEEK_END.as_slice(), Vec::as_slice)
}

/// The days of rest of a territory.
fn rests(region: Region) -> Option<Vec<Weekday>> {
    let mut place = Locale::UNKNOWN;
    place.id.region = Some(region);
    let week = WeekInformation::try_new((&place).into()).ok()?;
    let mut days: Vec<Weekday> = week.weekend().map(day).collect();
    days.sort_by_key(Weekday::num_days_from_monday);
    Some(days)
}

const fn day(day: types::Weekday) -> Weekday {
    match day {
        types::Weekday::Monday => Weekday::Mon,
        types::Weekday::Tuesday => Weekday::Tue,
        types::Weekday::Wednesday => Weekday::Wed,
        types::Weekday::Thursday => Weekday::Thu,
        types::Weekday::Friday => Weekday::Fri,
        types::Weekday::Saturday => Weekday::Sat,
        types::Weekday::Sunday => Weekday::Sun,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ministry(iso3: &str) -> &'static [Weekday] {
        of(iso3, PostKind::ForeignMinister)
    }

    /// R36: where one rests on Friday, a letter of Sunday is read and one of Friday waits two days.
    #[test]
    fn a_ministry_rests_on_the_days_of_its_country() {
        for iso3 in ["DZA", "BHR", "EGY", "IRQ", "JOR", "KWT", "LBY", "OMN", "QAT", "SAU", "SDN", "SYR", "YEM"] {
            assert_eq!(ministry(iso3), [Weekday::Fri, Weekday::Sat], "{iso3}");
        }
        assert_eq!(ministry("KEN"), [Weekday::Sat, Weekday::Sun]);
        assert_eq!(ministry("IRN"), [Weekday::Fri]);
        assert_eq!(ministry("IND"), [Weekday::Sun]);
    }

    #[test]
    fn a_mission_rests_with_its_city() {
        assert_eq!(of("SAU", PostKind::PermanentRepresentative), [Weekday::Sat, Weekday::Sun]);
        assert_eq!(of("SAU", PostKind::PermanentRepresentativeGeneva), [Weekday::Sat, Weekday::Sun]);
        assert_eq!(of("SAU", PostKind::Embassy), [Weekday::Sat, Weekday::Sun]);
    }

    #[test]
    fn every_shipped_state_has_days_of_rest_and_days_of_work() {
        assert_eq!(STATES.len(), 195);
        assert!(STATES.values().all(|days| (1..=2).contains(&days.len())), "{:?}", *STATES);
    }
}
