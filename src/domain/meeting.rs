//! Meetings with a state and what was promised there (R42): how they stand, at what level, and the words that thank for one. Must not know
//! what was said, and makes nothing public.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{campaign::Words, keyed::keyed, language::Language, phrase};

keyed! {
    /// How a meeting stands.
    MeetingStatus {
        /// Asked for, by us or by them.
        Requested = "requested",
        /// It took place.
        Held = "held",
        /// One side said no.
        Declined = "declined",
    }
}

keyed! {
    /// The level of whoever one meets.
    MeetingLevel {
        /// A minister, or above.
        Minister = "minister",
        /// A deputy minister or state secretary.
        DeputyMinister = "deputy_minister",
        /// An ambassador or permanent representative, or a deputy.
        Ambassador = "ambassador",
        /// A director or head of department.
        Director = "director",
        /// A legal adviser or desk officer.
        Adviser = "adviser",
    }
}

keyed! {
    /// What became of a promise.
    PromiseStatus {
        /// Not yet known.
        Open = "open",
        /// They did it.
        Kept = "kept",
        /// They did not.
        Broken = "broken",
        /// They took it back.
        Withdrawn = "withdrawn",
    }
}

impl PromiseStatus {
    /// Whether somebody has to ask after it on this day.
    pub fn is_overdue(self, due_on: Option<NaiveDate>, today: NaiveDate) -> bool {
        self == Self::Open && due_on.is_some_and(|due_on| due_on < today)
    }
}

/// What the words of thanks may say beside themselves: who writes, and the day. Nothing that was said or promised.
pub const THANKS_VARIABLES: [&str; 2] = ["meeting.date", "sender.name"];

/// The words of a letter that thanks for a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThanksWords {
    /// Its subject.
    pub subject: Words,
    /// Its paragraphs, an empty line between them.
    pub text: Words,
}

impl ThanksWords {
    /// What is broken or unknown in them, in these languages.
    pub fn faults(&self, languages: &[Language]) -> Vec<String> {
        let mut faults = Vec::new();
        for (language, sentence) in
            languages.iter().flat_map(|language| [&self.subject, &self.text].map(|words| (language, words.get(*language))))
        {
            match phrase::variables(sentence) {
                Err(fault) => faults.push(format!("thanks in {language}: {fault}")),
                Ok(names) => {
                    let unknown = names.into_iter().filter(|name| !THANKS_VARIABLES.contains(name));
                    faults.extend(unknown.map(|name| format!("thanks in {language}: unknown variable {name}")));
                }
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// R42
    #[test]
    fn only_an_open_promise_with_a_day_behind_us_is_overdue() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
        assert!(PromiseStatus::Open.is_overdue(Some(day(22)), day(23)));
        assert!(!PromiseStatus::Open.is_overdue(Some(day(23)), day(23)));
        assert!(!PromiseStatus::Open.is_overdue(None, day(23)));
        assert!(
            [PromiseStatus::Kept, PromiseStatus::Broken, PromiseStatus::Withdrawn]
                .iter()
                .all(|status| !status.is_overdue(Some(day(1)), day(23)))
        );
    }

    /// R42: words of thanks cannot ask for what was said.
    #[test]
    fn thanks_that_ask_for_more_than_the_day_are_refused() {
        let words = |text: &str| ThanksWords { subject: Words::untranslated("Thanks"), text: Words::untranslated(text) };
        assert_eq!(words("{{ sender.name }} thanks you for {{ meeting.date }}.").faults(&[Language::En]), [""; 0]);
        assert_eq!(words("{{ meeting.notes }}").faults(&[Language::En]).len(), 1);
        assert_eq!(words("{{ meeting.date").faults(&[Language::En]).len(), 1);
    }
}
