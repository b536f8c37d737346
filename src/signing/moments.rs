//! Until when signatures are taken, and how long a link lives, as pages and mails say it (R7). Must not decide whether something is late.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::service;
use crate::{
    campaigns::Current,
    domain::{deadline::DeadlineLabel, language::Language},
    platform::formats,
};

/// A deadline as several readers need it: in UTC, where the last clock on earth shows it, and where it was announced.
#[derive(Serialize)]
pub struct DeadlineView {
    at: DateTime<Utc>,
    anywhere_on_earth: String,
    /// In the zone of the announcement, where that is neither.
    announced: Option<String>,
    /// Name of that zone.
    zone: &'static str,
    is_past: bool,
}

impl DeadlineView {
    /// The campaign's.
    pub fn of(campaign: &Current, language: Language, now: DateTime<Utc>) -> Self {
        let deadline = service::deadline(campaign);
        let at = |label: DeadlineLabel| {
            let local = label.local(deadline.instant);
            format!("{} {}", formats::day(language, local.date_naive()), local.format("%H:%M"))
        };
        let announced = (deadline.label == DeadlineLabel::NewYork).then(|| at(deadline.label));
        Self {
            at: deadline.instant,
            anywhere_on_earth: at(DeadlineLabel::AnywhereOnEarth),
            announced,
            zone: deadline.label.key(),
            is_past: deadline.has_passed(now),
        }
    }
}

/// How long the link in a mail works.
#[derive(Serialize)]
pub(super) struct LinkLife {
    hours: i64,
    /// Whole days, from two on; else 0.
    days: i64,
}

impl LinkLife {
    pub(super) fn of(campaign: &Current) -> Self {
        let hours = service::link_life(campaign).num_hours();
        Self { hours, days: if hours % 24 == 0 && hours >= 48 { hours / 24 } else { 0 } }
    }
}
