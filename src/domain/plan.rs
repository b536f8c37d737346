//! Counting from the days of an event to the days by which something is to be done for it (R40). A day that is not known is never made up: what
//! counts from a month or a year is due in months. Must not know who does it, nor whether it was done.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::{
    campaign::{Words, is_past},
    keyed::keyed,
    letter::PostKind,
};

/// A task is "soon" so many days before it is due.
const SOON: Days = Days::new(14);
/// What comes after an event stays on the plan so many days after it was due.
const LINGERS: Days = Days::new(60);
/// Further than this nobody plans, and no date goes out of range.
const MOST_DAYS: i32 = 1000;
/// Kinds of event there are.
const KINDS: [&str; 6] = ["session", "debate", "vote", "deadline", "conference", "milestone"];

keyed! {
    /// Which day of an event a step counts from.
    Anchor {
        /// Its first day.
        Start = "start",
        /// Its last day.
        End = "end",
    }
}

keyed! {
    /// What a step is done with at the desk.
    Target {
        /// A new round of letters.
        Round = "round",
        /// A round of reminders.
        Reminder = "reminder",
        /// Where states stand.
        Positions = "positions",
        /// What states answered.
        Replies = "replies",
    }
}

keyed! {
    /// How a task stands on a day.
    Standing {
        /// Its day is over, and nobody has said that it is done.
        Overdue = "overdue",
        /// Due within two weeks.
        Soon = "soon",
        /// It may be due: the day of its event is not known.
        Possible = "possible",
        /// Not yet.
        Later = "later",
        /// Done.
        Done = "done",
    }
}

const fn start() -> Anchor {
    Anchor::Start
}

/// One step of a campaign's plan: what is done so many days before each event of some kinds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Key. What was said of its tasks hangs on it.
    pub key: String,
    /// Kinds of event it counts for.
    pub kinds: Vec<String>,
    /// Days before the event; after it where negative.
    pub days_before: i32,
    /// From which of its days.
    #[serde(default = "start")]
    pub of: Anchor,
    /// What it is done with.
    #[serde(default)]
    pub link: Option<Target>,
    /// The posts a round of letters goes to.
    #[serde(default)]
    pub posts: Vec<PostKind>,
    /// Name.
    pub name: Words,
}

impl Step {
    /// Whether it is done when the event is over.
    pub const fn is_after(&self) -> bool {
        self.days_before < 0 || matches!(self.of, Anchor::End) && self.days_before == 0
    }
}

/// What is wrong with the steps of a plan.
pub fn faults(steps: &[Step]) -> Vec<String> {
    let mut faults = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let is_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if step.key.is_empty() || step.key.len() > 64 || !step.key.chars().all(is_key) {
            faults.push(format!("plan {:?}: a key has up to 64 small letters, digits and low lines", step.key));
        }
        if steps.iter().take(at).any(|other| other.key == step.key) {
            faults.push(format!("plan {}: two steps have this key", step.key));
        }
        if let Some(kind) = step.kinds.iter().find(|kind| !KINDS.contains(&kind.as_str())) {
            faults.push(format!("plan {}: {kind} is no kind of event", step.key));
        }
        if step.days_before.abs() > MOST_DAYS {
            faults.push(format!("plan {}: at most {MOST_DAYS} days", step.key));
        }
    }
    faults
}

/// When an event is, as exactly as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates<'a> {
    /// First day; any day of the month or year where no day is known.
    pub first: NaiveDate,
    /// Last day; the same.
    pub last: NaiveDate,
    /// day, month or year.
    pub precision: &'a str,
}

impl Dates<'_> {
    /// The earliest and the latest that the first or the last day can be.
    fn span(&self, anchor: Anchor) -> (NaiveDate, NaiveDate) {
        let day = match anchor {
            Anchor::Start => self.first,
            Anchor::End => self.last,
        };
        match self.precision {
            "year" => (day.with_ordinal(1).unwrap_or(day), NaiveDate::from_ymd_opt(day.year(), 12, 31).unwrap_or(day)),
            "month" => (first_of_month(day), last_of_month(day)),
            _ => (day, day),
        }
    }
}

/// When a task is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// On this day, never a Saturday or Sunday.
    Day(NaiveDate),
    /// In one of these months, whole ones, from the first day of the first to the last day of the last.
    Months(NaiveDate, NaiveDate),
}

impl Due {
    /// The earliest day it can be due.
    pub const fn earliest(self) -> NaiveDate {
        match self {
            Self::Day(day) | Self::Months(day, _) => day,
        }
    }

    /// The latest day it can be due.
    pub const fn latest(self) -> NaiveDate {
        match self {
            Self::Day(day) | Self::Months(_, day) => day,
        }
    }

    /// How a task that is due then stands.
    pub fn standing(self, today: NaiveDate, is_done: bool) -> Standing {
        let near = today.checked_add_days(SOON).unwrap_or(today);
        match self {
            _ if is_done => Standing::Done,
            due if due.latest() < today => Standing::Overdue,
            due if due.earliest() > near => Standing::Later,
            Self::Day(_) => Standing::Soon,
            Self::Months(..) => Standing::Possible,
        }
    }
}

/// When a step is due for an event.
pub fn due(step: &Step, dates: Dates<'_>) -> Due {
    let (earliest, latest) = dates.span(step.of);
    match dates.precision {
        "month" | "year" => {
            Due::Months(first_of_month(before(earliest, step.days_before)), last_of_month(before(latest, step.days_before)))
        }
        _ => Due::Day(working_day(before(earliest, step.days_before))),
    }
}

/// The steps that still count for an event of this kind, with their days, the earliest first. Once the event is over (`is_over` says so where its days
/// do not), what was to be done before it can be done no more; what comes after it stays for a while.
pub fn tasks<'s>(steps: &'s [Step], kind: &str, dates: Dates<'_>, is_over: bool, today: NaiveDate) -> Vec<(&'s Step, Due)> {
    let is_over = is_over || is_past(dates.last, dates.precision, today);
    let counts = |step: &Step, due: Due| {
        let lingers = due.latest().checked_add_days(LINGERS).is_some_and(|day| day >= today);
        !is_over || step.is_after() && lingers
    };
    let mut tasks: Vec<(&Step, Due)> = steps
        .iter()
        .filter(|step| step.kinds.iter().any(|other| other == kind))
        .map(|step| (step, due(step, dates)))
        .filter(|(step, due)| counts(step, *due))
        .collect();
    tasks.sort_by_key(|(_, due)| (due.latest(), due.earliest()));
    tasks
}

fn before(day: NaiveDate, days: i32) -> NaiveDate {
    let count = Days::new(u64::from(days.unsigned_abs()));
    let moved = if days < 0 { day.checked_add_days(count) } else { day.checked_sub_days(count) };
    moved.unwrap_or(day)
}

/// The day itself, or the Friday before a Saturday or Sunday: who has until Monday is too late on Friday night.
fn working_day(day: NaiveDate) -> NaiveDate {
    match day.weekday() {
        Weekday::Sat => before(day, 1),
        Weekday::Sun => before(day, 2),
        _ => day,
    }
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

fn last_of_month(day: NaiveDate) -> NaiveDate {
    first_of_month(day).checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(day)
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
