//! Until when signatures are taken, and how long a link lives, as pages and mails say it (R7). Must not decide whether something is late.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::confirmation;
use crate::{
    campaigns::Current,
    domain::{deadline::DeadlineLabel, language::Language},
    platform::formats,
};

/// A deadline as several readers need it, with the steps by which it was extended.
#[derive(Serialize)]
pub struct DeadlineView {
    #[serde(flatten)]
    moment: MomentView,
    is_past: bool,
    /// First step first; pages say the last one.
    steps: Vec<StepView>,
}

/// A moment in UTC, where the last clock on earth shows it, and where it was announced.
#[derive(Serialize)]
struct MomentView {
    at: DateTime<Utc>,
    anywhere_on_earth: String,
    /// In the zone of the announcement, where that is neither.
    announced: Option<String>,
    /// Name of that zone.
    zone: &'static str,
}

/// One step by which it was extended.
#[derive(Serialize)]
struct StepView {
    extended_at: DateTime<Utc>,
    before: MomentView,
}

impl MomentView {
    fn of(instant: DateTime<Utc>, announced: DeadlineLabel, language: Language) -> Self {
        let at = |label: DeadlineLabel| {
            let local = label.local(instant);
            format!("{} {}", formats::day(language, local.date_naive()), local.format("%H:%M"))
        };
        Self {
            at: instant,
            anywhere_on_earth: at(DeadlineLabel::AnywhereOnEarth),
            announced: (announced == DeadlineLabel::NewYork).then(|| at(announced)),
            zone: announced.key(),
        }
    }
}

impl DeadlineView {
    /// The campaign's.
    pub fn of(campaign: &Current, language: Language, now: DateTime<Utc>) -> Self {
        let deadline = campaign.deadline();
        let moment = |instant| MomentView::of(instant, deadline.label, language);
        let steps = campaign.extensions.iter();
        Self {
            moment: moment(deadline.instant),
            is_past: deadline.has_passed(now),
            steps: steps.map(|step| StepView { extended_at: step.at, before: moment(step.before) }).collect(),
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
        let hours = confirmation::link_life(campaign).num_hours();
        Self { hours, days: if hours % 24 == 0 && hours >= 48 { hours / 24 } else { 0 } }
    }
}
