//! Which states a reader asked to see, and as of when: the part of the address after the question mark. What it does not know it leaves out and says
//! so: another board than the one asked for would be a wrong one. Must not query anything.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::{board::AsOf, momentum_view::Window};
use crate::{campaigns::Current, domain::evidence::EARLIEST_YEAR, platform::http::forms::FormErrors, states::Directory};

/// What a state may be on one issue, in the order of the legend.
pub(super) const ISSUE_KEYS: [&str; 5] = ["supports", "open", "opposes", "unclear", "no_data"];

/// How many of these, from the first on, say which way a state leans.
pub(super) const DIRECTED: usize = 3;

/// As it stands in the address.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Query {
    /// Key of a level.
    pub stance: String,
    /// Code of a group or region.
    pub group: String,
    /// Code of an issue.
    pub issue: String,
    /// A day.
    pub as_of: String,
    /// A day: only what had been recorded by its end.
    pub recorded: String,
    /// `session`, or empty for cumulative.
    pub window: String,
}

/// As understood.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Only what the site knows; days as they were typed.
    pub query: Query,
    /// The two times.
    pub at: AsOf,
    /// Today's board, with everything recorded.
    pub is_now: bool,
    /// Of the momentum plot.
    pub window: Window,
    /// What is not known, and what is wrong with the days.
    pub errors: FormErrors,
}

impl Selection {
    /// Reads a query against what campaign and directory know.
    pub fn read(mut query: Query, campaign: &Current, states: &Directory, now: DateTime<Utc>) -> Self {
        for value in [&mut query.stance, &mut query.group, &mut query.issue, &mut query.as_of, &mut query.recorded] {
            *value = value.trim().chars().take(64).collect();
        }
        let mut errors = FormErrors::default();
        let mut keep = |value: &mut String, field: &'static str, is_known: bool| {
            if !value.is_empty() && !is_known {
                errors.add(field, "publishing-error-unknown");
                value.clear();
            }
        };
        let is_issue = campaign.config.issue(&query.issue).is_some();
        keep(&mut query.issue, "issue", is_issue);
        let is_level = campaign.config.stance(&query.stance).is_some();
        let is_issue_stance = ISSUE_KEYS.contains(&query.stance.as_str());
        keep(&mut query.stance, "stance", is_level || is_issue_stance);
        // Whoever turns from the whole to an issue, or back, brings a stance of the other scale along: no fault of theirs.
        if !(if query.issue.is_empty() { is_level } else { is_issue_stance }) {
            query.stance.clear();
        }
        let is_group = states.group(&query.group).is_some();
        keep(&mut query.group, "group", is_group);
        if query.window != "session" {
            query.window.clear();
        }
        let today = now.date_naive();
        let mut day = |text: &str, field: &'static str| {
            if text.is_empty() {
                return None;
            }
            match text.parse::<NaiveDate>() {
                Ok(day) if day.year() < EARLIEST_YEAR => errors.add(field, "publishing-error-early-day"),
                Ok(day) if day <= today => return Some(day),
                Ok(_) => errors.add(field, "publishing-error-future-day"),
                Err(_) => errors.add(field, "publishing-error-day"),
            }
            None
        };
        let (valid, recorded) = (day(&query.as_of, "as_of"), day(&query.recorded, "recorded"));
        let end_of = |day: NaiveDate| day.succ_opt().map_or(now, |next| next.and_time(NaiveTime::MIN).and_utc());
        let at = AsOf { day: valid.unwrap_or(today), known: recorded.map_or(now, |day| end_of(day).min(now)) };
        let window = if query.window.is_empty() { Window::Cumulative } else { Window::Session };
        Self { query, at, is_now: valid.is_none_or(|day| day == today) && recorded.is_none(), window, errors }
    }

    /// The address of `path` with this selection changed by `change`.
    pub fn href(&self, path: &str, change: impl FnOnce(&mut Query)) -> String {
        let mut query = self.query.clone();
        change(&mut query);
        let pairs = [
            ("stance", query.stance),
            ("group", query.group),
            ("issue", query.issue),
            ("as_of", query.as_of),
            ("recorded", query.recorded),
            ("window", query.window),
        ];
        let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        match serde_html_form::to_string(given) {
            Ok(text) if !text.is_empty() => format!("{path}?{text}"),
            _ => path.to_owned(),
        }
    }

    /// Whether a state belongs to the group asked for, on the day asked for.
    pub fn has_group(&self, states: &Directory, iso3: &str) -> bool {
        self.query.group.is_empty() || states.groups_of(iso3, self.at.day).contains(&self.query.group)
    }
}
