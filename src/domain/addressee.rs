//! An entry of the register of addressees (R27): what may stand in it, field by field, whether it was typed at the desk or came in a sheet. Must not
//! decide who is written to, nor how: an address needs the rules of `address`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    address::{Gender, Rank},
    email::EmailAddress,
    language::Language,
    name::{clean_line, turns_direction},
};

/// The longest postal address, in characters and in lines.
const POSTAL: (usize, usize) = (600, 8);
/// Further mailboxes at most.
const MAILBOXES: usize = 10;

/// An entry as typed: every field as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedEntry {
    /// Who holds the post; empty where only the office is known.
    pub holder_name: String,
    /// What stands before the name, if not what the rules put there.
    pub honorific: String,
    /// The office as the state calls it, if not as the letters call it.
    pub title: String,
    /// See [`Rank`].
    pub rank: String,
    /// See [`Gender`].
    pub gender: String,
    /// The language the office asks to be written in.
    pub language: String,
    /// Where letters go.
    pub email: String,
    /// Further mailboxes, parted by lines, commas or semicolons.
    pub other_emails: String,
    /// Lines of the address for post and for hand delivery.
    pub postal_address: String,
    /// Words of address of this person's own, in `language`.
    pub salutation: String,
    /// The same for the last sentence.
    pub closing: String,
    /// First day in office.
    pub starts_on: String,
    /// Last day in office.
    pub ends_on: String,
    /// Where this is known from.
    pub source: String,
}

/// An entry without a fault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the fields of `TypedEntry`
pub struct Entry {
    pub holder_name: Option<String>,
    pub honorific: Option<String>,
    pub title: Option<String>,
    pub rank: Option<Rank>,
    pub gender: Option<Gender>,
    pub language: Option<Language>,
    pub email: Option<EmailAddress>,
    pub other_emails: Vec<EmailAddress>,
    pub postal_address: Option<String>,
    pub salutation: Option<String>,
    pub closing: Option<String>,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub source: String,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryFault {
    /// Name of the field.
    pub field: &'static str,
    /// Key of the words beside it.
    pub code: &'static str,
}

/// Collects faults while fields are read.
struct Reading(Vec<EntryFault>);

impl Reading {
    fn fault(&mut self, field: &'static str, code: &'static str) {
        self.0.push(EntryFault { field, code });
    }

    fn line(&mut self, field: &'static str, typed: &str, longest: usize) -> Option<String> {
        match clean_line(typed, longest) {
            Ok(line) => Some(line).filter(|line| !line.is_empty()),
            Err(fault) => {
                self.fault(field, fault.code());
                None
            }
        }
    }

    fn key<T: std::str::FromStr>(&mut self, field: &'static str, typed: &str, code: &'static str) -> Option<T> {
        let typed = typed.trim();
        if typed.is_empty() {
            return None;
        }
        typed.parse().map_err(|_| self.fault(field, code)).ok()
    }

    /// The office is written to by letter alone, so that its language may be any of letters.
    fn language(&mut self, typed: &str) -> Option<Language> {
        let typed = typed.trim();
        if typed.is_empty() {
            return None;
        }
        Language::of_letters(typed).map_err(|_| self.fault("language", "register-error-language")).ok()
    }

    fn email(&mut self, field: &'static str, typed: &str) -> Option<EmailAddress> {
        if typed.trim().is_empty() {
            return None;
        }
        EmailAddress::parse(typed).map_err(|fault| self.fault(field, fault.code())).ok()
    }

    /// Several lines, cleaned one by one; empty ones are left out.
    fn lines(&mut self, field: &'static str, typed: &str) -> Option<String> {
        let (longest, most) = POSTAL;
        if typed.chars().take(longest + 1).count() > longest {
            self.fault(field, "name-too-long");
            return None;
        }
        if typed.chars().any(turns_direction) {
            self.fault(field, "name-direction");
            return None;
        }
        let mut lines = Vec::new();
        for line in typed.lines() {
            lines.extend(self.line(field, line, longest));
        }
        if lines.len() > most {
            self.fault(field, "register-error-lines");
        }
        Some(lines.join("\n")).filter(|text| !text.is_empty())
    }
}

impl TypedEntry {
    /// Reads the entry.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the fields.
    pub fn check(&self) -> Result<Entry, Vec<EntryFault>> {
        let mut reading = Reading(Vec::new());
        let holder_name = reading.line("holder_name", &self.holder_name, 200);
        if holder_name.as_deref().is_some_and(|name| !name.chars().any(char::is_alphanumeric)) {
            reading.fault("holder_name", "name-no-letter");
        }
        let mut other_emails: Vec<EmailAddress> = Vec::new();
        for typed in self.other_emails.split(['\n', ',', ';']) {
            other_emails.extend(reading.email("other_emails", typed));
        }
        if other_emails.len() > MAILBOXES {
            reading.fault("other_emails", "register-error-mailboxes");
        }
        let entry = Entry {
            holder_name,
            honorific: reading.line("honorific", &self.honorific, 64),
            title: reading.line("title", &self.title, 200),
            rank: reading.key("rank", &self.rank, "register-error-rank"),
            gender: reading.key("gender", &self.gender, "register-error-gender"),
            language: reading.language(&self.language),
            email: reading.email("email", &self.email),
            other_emails,
            postal_address: reading.lines("postal_address", &self.postal_address),
            salutation: reading.line("salutation", &self.salutation, 200),
            closing: reading.line("closing", &self.closing, 300),
            starts_on: reading.key("starts_on", &self.starts_on, "register-error-date"),
            ends_on: reading.key("ends_on", &self.ends_on, "register-error-date"),
            source: reading.line("source", &self.source, 500).unwrap_or_default(),
        };
        if entry.starts_on.zip(entry.ends_on).is_some_and(|(first, last)| last < first) {
            reading.fault("ends_on", "register-error-order");
        }
        // In which language they are nobody could say.
        if entry.language.is_none() && (entry.salutation.is_some() || entry.closing.is_some()) {
            reading.fault("language", "register-error-words-language");
        }
        if entry.says_nothing() && reading.0.is_empty() {
            reading.fault("holder_name", "register-error-nothing");
        }
        if entry.source.is_empty() && !reading.0.iter().any(|fault| fault.field == "source") {
            reading.fault("source", "register-error-source");
        }
        if reading.0.is_empty() { Ok(entry) } else { Err(reading.0) }
    }
}

impl Entry {
    /// Whether it names neither a person nor a way to reach the office.
    fn says_nothing(&self) -> bool {
        let texts = [&self.holder_name, &self.title, &self.postal_address];
        texts.iter().all(|text| text.is_none()) && self.email.is_none() && self.rank.is_none() && self.language.is_none()
    }

