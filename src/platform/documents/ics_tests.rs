//! R40: calendars as programs read them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use chrono::TimeZone;
use proptest::prelude::*;

use super::*;

fn entry(summary: &str) -> Entry {
    let day = |d| NaiveDate::from_ymd_opt(2027, 3, d).unwrap();
    Entry {
        uid: "one@campaign".to_owned(),
        first: day(1),
        last: day(4),
        summary: summary.to_owned(),
        description: String::new(),
        url: None,
        revision: 2,
        changed_at: None,
    }
}

fn at() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 9, 0, 0).unwrap()
}

/// Lines as they were before they were folded.
fn unfolded(calendar: &str) -> Vec<String> {
    calendar.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
}

fn value(calendar: &str, name: &str) -> Option<String> {
    let prefix = format!("{name}:");
    unfolded(calendar).into_iter().find_map(|line| line.strip_prefix(&prefix).map(str::to_owned))
}

fn read(escaped: &str) -> String {
    let (mut out, mut chars) = (String::new(), escaped.chars());
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                other => out.extend(other),
            },
            (c, false) => out.push(c),
        }
    }
    out
}

/// R40
#[test]
fn an_entry_has_whole_days_and_its_end_is_the_day_after() {
    let changed = Entry { url: Some("https://example.org/a,b;c".to_owned()), changed_at: Some(at()), ..entry("A, b; c\\") };
    let calendar = write("Campaign, one", &[changed], at());
    for line in [
        "PRODID:-//Demarche//Calendar//EN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Campaign\\, one",
        "UID:one@campaign",
        "DTSTAMP:20261123T090000Z",
        "DTSTART;VALUE=DATE:20270301",
        "DTEND;VALUE=DATE:20270305",
        "SEQUENCE:2",
        "LAST-MODIFIED:20261123T090000Z",
        "SUMMARY:A\\, b\\; c\\\\",
        "URL:https://example.org/a,b;c",
        "TRANSP:TRANSPARENT",
    ] {
        assert!(unfolded(&calendar).iter().any(|found| found == line), "{line} in {calendar}");
    }
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.ends_with("END:VCALENDAR\r\n"));
    assert_eq!(calendar.matches("VERSION:2.0").count(), 1);
}

/// R40: a name with line breaks is one entry, and adds no property.
#[test]
fn nothing_typed_ends_a_line() {
    let calendar = write("Name\r\nX-EVIL:1", &[entry("Title\r\nDTSTART:20000101\u{0}")], at());
    assert!(unfolded(&calendar).iter().all(|line| !line.starts_with("X-EVIL") && !line.starts_with("DTSTART:")), "{calendar}");
    assert_eq!(value(&calendar, "SUMMARY").unwrap(), "Title\\nDTSTART:20000101");
}

proptest! {
    /// R40: whatever the words, lines stay short, break between characters only, and give the words back.
    #[test]
    fn every_text_comes_back_from_its_lines(words in "[a-z ,;\\\\éж会ع😀]{0,200}") {
        let calendar = write("Campaign", &[entry(&words)], at());
        prop_assert!(calendar.split("\r\n").all(|line| line.len() <= 75));
        prop_assert!(!calendar.replace("\r\n", "").contains('\n'));
        prop_assert_eq!(read(&value(&calendar, "SUMMARY").unwrap()), words);
    }
}
