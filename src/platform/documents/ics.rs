//! Calendars for calendar programs (RFC 5545) over plain data: whole days only. Must not know what an entry stands for.

use chrono::{DateTime, NaiveDate, Utc};
use icalendar::{Calendar, Component, Event, EventLike, Property};

/// The media type of a calendar.
pub const MEDIA_TYPE: &str = "text/calendar; charset=utf-8";

/// In octets, without its end.
const LONGEST_LINE: usize = 75;

/// One entry, of whole days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The same for the same thing, whenever it is: a program that has it moves it.
    pub uid: String,
    /// First day.
    pub first: NaiveDate,
    /// Last day, itself within.
    pub last: NaiveDate,
    /// What it is called.
    pub summary: String,
    /// More words; none if empty.
    pub description: String,
    /// An address of the web.
    pub url: Option<String>,
    /// How often its days have changed.
    pub revision: u32,
    /// When it last changed, if that is known.
    pub changed_at: Option<DateTime<Utc>>,
}

/// A calendar with this name, made at the instant `at`. Lines end with CR LF and hold at most 75 octets.
pub fn write(name: &str, entries: &[Entry], at: DateTime<Utc>) -> String {
    let name = printable(name);
    let properties = [
        ("VERSION", "2.0"),
        ("PRODID", "-//Demarche//Calendar//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        // The library escapes the second of these only.
        ("NAME", &escaped(&name)),
        ("X-WR-CALNAME", &name),
    ]
    .map(|(key, value)| Property::new(key, value));
    let components = entries.iter().map(|entry| event(entry, at).into()).collect();
    let unfolded = Calendar { properties: properties.into(), components }.to_string().replace("\r\n ", "");
    unfolded.split_terminator("\r\n").fold(String::with_capacity(unfolded.len() + 64), folded)
}

/// Adds a line in pieces of at most 75 octets, each after the first behind a space that counts. The library's own last piece can have one too many.
fn folded(mut out: String, line: &str) -> String {
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > LONGEST_LINE {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}

fn event(entry: &Entry, at: DateTime<Utc>) -> Event {
    let mut event = Event::new();
    event.uid(&printable(&entry.uid)).timestamp(at).sequence(entry.revision).summary(&printable(&entry.summary));
    // The end is the first day that no longer belongs to it.
    event.starts(entry.first).ends(entry.last.succ_opt().unwrap_or(entry.last));
    // A day with something to do is not a day without time.
    event.add_property("TRANSP", "TRANSPARENT");
    if !entry.description.is_empty() {
        event.description(&printable(&entry.description));
    }
    if let Some(url) = &entry.url {
        event.url(&url.chars().filter(|c| !c.is_control()).collect::<String>());
    }
    if let Some(changed_at) = entry.changed_at {
        event.last_modified(changed_at);
    }
    event.done()
}

/// Without what would end a line.
fn printable(text: &str) -> String {
    text.replace("\r\n", "\n").chars().filter(|c| !c.is_control() || *c == '\n').collect()
}

/// For the name of a calendar, which the library takes as it stands.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

#[cfg(test)]
#[path = "ics_tests.rs"]
mod tests;
