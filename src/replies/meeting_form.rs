//! The forms of a meeting and of a promise: every field checked at once, what was typed kept. Must not store anything.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    domain::{
        letter::PostKind,
        meeting::{MeetingLevel, MeetingStatus, PromiseStatus},
        name::clean_line,
        prose,
    },
    entities::{account, meeting, promise},
    platform::http::forms::FormErrors,
    states::Directory,
};

const LONGEST_LINE: usize = 300;
const LONGEST_NOTES: usize = 20_000;
const LONGEST_PROMISE: usize = 2000;
/// Nobody plans further.
const FURTHEST: Days = Days::new(5 * 366);

/// What was typed of a meeting. Everything is text: a wrong value comes back as typed.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct MeetingForm {
    pub country: String,
    pub status: String,
    pub level: String,
    pub post: String,
    pub met: String,
    pub met_on: String,
    pub place: String,
    pub people: String,
    pub notes: String,
    /// The answer that offered it.
    pub reply: String,
    /// Recognises a double click.
    pub submission_key: String,
    /// The revision that was changed.
    pub seen: String,
}

/// A meeting without a fault.
#[derive(Clone, Debug)]
pub struct NewMeeting {
    /// The state.
    pub iso3: String,
    /// How it stands.
    pub status: MeetingStatus,
    /// At what level.
    pub level: MeetingLevel,
    /// An office of the register.
    pub post: Option<PostKind>,
    /// Whom one met, in words.
    pub met: String,
    /// The day.
    pub met_on: Option<NaiveDate>,
    /// Place or way.
    pub place: String,
    /// Who was there of ours.
    pub people: String,
    /// What was said.
    pub notes: String,
    /// The answer that offered it.
    pub reply: Option<Uuid>,
    /// Recognises a double click.
    pub submission_key: String,
}

impl MeetingForm {
    /// A meeting as the form shows it.
    pub(super) fn of(row: &meeting::Model) -> Self {
        Self {
            country: row.iso3.clone(),
            status: row.status.clone(),
            level: row.level.clone(),
            post: row.post_kind.clone().unwrap_or_default(),
            met: row.met.clone(),
            met_on: row.met_on.map(|day| day.to_string()).unwrap_or_default(),
            place: row.place.clone(),
            people: row.people.clone(),
            notes: row.notes.clone(),
            seen: row.revision.to_string(),
            ..Self::default()
        }
    }

    /// Checks every field and returns all faults at once.
    pub(super) fn check(&self, states: &Directory, today: NaiveDate) -> Result<NewMeeting, FormErrors> {
        let mut errors = FormErrors::default();
        let state = states.state(self.country.trim());
        if state.is_none() {
            errors.add("country", "meeting-error-country");
        }
        let status = self.status.parse::<MeetingStatus>().map_err(|_| errors.add("status", "meeting-error-status")).ok();
        let met_on = day(&self.met_on, today).map_err(|()| errors.add("met_on", "meeting-error-day")).unwrap_or_default();
        if status == Some(MeetingStatus::Held) {
            match met_on {
                None => errors.add("met_on", "meeting-error-day-missing"),
                Some(day) if day > today => errors.add("met_on", "meeting-error-day-future"),
                Some(_) => {}
            }
        }
        let level = self.level.parse::<MeetingLevel>().map_err(|_| errors.add("level", "meeting-error-level")).ok();
        let post = Some(self.post.as_str()).filter(|key| !key.is_empty()).map(str::parse::<PostKind>);
        if matches!(post, Some(Err(_))) {
            errors.add("post", "meeting-error-post");
        }
        let post = post.and_then(Result::ok);
        let mut line = |field: &'static str, typed: &str| {
            clean_line(typed, LONGEST_LINE).map_err(|_| errors.add(field, "meeting-error-line")).unwrap_or_default()
        };
        let (met, place, people) = (line("met", &self.met), line("place", &self.place), line("people", &self.people));
        if post.is_none() && met.is_empty() {
            errors.add("met", "meeting-error-met");
        }
        let notes = prose::clean(&self.notes).filter(|notes| notes.chars().count() <= LONGEST_NOTES);
        if notes.is_none() {
            errors.add("notes", "meeting-error-notes");
        }
        let (Some(state), Some(status), Some(level), Some(notes), true) = (state, status, level, notes, errors.is_empty()) else {
            return Err(errors);
        };
        Ok(NewMeeting {
            iso3: state.iso3.clone(),
            status,
            level,
            post,
            met,
            met_on,
            place,
            people,
            notes,
            reply: self.reply.parse().ok(),
            submission_key: submission_key(&self.submission_key),
        })
    }
}

