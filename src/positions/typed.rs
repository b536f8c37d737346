//! One piece of evidence as text, field by field: from a line of a file, from the form at the desk, from a proposal, and back into a line.
//! Must not judge what stands in it; `item` does.

use crate::entities::evidence;

/// The columns, of the shipped file, of what is imported and of what is exported.
pub const COLUMNS: [&str; 25] = [
    "id",
    "iso3",
    "type",
    "direction",
    "date",
    "date_precision",
    "forum",
    "session",
    "event",
    "event_label",
    "document",
    "source_url",
    "source_kind",
    "capacity",
    "group_name",
    "group_code",
    "issues",
    "summary",
    "language",
    "coder",
    "confidence",
    "visibility",
    "scope",
    "duplicate_of",
    "note",
];

/// Evidence as typed: every field as text, in the names of the shipped file.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Typed {
    /// Import key.
    pub id: String,
    /// ISO 3166-1 alpha-3.
    pub iso3: String,
    /// Kind of act.
    #[serde(rename = "type")]
    pub kind: String,
    /// A level of the scale, or nothing.
    pub direction: String,
    /// 2027, 2027-01 or 2027-01-31.
    pub date: String,
    /// day, month or year; must fit the date where it is given.
    pub date_precision: String,
    /// Key of the forum.
    pub forum: String,
    /// Number of the session.
    pub session: String,
    /// Key of an event.
    pub event: String,
    /// The meeting's name.
    pub event_label: String,
    /// Document symbol.
    pub document: String,
    /// Address of the source.
    pub source_url: String,
    /// Kind of source.
    pub source_kind: String,
    /// Capacity; national when empty.
    pub capacity: String,
    /// Name of the group.
    pub group_name: String,
    /// Code of the group.
    pub group_code: String,
    /// `code` or `code:stance`, separated by `;`. Without a stance: it spoke on it, what it wants was not coded.
    pub issues: String,
    /// What was said or done.
    pub summary: String,
    /// Language of the source.
    pub language: String,
    /// Who coded it.
    pub coder: String,
    /// high, medium or low.
    pub confidence: String,
    /// public, coalition or core.
    pub visibility: String,
    /// Scope; overall when empty.
    pub scope: String,
    /// Import key of the row that says the same.
    pub duplicate_of: String,
    /// Reservations.
    pub note: String,
}

impl Typed {
    /// A stored row as it would be typed, with its issues as code and stance.
    pub fn of(row: &evidence::Model, issues: &[(String, String)]) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let date = match row.precision.as_str() {
            "year" => row.occurred_on.format("%Y").to_string(),
            "month" => row.occurred_on.format("%Y-%m").to_string(),
            _ => row.occurred_on.to_string(),
        };
        let spoken = issues.iter().map(|(code, stance)| match stance.as_str() {
            "unclear" => code.clone(),
            stance => format!("{code}:{stance}"),
        });
        Self {
            id: text(&row.import_key),
            iso3: row.iso3.clone(),
            kind: row.kind.clone(),
            direction: text(&row.direction),
            date,
            date_precision: row.precision.clone(),
            forum: text(&row.forum),
            session: text(&row.session),
            event: text(&row.event),
            event_label: text(&row.event_label),
            document: text(&row.document),
            source_url: text(&row.source_url),
            source_kind: text(&row.source_kind),
            capacity: row.capacity.clone(),
            group_name: text(&row.group_name),
            group_code: text(&row.group_code),
            issues: spoken.collect::<Vec<_>>().join(";"),
            summary: row.summary.clone(),
            language: text(&row.language),
            coder: row.coder.clone(),
            confidence: row.confidence.clone(),
            visibility: row.visibility.clone(),
            scope: row.scope.clone(),
            duplicate_of: text(&row.duplicate_of),
            note: text(&row.note),
        }
    }

    /// The cells of a line, in the order of [`COLUMNS`].
    pub fn cells(&self) -> [&str; COLUMNS.len()] {
        [
            &self.id,
            &self.iso3,
            &self.kind,
            &self.direction,
            &self.date,
            &self.date_precision,
            &self.forum,
            &self.session,
            &self.event,
            &self.event_label,
            &self.document,
            &self.source_url,
            &self.source_kind,
            &self.capacity,
            &self.group_name,
            &self.group_code,
            &self.issues,
            &self.summary,
            &self.language,
            &self.coder,
            &self.confidence,
            &self.visibility,
            &self.scope,
            &self.duplicate_of,
            &self.note,
        ]
    }
}
