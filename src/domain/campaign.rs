//! A campaign as configuration. No treaty, body, date or number stands in code: it all comes through here (R88). Must not read files itself.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use super::inexact_date::{is_past, parse_date};
pub use super::sign_on::SignOn;
use super::{language::Language, meeting::ThanksWords, plan, projection::Assumptions, sending::Sending};

/// One text in several languages, by language code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Words(pub BTreeMap<String, String>);

impl Words {
    /// The text in `language`, in English where it is missing, else nothing.
    pub fn get(&self, language: Language) -> &str {
        self.0.get(language.code()).or_else(|| self.0.get("en")).map_or("", String::as_str)
    }

    /// The same in every language: a document's symbol, or words nobody has translated.
    pub fn untranslated(text: &str) -> Self {
        Self(BTreeMap::from([(Language::En.code().to_owned(), text.to_owned())]))
    }

    fn lacks(&self, languages: &[Language]) -> Option<Language> {
        languages.iter().copied().find(|language| self.0.get(language.code()).is_none_or(|text| text.trim().is_empty()))
    }
}

/// The whole configuration of a campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// Address part.
    pub slug: String,
    /// A demonstration: every page says so.
    #[serde(default)]
    pub demo: bool,
    /// Languages pages exist in, and letters too.
    pub languages: Vec<Language>,
    /// Languages letters exist in, where they are more than those of pages (R39); see [`Campaign::languages_of_letters`].
    #[serde(default)]
    pub letter_languages: Vec<Language>,
    /// The language whose text counts.
    pub authoritative: Language,
    /// Full name.
    pub name: Words,
    /// Short name.
    pub short_name: Words,
    /// What is asked, in one sentence.
    pub summary: Words,
    /// What is being negotiated, as a noun.
    pub instrument: Words,
    /// The joint statement.
    pub text: TextSettings,
    /// The privacy notice.
    pub privacy: PrivacySettings,
    /// Rules of signing.
    pub sign_on: SignOn,
    /// Letterhead.
    pub sender: Sender,
    /// When letters pause by themselves.
    #[serde(default)]
    pub sending: Sending,
    /// The scale, strongest support first, then the special values.
    pub stance: Vec<Stance>,
    /// How positions follow from evidence.
    pub derivation: Derivation,
    /// How states of each stance are taken to vote, for estimates at the desk (R61).
    #[serde(default)]
    pub projection: Assumptions,
    /// Bodies that debate or decide.
    #[serde(default)]
    pub forum: Vec<Forum>,
    /// Sessions, the buckets of the momentum plot.
    #[serde(default)]
    pub session: Vec<Session>,
    /// Questions on which states differ.
    #[serde(default)]
    pub issue: Vec<Issue>,
    /// Groups of articles.
    #[serde(default)]
    pub cluster: Vec<Cluster>,
    /// The text under negotiation, by article.
    #[serde(default)]
    pub article: Vec<Article>,
    /// Sessions, debates, votes, deadlines.
    #[serde(default)]
    pub event: Vec<Event>,
    /// What is done before and after them (R40).
    #[serde(default)]
    pub plan: Vec<plan::Step>,
    /// The words that thank for a meeting (R42).
    #[serde(default)]
    pub thanks: Option<ThanksWords>,
    /// What the meetings that sources name are called in the languages of the campaign.
    #[serde(default)]
    pub meeting: Vec<Meeting>,
}

/// Version and stage of the statement's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextSettings {
    /// Number of the version the files hold.
    pub version: i32,
    /// draft, closed_comments, locked, open, closed or archived.
    pub stage: String,
    /// substantive or editorial.
    pub edit: String,
    /// Languages whose text no native reader has checked.
    pub unofficial: Vec<Language>,
}

/// Version of the privacy notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrivacySettings {
    /// Number of the version the files hold.
    pub version: i32,
}

/// Letterhead and signature of letters and mails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// Address for answers.
    pub email: String,
    /// Web site.
    pub website: String,
    /// First part of a letter's reference.
    pub reference_prefix: String,
    /// Name.
    pub name: Words,
    /// Place of the date line.
    pub place: Words,
    /// Who signs.
    pub signatory: Words,
    /// Lines of the address, by language code.
    pub address: BTreeMap<String, Vec<String>>,
}

