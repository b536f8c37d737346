//! The days of an event as a person types them or a folder holds them (R40): as exact as their source. Must not know which event.

use std::fmt;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::inexact_date::parse_date;

/// No event of a campaign lies further ahead, or lasts longer.
const LONGEST: Days = Days::new(366);

/// When an event is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDays {
    /// First day; of the month or year where no day is known.
    pub first: NaiveDate,
    /// Last day, where it is another.
    pub last: Option<NaiveDate>,
    /// day, month or year.
    pub precision: String,
}

/// What is wrong with typed days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DaysFault {
    /// The first is no date.
    First,
    /// The last is no date, or less or more exact than the first.
    Last,
    /// It ends before it begins, or lasts for more than a year.
    Order,
}

impl EventDays {
    /// Of a first date and a last one, which may be empty: `2027`, `2027-03` or `2027-03-31`.
    ///
    /// # Errors
    /// See [`DaysFault`].
    pub fn typed(first: &str, last: &str) -> Result<Self, DaysFault> {
        let (starts, ends, precision) = parse_date(first.trim()).ok_or(DaysFault::First)?;
        let last = match last.trim() {
            "" => (starts != ends).then_some(ends),
            typed => {
                let (_, last, exactness) = parse_date(typed).ok_or(DaysFault::Last)?;
                if exactness != precision {
                    return Err(DaysFault::Last);
                }
                (last != starts).then_some(last)
            }
        };
        let end = last.unwrap_or(starts);
        if end < starts || starts.checked_add_days(LONGEST).is_none_or(|latest| end > latest) {
            return Err(DaysFault::Order);
        }
        Ok(Self { first: starts, last, precision: precision.to_owned() })
    }

    /// As they are typed again: the first and, where it says more, the last.
    pub fn as_typed(&self) -> (String, String) {
        let typed = |day: NaiveDate| match self.precision.as_str() {
            "year" => day.format("%Y").to_string(),
            "month" => day.format("%Y-%m").to_string(),
            _ => day.to_string(),
        };
        let first = typed(self.first);
        let last = self.last.map(typed).filter(|last| *last != first).unwrap_or_default();
        (first, last)
    }
}

impl fmt::Display for EventDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.first, self.last.unwrap_or(self.first), self.precision)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// R40
    #[test]
    fn days_are_as_exact_as_they_were_typed() {
        for (first, last, said) in [
            ("2027-03-01", "2027-03-04", "2027-03-01/2027-03-04/day"),
            ("2027-03-01", "", "2027-03-01/2027-03-01/day"),
            ("2027-03-01", "2027-03-01", "2027-03-01/2027-03-01/day"),
            ("2027-03", "", "2027-03-01/2027-03-31/month"),
            (" 2027 ", "", "2027-01-01/2027-12-31/year"),
        ] {
            let days = EventDays::typed(first, last).unwrap();
            assert_eq!(days.to_string(), said);
            let (first, last) = days.as_typed();
            assert_eq!(EventDays::typed(&first, &last).unwrap(), days, "typed again they are the same");
        }
    }

    #[test]
    fn an_event_does_not_end_before_it_begins() {
        for (first, last, fault) in [
            ("", "", DaysFault::First),
            ("soon", "", DaysFault::First),
            ("2027-03-01", "2027-02-28", DaysFault::Order),
            ("2027-03-01", "2028-03-04", DaysFault::Order),
            ("2027-03-01", "2027-03", DaysFault::Last),
            ("2027", "2027-03-01", DaysFault::Last),
            ("2027-03-01", "x", DaysFault::Last),
        ] {
            assert_eq!(EventDays::typed(first, last), Err(fault), "{first} {last}");
        }
    }
}
