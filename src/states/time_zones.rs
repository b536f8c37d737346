//! Which clock an office goes by: New York, Geneva, or that of the state's capital (`assets/data/time_zones.csv`). Must not know what leaves when.

use std::{collections::HashMap, sync::LazyLock};

use chrono_tz::Tz;

use crate::domain::letter::{PostKind, Seat};

/// The zone of each capital, by the state's code.
static CAPITALS: LazyLock<HashMap<&str, Tz>> = LazyLock::new(|| {
    let lines = include_str!("../../assets/data/time_zones.csv").lines().skip(1);
    lines.filter_map(|line| line.split_once(',')).filter_map(|(iso3, zone)| Some((iso3, zone.parse().ok()?))).collect()
});

/// The clock of a state's office. An office beside the writers, and one of a state that the file does not have, go by Greenwich.
pub fn of(iso3: &str, post: PostKind) -> Tz {
    match post.seat() {
        Seat::NewYork => Tz::America__New_York,
        Seat::Geneva => Tz::Europe__Zurich,
        Seat::Capital => CAPITALS.get(iso3).copied().unwrap_or(Tz::UTC),
        Seat::WithTheWriters => Tz::UTC,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A zone that this program does not know would send at a wrong hour without a word.
    #[test]
    fn every_shipped_state_has_a_zone_that_is_known() {
        let states = include_str!("../../assets/data/states.csv").lines().skip(1);
        let codes: Vec<&str> = states.filter_map(|line| line.split(',').nth(1)).collect();
        assert_eq!((codes.len(), CAPITALS.len()), (195, 195));
        assert!(codes.iter().all(|code| CAPITALS.contains_key(code)));
    }

    #[test]
    fn a_mission_goes_by_new_york_and_a_ministry_by_its_capital() {
        assert_eq!(of("KEN", PostKind::PermanentRepresentative), Tz::America__New_York);
        assert_eq!(of("KEN", PostKind::PermanentRepresentativeGeneva), Tz::Europe__Zurich);
        assert_eq!(of("KEN", PostKind::ForeignMinister), Tz::Africa__Nairobi);
        assert_eq!(of("NZL", PostKind::JusticeMinister), Tz::Pacific__Auckland);
    }
}