/// One level of the scale, or one of the values that are no level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stance {
    /// As stored and as named in style sheets.
    pub key: String,
    /// Highest is strongest support; none for `silent` and `no_data`.
    pub score: Option<i32>,
    /// Stands beside the colour.
    pub sign: String,
    /// Label.
    pub label: Words,
    /// What a special value means.
    #[serde(default)]
    pub meaning: Option<Words>,
    /// No level: silent or without data.
    #[serde(default)]
    pub special: bool,
}

/// How positions follow from evidence; `docs/method.md` says it in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Derivation {
    /// With a valid own statement a group's counts only for issues.
    pub own_statement_prevails: bool,
    /// Age at which evidence weighs half.
    pub half_life_days: i64,
    /// Finished sessions back in which a debate makes silence telling.
    pub silent_window_sessions: i64,
    /// Speakers are missing from the record, so silence is never derived.
    pub partial_record: bool,
    /// Weight by kind of evidence.
    pub weight: BTreeMap<String, f64>,
    /// Weight by the coder's confidence.
    pub confidence: BTreeMap<String, f64>,
    /// Lowest weighted mean that still earns a level.
    pub threshold: BTreeMap<String, f64>,
}

/// A body that debates or decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forum {
    /// Key.
    pub key: String,
    /// Full name.
    pub name: Words,
    /// Short name.
    pub short_name: Words,
    /// How it decides.
    pub decision_rule: String,
    /// What applies if the rule fails.
    #[serde(default)]
    pub fallback_rule: Option<String>,
    /// agreed, provisional, disputed or open.
    pub rule_status: String,
    /// Where the rule was read.
    pub source: String,
    /// Reservations.
    #[serde(default)]
    pub note: String,
}

/// A session, from a day to a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Number.
    pub number: i32,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub until: NaiveDate,
    /// Label.
    pub label: Words,
}

/// A question on which states differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    /// Code.
    pub code: String,
    /// Articles it belongs to.
    pub articles: Vec<String>,
    /// Remark.
    #[serde(default)]
    pub note: String,
    /// Label.
    pub label: Words,
}

/// A group of articles debated together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// Number.
    pub number: i32,
    /// Label.
    pub label: Words,
}

/// An article of the text under negotiation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// Key.
    pub key: String,
    /// Cluster.
    #[serde(default)]
    pub cluster: Option<i32>,
    /// Codes of issues.
    pub issues: Vec<String>,
    /// Title.
    pub title: Words,
}

/// A session, debate, vote, deadline or step on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Key.
    pub key: String,
    /// session, debate, vote, deadline, conference or milestone.
    pub kind: String,
    /// Key of the forum.
    #[serde(default)]
    pub forum: Option<String>,
    /// As exact as its source: "2027", "2024-01" or "2024-12-04".
    pub date_start: String,
    /// As exact as its source.
    #[serde(default)]
    pub date_end: Option<String>,
    /// day, month or year.
    pub precision: String,
    /// past, planned or expected.
    pub status: String,
    /// Where it was read.
    #[serde(default)]
    pub source: String,
    /// Reservations.
    #[serde(default)]
    pub note: String,
    /// Number of the session.
    #[serde(default)]
    pub session: Option<i32>,
    /// Of a debate: whether our record holds every speaker. Not said here, `derivation.partial_record` says it for all.
    #[serde(default)]
    pub record_complete: Option<bool>,
    /// Name.
    pub name: Words,
}

/// A meeting as sources name it. Not every one is an event of the calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meeting {
    /// `event_label` of the evidence.
    pub label: String,
    /// What readers see instead.
    pub name: Words,
}

/// All that is wrong with a configuration, in one message.
#[derive(Debug, thiserror::Error)]
#[error("the campaign's configuration has faults:\n  {}", .0.join("\n  "))]
pub struct CampaignFaults(pub Vec<String>);

impl Campaign {
    /// The languages letters may be in: each has all words of a letter, or the campaign would not have been loaded (R39).
    pub fn languages_of_letters(&self) -> &[Language] {
        if self.letter_languages.is_empty() { &self.languages } else { &self.letter_languages }
    }

    /// The language of letters with this code.
    pub fn language_of_letters(&self, code: &str) -> Option<Language> {
        self.languages_of_letters().iter().copied().find(|language| language.code() == code)
    }