/// What was typed of a promise.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct PromiseForm {
    pub text: String,
    pub due_on: String,
    pub owner: String,
    pub status: String,
    pub settled_on: String,
    pub note: String,
    pub submission_key: String,
    pub seen: String,
}

/// A promise without a fault.
#[derive(Clone, Debug)]
pub struct NewPromise {
    /// What was promised.
    pub text: String,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// Who asks after it.
    pub owner: Option<Uuid>,
    /// What became of it.
    pub status: PromiseStatus,
    /// When it was kept, broken or taken back.
    pub settled_on: Option<NaiveDate>,
    /// How that is known.
    pub note: String,
    /// Recognises a double click.
    pub submission_key: String,
}

impl PromiseForm {
    /// A promise as the form shows it.
    pub(super) fn of(row: &promise::Model) -> Self {
        Self {
            text: row.text.clone(),
            due_on: row.due_on.map(|day| day.to_string()).unwrap_or_default(),
            owner: row.owner_id.map(|id| id.to_string()).unwrap_or_default(),
            status: row.status.clone(),
            settled_on: row.settled_on.map(|day| day.to_string()).unwrap_or_default(),
            note: row.settle_note.clone(),
            submission_key: String::new(),
            seen: row.revision.to_string(),
        }
    }

    /// Checks every field; `accounts` are those who may ask after it. A new promise is open.
    pub(super) fn check(&self, accounts: &[&account::Model], today: NaiveDate, is_new: bool) -> Result<NewPromise, FormErrors> {
        let mut errors = FormErrors::default();
        let text = prose::clean(&self.text).filter(|text| !text.is_empty() && text.chars().count() <= LONGEST_PROMISE);
        if text.is_none() {
            errors.add("text", "promise-error-text");
        }
        let due_on = day(&self.due_on, today).map_err(|()| errors.add("due_on", "meeting-error-day")).unwrap_or_default();
        let owner = Some(self.owner.as_str()).filter(|id| !id.is_empty());
        let known = owner.and_then(|id| id.parse::<Uuid>().ok()).filter(|id| accounts.iter().any(|account| account.id == *id));
        if owner.is_some() && known.is_none() {
            errors.add("owner", "promise-error-owner");
        }
        let status = if is_new { Ok(PromiseStatus::Open) } else { self.status.parse::<PromiseStatus>() };
        let status = status.map_err(|_| errors.add("status", "promise-error-status")).ok();
        let settled_on = match status {
            None | Some(PromiseStatus::Open) => None,
            Some(_) => match day(&self.settled_on, today) {
                Ok(Some(day)) if day <= today => Some(day),
                _ => {
                    errors.add("settled_on", "promise-error-settled");
                    None
                }
            },
        };
        let note = prose::clean(&self.note).filter(|note| note.chars().count() <= LONGEST_PROMISE);
        if note.is_none() {
            errors.add("note", "promise-error-note");
        }
        match (text, status, note) {
            (Some(text), Some(status), Some(note)) if errors.is_empty() => Ok(NewPromise {
                text,
                due_on,
                owner: known,
                status,
                settled_on,
                note,
                submission_key: submission_key(&self.submission_key),
            }),
            _ => Err(errors),
        }
    }
}

/// A day people can mean; none where nothing was typed.
fn day(typed: &str, today: NaiveDate) -> Result<Option<NaiveDate>, ()> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let earliest = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
    let latest = today.checked_add_days(FURTHEST).unwrap_or(today);
    typed.parse::<NaiveDate>().ok().filter(|day| (earliest..=latest).contains(day)).map(Some).ok_or(())
}

/// The form's own key, or a new one: two forms without a key are not one.
fn submission_key(typed: &str) -> String {
    let key: String = typed.chars().filter(char::is_ascii_graphic).take(64).collect();
    if key.is_empty() { Uuid::now_v7().to_string() } else { key }
}