    /// Further mailboxes as they are kept: one a line.
    pub fn other_emails(&self) -> Option<String> {
        let all: Vec<&str> = self.other_emails.iter().map(EmailAddress::as_str).collect();
        Some(all.join("\n")).filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn sound() -> TypedEntry {
        TypedEntry {
            holder_name: " Ada  Example ".into(),
            rank: "ambassador".into(),
            gender: "f".into(),
            language: "fr".into(),
            email: "mailto:office@Mission.example".into(),
            other_emails: "first@mission.example; second@mission.example\nthird@mission.example".into(),
            postal_address: "1 Example Street\r\n\r\n  New York ".into(),
            starts_on: "2025-01-31".into(),
            source: "https://www.mission.example/team".into(),
            ..TypedEntry::default()
        }
    }

    /// R27
    #[test]
    fn an_entry_is_read_as_it_was_meant() {
        let entry = sound().check().unwrap();
        assert_eq!(entry.holder_name.as_deref(), Some("Ada Example"));
        assert_eq!(entry.email.as_ref().unwrap().as_str(), "office@mission.example");
        assert_eq!(entry.other_emails().unwrap().lines().count(), 3);
        assert_eq!(entry.postal_address.as_deref(), Some("1 Example Street\nNew York"));
        assert_eq!((entry.rank, entry.gender), (Some(Rank::Ambassador), Some(Gender::Female)));
    }

    /// R27: every fault is told at its field.
    #[test]
    fn every_fault_is_told_at_its_field() {
        let faults = |change: fn(&mut TypedEntry)| {
            let mut typed = sound();
            change(&mut typed);
            typed.check().unwrap_err().iter().map(|fault| (fault.field, fault.code)).collect::<Vec<_>>()
        };
        assert_eq!(faults(|typed| typed.holder_name = "Ada\u{202E}".into()), [("holder_name", "name-direction")]);
        assert_eq!(faults(|typed| typed.holder_name = "—".into()), [("holder_name", "name-no-letter")]);
        assert_eq!(faults(|typed| typed.rank = "emperor".into()), [("rank", "register-error-rank")]);
        assert_eq!(faults(|typed| typed.gender = "x".into()), [("gender", "register-error-gender")]);
        assert_eq!(faults(|typed| typed.language = "tlh".into()), [("language", "register-error-language")]);
        assert_eq!(faults(|typed| typed.email = "two@a.example, three@b.example".into()), [("email", "email-shape")]);
        assert_eq!(faults(|typed| typed.other_emails = "nobody".into()), [("other_emails", "email-shape")]);
        assert_eq!(faults(|typed| typed.ends_on = "2024-12-31".into()), [("ends_on", "register-error-order")]);
        assert_eq!(faults(|typed| typed.ends_on = "31/12/2024".into()), [("ends_on", "register-error-date")]);
        assert_eq!(faults(|typed| typed.source = " ".into()), [("source", "register-error-source")]);
        assert_eq!(faults(|typed| typed.postal_address = "a\n".repeat(9)), [("postal_address", "register-error-lines")]);
        assert_eq!(faults(|typed| typed.title = "x".repeat(100_000)), [("title", "name-too-long")]);
        let words = |typed: &mut TypedEntry| {
            typed.language.clear();
            typed.salutation = "Dear Ada,".into();
        };
        assert_eq!(faults(words), [("language", "register-error-words-language")]);
        let nothing = TypedEntry { source: "a list".into(), ..TypedEntry::default() }.check().unwrap_err();
        assert_eq!(nothing, [EntryFault { field: "holder_name", code: "register-error-nothing" }]);
    }
}
