//! One piece of evidence that may be stored: what of the typed is checked, and the hash of its content. The same for all ways in. Must not
//! touch the database.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::domain::{
    campaign::{Campaign, parse_date},
    evidence::{Capacity, CoderConfidence, EARLIEST_YEAR, EvidenceKind, EvidenceVisibility, IssueStance, Scope},
    prose,
};

pub use super::typed::{COLUMNS, Typed};

/// Characters of a summary or a note.
const LONGEST_PROSE: usize = 4000;
/// How much of the content's hash the column keeps; the rest counts revisions, so that a row may return to an earlier wording.
const HASH_KEPT: usize = 56;

/// Evidence that was checked and may be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The state.
    pub iso3: String,
    /// What kind of act.
    pub kind: EvidenceKind,
    /// A level of the campaign's scale.
    pub direction: Option<String>,
    /// The last day it can have happened.
    pub occurred_on: NaiveDate,
    /// day, month or year.
    pub precision: String,
    /// Key of the forum.
    pub forum: Option<String>,
    /// Number of the session.
    pub session: Option<String>,
    /// Key of an event of the campaign.
    pub event: Option<String>,
    /// The meeting as the source names it.
    pub event_label: Option<String>,
    /// Document symbol.
    pub document: Option<String>,
    /// Where it can be read.
    pub source_url: Option<String>,
    /// What kind of source.
    pub source_kind: Option<String>,
    /// What bearing it has.
    pub scope: Scope,
    /// Import key of the row that says the same.
    pub duplicate_of: Option<String>,
    /// In what capacity the state appears.
    pub capacity: Capacity,
    /// Code of the group.
    pub group_code: Option<String>,
    /// Name of the group.
    pub group_name: Option<String>,
    /// What was said or done.
    pub summary: String,
    /// Language of the source.
    pub language: Option<String>,
    /// Who coded it.
    pub coder: String,
    /// How sure the coder is.
    pub confidence: CoderConfidence,
    /// Who may see it.
    pub visibility: EvidenceVisibility,
    /// Reservations.
    pub note: Option<String>,
    /// Issues it speaks to.
    pub issues: BTreeMap<String, IssueStance>,
}

/// A field that cannot be stored as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {fault}")]
pub struct Fault {
    /// The field, by its name in the file and the form.
    pub field: &'static str,
    /// What is wrong with it.
    pub fault: FaultKind,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultKind {
    /// Nothing stands there.
    #[error("is empty")]
    Empty,
    /// Not one of the values it may have.
    #[error("is none of the known values")]
    Unknown,
    /// Not a date, or not with the precision given.
    #[error("is no date of the form 2027, 2027-01 or 2027-01-31")]
    Date,
    /// A day that has not come.
    #[error("lies in the future")]
    Future,
    /// Not an http or https address.
    #[error("is no http or https address")]
    Address,
    /// Control characters.
    #[error("holds a control character")]
    Control,
    /// Longer than can be stored.
    #[error("is too long")]
    Long,
    /// Public, and a sentence of it stands in what a state told us in private.
    #[error("repeats a private reply")]
    Private,
    /// Public evidence that nobody could check.
    #[error("a public item needs an address or a document")]
    Unsourced,
}

impl FaultKind {
    /// Last part of the message's key.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Unknown => "unknown",
            Self::Date => "date",
            Self::Future => "future",
            Self::Address => "address",
            Self::Control => "control",
            Self::Long => "long",
            Self::Private => "private",
            Self::Unsourced => "unsourced",
        }
    }
}

impl Typed {
    /// Checks every field. `is_state` knows the codes of states.
    ///
    /// # Errors
    /// All faults, in the order of the fields.
    pub fn check(&self, campaign: &Campaign, is_state: impl Fn(&str) -> bool, today: NaiveDate) -> Result<Item, Vec<Fault>> {
        let mut check = Check { faults: Vec::new() };
        let iso3 = self.iso3.trim().to_uppercase();
        if !is_state(&iso3) {
            check.fault("iso3", if iso3.is_empty() { FaultKind::Empty } else { FaultKind::Unknown });
        }
        let kind = check.keyed("type", &self.kind, None);
        let direction = check.optional("direction", &self.direction, 32);
        if direction.as_deref().is_some_and(|key| campaign.stance(key).is_none_or(|stance| stance.score.is_none())) {
            check.fault("direction", FaultKind::Unknown);
        }
        let date = check.date(&self.date, &self.date_precision, today);
        let forum = check.optional("forum", &self.forum, 64);
        if forum.as_deref().is_some_and(|key| !campaign.forum.iter().any(|forum| forum.key == key)) {
            check.fault("forum", FaultKind::Unknown);
        }
        let session = check.optional("session", &self.session, 64);
        let event = check.optional("event", &self.event, 128);
        if event.as_deref().is_some_and(|key| !campaign.event.iter().any(|event| event.key == key)) {
            check.fault("event", FaultKind::Unknown);
        }
        let event_label = check.optional("event_label", &self.event_label, 255);
        let document = check.optional("document", &self.document, 128);
        let source_url = check.optional("source_url", &self.source_url, 2000);
        if source_url.as_deref().is_some_and(|url| !is_web_address(url)) {
            check.fault("source_url", FaultKind::Address);
        }
        let source_kind = check.optional("source_kind", &self.source_kind, 64);
        let capacity = check.keyed("capacity", &self.capacity, Some(Capacity::National));
        let group_name = check.optional("group_name", &self.group_name, 128);
        let group_code = check.optional("group_code", &self.group_code, 32);
        let issues = check.issues(&self.issues, campaign);
        let summary = check.prose("summary", &self.summary);
        if summary.is_none() {
            check.fault("summary", FaultKind::Empty);
        }
        let language = check.optional("language", &self.language, 8);
        let coder = check.optional("coder", &self.coder, 128);
        let confidence = check.keyed("confidence", &self.confidence, None);
        let visibility = check.keyed("visibility", &self.visibility, None);
        if visibility == Some(EvidenceVisibility::Public) && source_url.is_none() && document.is_none() {
            check.fault("source_url", FaultKind::Unsourced);
        }
        let scope = check.keyed("scope", &self.scope, Some(Scope::Overall));
        let duplicate_of = check.optional("duplicate_of", &self.duplicate_of, 64);
        let note = check.prose("note", &self.note);
        let whole = (kind, date, capacity, summary, confidence, visibility, scope);
        let (Some(kind), Some((occurred_on, precision)), Some(capacity), Some(summary), Some(confidence), Some(visibility), Some(scope)) =
            whole
        else {
            return Err(check.faults);
        };
        if !check.faults.is_empty() {
            return Err(check.faults);
        }
        let precision = precision.to_owned();
        let coder = coder.unwrap_or_default();
        Ok(Item {
            iso3,
            kind,
            direction,
            occurred_on,
            precision,
            forum,
            session,
            event,
            event_label,
            document,
            source_url,
            source_kind,
            scope,
            duplicate_of,
            capacity,
            group_code,
            group_name,
            summary,
            language,
            coder,
            confidence,
            visibility,
            note,
            issues,
        })
    }
}

