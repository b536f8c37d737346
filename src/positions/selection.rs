//! Which states a reader asked to see, and as of when: the part of the address after the question mark. What it does not know it leaves out,
//! except a day, which would otherwise give a wrong board. Must not query anything.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::{board::AsOf, momentum_view::Window};
use crate::{campaigns::Current, platform::http::forms::FormErrors, states::Directory};

/// The first year a reader may ask for.
const EARLIEST: i32 = 1900;

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
    /// What is wrong with the days.
    pub errors: FormErrors,
}

impl Selection {
    /// Reads a query against what campaign and directory know.
    pub fn read(mut query: Query, campaign: &Current, states: &Directory, now: DateTime<Utc>) -> Self {
        for value in [&mut query.stance, &mut query.group, &mut query.issue, &mut query.as_of, &mut query.recorded] {
            *value = value.trim().chars().take(64).collect();
        }
        if campaign.config.issue(&query.issue).is_none() {
            query.issue.clear();
        }
        let known_stance = if query.issue.is_empty() {
            campaign.config.stance(&query.stance).is_some()
        } else {
            ["supports", "open", "opposes", "unclear", "no_data"].contains(&query.stance.as_str())
        };
        if !known_stance {
            query.stance.clear();
        }
        if states.group(&query.group).is_none() {
            query.group.clear();
        }
        if query.window != "session" {
            query.window.clear();
        }
        let today = now.date_naive();
        let mut errors = FormErrors::default();
        let mut day = |text: &str, field: &'static str| {
            if text.is_empty() {
                return None;
            }
            match text.parse::<NaiveDate>() {
                // No database and no calendar of ours reaches further back.
                Ok(day) if day.year() < EARLIEST => errors.add(field, "publishing-error-day"),
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
