//! Dates as exact as their source: a year, a month or a day. Must not say more than the source does.

use chrono::{Datelike, Months, NaiveDate};

/// The first and the last day of a date that may be a year or a month only, with its precision.
pub fn parse_date(text: &str) -> Option<(NaiveDate, NaiveDate, &'static str)> {
    const YEARS: std::ops::RangeInclusive<i32> = 1800..=2200;
    if let Some(day) = text.parse::<NaiveDate>().ok().filter(|day| YEARS.contains(&day.year())) {
        return Some((day, day, "day"));
    }
    let (year, month) = text.split_once('-').map_or((text, None), |(year, month)| (year, Some(month)));
    let year: i32 = year.parse().ok().filter(|year| YEARS.contains(year))?;
    let first = NaiveDate::from_ymd_opt(year, month.map_or(Some(1), |month| month.parse().ok())?, 1)?;
    let next = first.checked_add_months(Months::new(if month.is_some() { 1 } else { 12 }))?;
    Some((first, next.pred_opt()?, if month.is_some() { "month" } else { "year" }))
}

/// Whether a date with this precision lies wholly before `today`.
pub fn is_past(last_day: NaiveDate, precision: &str, today: NaiveDate) -> bool {
    match precision {
        "year" => last_day.year() < today.year(),
        "month" => (last_day.year(), last_day.month()) < (today.year(), today.month()),
        _ => last_day < today,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_inexact_date_says_no_more_than_its_source() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        assert_eq!(parse_date("2027"), Some((day(2027, 1, 1), day(2027, 12, 31), "year")));
        assert_eq!(parse_date("2024-02"), Some((day(2024, 2, 1), day(2024, 2, 29), "month")));
        assert_eq!(parse_date("2024-12-04"), Some((day(2024, 12, 4), day(2024, 12, 4), "day")));
        for bad in ["", "soon", "2024-13", "2024-12-40", "99999"] {
            assert_eq!(parse_date(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_year_is_past_only_when_it_is_over() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        assert!(!is_past(NaiveDate::from_ymd_opt(2026, 12, 31).unwrap(), "year", today));
        assert!(is_past(NaiveDate::from_ymd_opt(2026, 10, 31).unwrap(), "month", today));
        assert!(is_past(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(), "day", today));
    }
}