/// A web address that may become a link.
pub fn is_web_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !url.chars().any(|c| c.is_whitespace() || c.is_control()))
}

struct Check {
    faults: Vec<Fault>,
}

impl Check {
    fn fault(&mut self, field: &'static str, fault: FaultKind) {
        if !self.faults.iter().any(|known| known.field == field) {
            self.faults.push(Fault { field, fault });
        }
    }

    fn optional(&mut self, field: &'static str, text: &str, longest: usize) -> Option<String> {
        self.kept(field, prose::clean_line(text), longest)
    }

    fn prose(&mut self, field: &'static str, text: &str) -> Option<String> {
        self.kept(field, prose::clean(text), LONGEST_PROSE)
    }

    fn kept(&mut self, field: &'static str, text: Option<String>, longest: usize) -> Option<String> {
        let Some(text) = text else {
            self.fault(field, FaultKind::Control);
            return None;
        };
        if text.chars().count() > longest {
            self.fault(field, FaultKind::Long);
        }
        (!text.is_empty()).then_some(text)
    }

    fn keyed<T: std::str::FromStr>(&mut self, field: &'static str, text: &str, empty: Option<T>) -> Option<T> {
        let text = text.trim();
        if text.is_empty() {
            if empty.is_none() {
                self.fault(field, FaultKind::Empty);
            }
            return empty;
        }
        let known = text.parse().ok();
        if known.is_none() {
            self.fault(field, FaultKind::Unknown);
        }
        known
    }

    /// The last day of a date: an item must not count before it can have happened.
    fn date(&mut self, text: &str, precision: &str, today: NaiveDate) -> Option<(NaiveDate, &'static str)> {
        let Some((first, last, known)) = parse_date(text.trim()) else {
            self.fault("date", if text.trim().is_empty() { FaultKind::Empty } else { FaultKind::Date });
            return None;
        };
        if first > today {
            self.fault("date", FaultKind::Future);
        } else if first.year() < EARLIEST_YEAR {
            self.fault("date", FaultKind::Date);
        }
        let precision = precision.trim();
        if !precision.is_empty() && precision != known {
            self.fault("date", FaultKind::Date);
        }
        Some((last, known))
    }

    fn issues(&mut self, text: &str, campaign: &Campaign) -> BTreeMap<String, IssueStance> {
        let mut issues = BTreeMap::new();
        for entry in text.split(';').map(str::trim).filter(|entry| !entry.is_empty()) {
            let (code, stance) = entry.split_once(':').unwrap_or((entry, IssueStance::Unclear.key()));
            match stance.parse() {
                Ok(stance) if campaign.issue(code).is_some() => drop(issues.insert(code.to_owned(), stance)),
                _ => self.fault("issues", FaultKind::Unknown),
            }
        }
        issues
    }
}

impl Item {
    /// What the content hash of the `revision`th row with the same key holds: the content first, then the count.
    pub fn content_hash(&self, revision: usize) -> String {
        let content = serde_json::to_vec(self).unwrap_or_default();
        let mut hash = hex::encode(Sha256::digest(content));
        hash.truncate(HASH_KEPT);
        hash.push_str(&format!("{revision:08x}"));
        hash
    }

    /// Whether a stored hash is of this content, in whatever revision.
    pub fn is_content_of(&self, stored_hash: &str) -> bool {
        self.content_hash(0).get(..HASH_KEPT) == stored_hash.get(..HASH_KEPT)
    }
}

/// The revision a stored hash counts.
pub fn revision_of(stored_hash: &str) -> usize {
    stored_hash.get(HASH_KEPT..).and_then(|count| usize::from_str_radix(count, 16).ok()).unwrap_or(0)
}