    /// The level or special value with this key.
    pub fn stance(&self, key: &str) -> Option<&Stance> {
        self.stance.iter().find(|stance| stance.key == key)
    }

    /// The levels with a score, strongest support first.
    pub fn levels(&self) -> impl Iterator<Item = &Stance> {
        self.stance.iter().filter(|stance| stance.score.is_some())
    }

    /// The issue with this code.
    pub fn issue(&self, code: &str) -> Option<&Issue> {
        self.issue.iter().find(|issue| issue.code == code)
    }

    /// What a meeting is called that a source names so: as the source has it where the campaign has no words for it.
    pub fn meeting(&self, label: &str) -> Words {
        let known = self.meeting.iter().find(|meeting| meeting.label == label);
        known.map_or_else(|| Words::untranslated(label), |meeting| meeting.name.clone())
    }

    /// The session a day falls in.
    pub fn session_on(&self, day: NaiveDate) -> Option<&Session> {
        self.session.iter().find(|session| session.from <= day && day <= session.until)
    }

    /// Checks what the types cannot.
    ///
    /// # Errors
    /// One error that lists all faults.
    pub fn validate(&self) -> Result<(), CampaignFaults> {
        let mut faults = Vec::new();
        let mut words_in = |languages: &[Language], what: String, words: &Words| {
            if let Some(language) = words.lacks(languages) {
                faults.push(format!("{what}: no text in {language}"));
            }
        };
        let mut words = |what: String, words: &Words| words_in(&self.languages, what, words);
        words("name".into(), &self.name);
        words("summary".into(), &self.summary);
        words("sign_on.warning".into(), &self.sign_on.warning);
        self.stance.iter().for_each(|stance| words(format!("stance {}", stance.key), &stance.label));
        self.issue.iter().for_each(|issue| words(format!("issue {}", issue.code), &issue.label));
        self.plan.iter().for_each(|step| words(format!("plan {}", step.key), &step.name));
        // What letters print is there in each of their languages: none of it is ever English in a letter that is not.
        let of_letters = self.languages_of_letters();
        let mut words = |what: String, words: &Words| words_in(of_letters, what, words);
        words("sender.name".into(), &self.sender.name);
        let given = [("sender.place", &self.sender.place), ("sender.signatory", &self.sender.signatory)];
        given.into_iter().filter(|(_, given)| !given.0.is_empty()).for_each(|(what, given)| words(what.into(), given));
        self.event.iter().for_each(|event| words(format!("event {}", event.key), &event.name));
        self.meeting.iter().for_each(|meeting| words(format!("meeting {:?}", meeting.label), &meeting.name));
        if let Some(thanks) = &self.thanks {
            words("thanks.subject".into(), &thanks.subject);
            words("thanks.text".into(), &thanks.text);
            faults.extend(thanks.faults(of_letters));
        }
        let address = &self.sender.address;
        let without = of_letters.iter().filter(|language| !address.is_empty() && !address.contains_key(language.code()));
        faults.extend(without.map(|language| format!("sender.address: no lines in {language}")));
        faults.extend(
            self.languages
                .iter()
                .filter(|language| !language.is_of_interface())
                .map(|language| format!("languages: pages are not in {language}; letters may be, with letter_languages")),
        );
        let lacking = self.languages.iter().filter(|language| !of_letters.contains(language));
        faults.extend(lacking.map(|language| format!("letter_languages: {language} is missing, which pages are in")));
        if !self.languages.contains(&self.authoritative) {
            faults.push("authoritative: not among the languages".into());
        }
        if self.levels().count() < 2 {
            faults.push("stance: a scale has at least two levels".into());
        }
        faults.extend(self.projection.faults(&self.stance));
        for special in ["silent", "no_data"] {
            if !self.stance(special).is_some_and(|stance| stance.special) {
                faults.push(format!("stance: the special value {special} is missing"));
            }
        }
        for event in &self.event {
            if parse_date(&event.date_start).is_none() || event.date_end.as_deref().is_some_and(|date| parse_date(date).is_none()) {
                faults.push(format!("event {}: a date is 2027, 2027-01 or 2027-01-31", event.key));
            }
        }
        faults.extend(plan::faults(&self.plan));
        faults.extend(self.sign_on.faults());
        faults.extend(self.sending.fault().map(str::to_owned));
        if faults.is_empty() { Ok(()) } else { Err(CampaignFaults(faults)) }
    }
}
