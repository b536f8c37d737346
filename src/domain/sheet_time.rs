//! Times as web forms and spreadsheets write them: `11/20/2026 9:00:00`, `2026/11/20 9:00 AM GMT+1` (R17). Which of day and month comes first is said, not
//! guessed line by line: a guess would move signatures over the deadline.

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::keyed::keyed;

keyed! {
    /// In which order a sheet writes its dates.
    #[derive(Default)]
    TimeForm {
        /// 2026-11-20
        #[default]
        YearFirst = "year_first",
        /// 11/20/2026
        MonthFirst = "month_first",
        /// 20/11/2026
        DayFirst = "day_first",
    }
}

/// The order in which all of these can be read; of two that both fit none, so that a person says it.
pub fn guessed<'t>(cells: impl Iterator<Item = &'t str> + Clone) -> TimeForm {
    let fits = |form: TimeForm| cells.clone().filter(|cell| !cell.trim().is_empty()).all(|cell| read(cell, form, Tz::UTC).is_some());
    let fitting: Vec<TimeForm> = TimeForm::ALL.iter().copied().filter(|form| fits(*form)).collect();
    match fitting.as_slice() {
        [only] => *only,
        _ => TimeForm::default(),
    }
}

/// The instant a cell names; a time without a zone is one of `zone`. A day alone is its first moment, and of an hour the clocks show twice the first is
/// meant: nobody is made late. `None` for anything else.
pub fn read(cell: &str, form: TimeForm, zone: Tz) -> Option<DateTime<Utc>> {
    let cell = cell.trim();
    if let Ok(instant) = cell.parse::<DateTime<Utc>>() {
        return Some(instant);
    }
    let (date, rest) = cell.split_once([' ', 'T', '\u{a0}', '\u{202f}']).unwrap_or((cell, ""));
    let date = day(date.trim_end_matches(','), form)?;
    let mut time = NaiveTime::MIN;
    let mut offset = None;
    let mut words = rest.split([' ', '\u{a0}', '\u{202f}']).filter(|word| !word.is_empty());
    if let Some(word) = words.next() {
        time = clock(word)?;
        for word in words {
            match word.to_ascii_lowercase().as_str() {
                "am" | "a.m." => time = twelve(time, 0)?,
                "pm" | "p.m." => time = twelve(time, 12)?,
                other => offset = Some(distance(other)?),
            }
        }
    }
    let local: NaiveDateTime = date.and_time(time);
    match offset {
        Some(offset) => offset.from_local_datetime(&local).single().map(|there| there.to_utc()),
        None => zone.from_local_datetime(&local).earliest().map(|there| there.to_utc()),
    }
}

fn day(date: &str, form: TimeForm) -> Option<NaiveDate> {
    let mut parts = date.split(['/', '.', '-']).map(|part| part.parse::<u32>().ok().map(|number| (number, part.len())));
    let (one, two, three) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() {
        return None;
    }
    let (year, month, day) = match form {
        TimeForm::YearFirst => (one, two, three),
        TimeForm::MonthFirst => (three, one, two),
        TimeForm::DayFirst => (three, two, one),
    };
    let year = match year {
        (year, 4) => year,
        (year, 2) if form != TimeForm::YearFirst => 2000 + year,
        _ => return None,
    };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month.0, day.0)
}

fn clock(text: &str) -> Option<NaiveTime> {
    let mut parts = text.split([':', '.']).map(|part| part.parse::<u32>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    NaiveTime::from_hms_opt(hour, minute, second)
}

/// An hour of the half of the day that begins at `from`.
fn twelve(time: NaiveTime, from: u32) -> Option<NaiveTime> {
    use chrono::Timelike;
    let hour = time.hour();
    if (1..=12).contains(&hour) { time.with_hour(hour % 12 + from) } else { None }
}

/// `GMT+1`, `UTC`, `GMT+5:30`.
fn distance(text: &str) -> Option<FixedOffset> {
    let rest = text.strip_prefix("gmt").or_else(|| text.strip_prefix("utc")).or_else(|| (text == "z").then_some(""))?;
    if rest.is_empty() {
        return FixedOffset::east_opt(0);
    }
    let (sign, rest) = match rest.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-" | "−", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "0"));
    let distance = Duration::hours(hours.parse::<u8>().ok()?.into()) + Duration::minutes(minutes.parse::<u8>().ok()?.into());
    FixedOffset::east_opt(sign * i32::try_from(distance.num_seconds()).ok()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn said(cell: &str, form: TimeForm, zone: Tz) -> String {
        read(cell, form, zone).map_or_else(|| "none".to_owned(), |at| at.format("%Y-%m-%d %H:%M:%S").to_string())
    }

    /// R17
    #[test]
    fn the_times_of_web_forms_are_read_as_their_sheet_writes_them() {
        use TimeForm::{DayFirst, MonthFirst, YearFirst};
        for (cell, form, instant) in [
            ("11/20/2026 9:00:00", MonthFirst, "2026-11-20 09:00:00"),
            ("20/11/2026 09:00", DayFirst, "2026-11-20 09:00:00"),
            ("20.11.2026 09.00", DayFirst, "2026-11-20 09:00:00"),
            ("2026/11/20 9:00:00 PM GMT+1", YearFirst, "2026-11-20 20:00:00"),
            ("2026/11/20 12:05 a.m. GMT-3:30", YearFirst, "2026-11-20 03:35:00"),
            ("2026-11-20", YearFirst, "2026-11-20 00:00:00"),
            ("2026-11-20T09:00:00+02:00", DayFirst, "2026-11-20 07:00:00"),
            ("11/20/26, 9:00 AM", MonthFirst, "2026-11-20 09:00:00"),
            ("20/11/2026 9:00", MonthFirst, "none"),
            ("2026-11-20 25:00", YearFirst, "none"),
            ("11/20/2026 13:00 PM", MonthFirst, "none"),
            ("11/20/2026 9:00 soon", MonthFirst, "none"),
            ("20-11-20", YearFirst, "none"),
            ("yesterday", YearFirst, "none"),
            ("", YearFirst, "none"),
        ] {
            assert_eq!(said(cell, form, Tz::UTC), instant, "{cell}");
        }
    }

    /// R17, R7: the sheet's own clock, and its changes.
    #[test]
    fn a_time_without_a_zone_is_one_of_the_sheets() {
        let new_york = chrono_tz::America::New_York;
        assert_eq!(said("11/20/2026 9:00", TimeForm::MonthFirst, new_york), "2026-11-20 14:00:00");
        assert_eq!(said("11/1/2026 1:30", TimeForm::MonthFirst, new_york), "2026-11-01 05:30:00", "shown twice: the first");
        assert_eq!(said("3/8/2026 2:30", TimeForm::MonthFirst, new_york), "none", "never shown");
        assert_eq!(said("11/20/2026 9:00 GMT+0", TimeForm::MonthFirst, new_york), "2026-11-20 09:00:00", "its own word is believed first");
    }

    /// R17
    #[test]
    fn the_order_is_guessed_only_where_one_alone_fits() {
        let order = |cells: &[&str]| guessed(cells.iter().copied());
        assert_eq!(order(&["11/20/2026 9:00", "12/1/2026 9:00"]), TimeForm::MonthFirst);
        assert_eq!(order(&["20/11/2026 9:00", "", "1/12/2026"]), TimeForm::DayFirst);
        assert_eq!(order(&["1/2/2026 9:00"]), TimeForm::YearFirst, "either could be meant: a person says it");
        assert_eq!(order(&[]), TimeForm::YearFirst);
    }
}
