//! R40: the days of an event and the days of its tasks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn step(key: &str, days_before: i32, of: Anchor) -> Step {
    let name = Words::untranslated(key);
    Step { key: key.to_owned(), kinds: vec!["session".to_owned()], days_before, of, link: None, posts: Vec::new(), name }
}

fn exact<'a>(first: &str, last: &str) -> Dates<'a> {
    Dates { first: day(first), last: day(last), precision: "day" }
}

/// R40: moving the session moves the tasks.
#[test]
fn tasks_count_from_the_session_and_move_with_it() {
    let steps = [step("thanks", -7, Anchor::End), step("mission", 28, Anchor::Start), step("paper", 3, Anchor::Start)];
    let days = |first: &str, last: &str| -> Vec<(String, Due)> {
        let tasks = tasks(&steps, "session", exact(first, last), false, day("2026-11-23"));
        tasks.into_iter().map(|(step, due)| (step.key.clone(), due)).collect()
    };
    let expected = |mission: &str, paper: &str, thanks: &str| {
        [("mission", mission), ("paper", paper), ("thanks", thanks)].map(|(key, on)| (key.to_owned(), Due::Day(day(on)))).to_vec()
    };
    // The paper would be due on a Friday, and is.
    assert_eq!(days("2027-03-01", "2027-03-04"), expected("2027-02-01", "2027-02-26", "2027-03-11"));
    assert_eq!(days("2027-03-08", "2027-03-11"), expected("2027-02-08", "2027-03-05", "2027-03-18"));
}

/// R40
#[test]
fn a_task_of_a_week_end_is_due_on_the_friday_before() {
    let on = |first: &str, days: i32| due(&step("s", days, Anchor::Start), exact(first, first));
    assert_eq!(on("2027-03-01", 1), Due::Day(day("2027-02-26")), "a Sunday");
    assert_eq!(on("2027-03-01", 2), Due::Day(day("2027-02-26")), "a Saturday");
    assert_eq!(on("2027-03-01", 3), Due::Day(day("2027-02-26")), "a Friday");
    assert_eq!(on("2027-03-01", -5), Due::Day(day("2027-03-05")), "a Saturday after it");
}

/// R40: no false exact day.
#[test]
fn what_counts_from_a_month_or_a_year_is_due_in_months() {
    let mission = step("mission", 28, Anchor::Start);
    let october = Dates { first: day("2027-10-01"), last: day("2027-11-30"), precision: "month" };
    assert_eq!(due(&mission, october), Due::Months(day("2027-09-01"), day("2027-10-31")));
    assert_eq!(due(&step("thanks", -7, Anchor::End), october), Due::Months(day("2027-11-01"), day("2027-12-31")));
    let year = Dates { first: day("2028-12-31"), last: day("2028-12-31"), precision: "year" };
    assert_eq!(due(&mission, year), Due::Months(day("2027-12-01"), day("2028-12-31")), "any day of the year stands for it");
}

/// R40
#[test]
fn a_task_is_late_only_when_it_cannot_be_in_time() {
    let today = day("2027-02-10");
    let standing = |due: Due| due.standing(today, false);
    assert_eq!(standing(Due::Day(day("2027-02-09"))), Standing::Overdue);
    assert_eq!(standing(Due::Day(today)), Standing::Soon);
    assert_eq!(standing(Due::Day(day("2027-02-24"))), Standing::Soon);
    assert_eq!(standing(Due::Day(day("2027-02-25"))), Standing::Later);
    assert_eq!(standing(Due::Months(day("2026-12-01"), day("2027-01-31"))), Standing::Overdue);
    assert_eq!(standing(Due::Months(day("2026-12-01"), day("2027-02-28"))), Standing::Possible);
    assert_eq!(standing(Due::Months(day("2027-03-01"), day("2027-12-31"))), Standing::Later);
    assert_eq!(Due::Day(day("2027-02-09")).standing(today, true), Standing::Done);
}

/// R40: nobody is told to prepare a session that is over, and the thanks for it are not forgotten.
#[test]
fn when_the_event_is_over_only_what_comes_after_it_counts() {
    let steps = [step("mission", 28, Anchor::Start), step("thanks", -7, Anchor::End)];
    let keys = |today: &str, is_over: bool| -> Vec<String> {
        let tasks = tasks(&steps, "session", exact("2027-03-01", "2027-03-04"), is_over, day(today));
        tasks.into_iter().map(|(step, _)| step.key.clone()).collect()
    };
    assert_eq!(keys("2027-03-04", false), ["mission", "thanks"]);
    assert_eq!(keys("2027-03-05", false), ["thanks"]);
    assert_eq!(keys("2027-03-03", true), ["thanks"]);
    assert_eq!(keys("2027-05-10", false), ["thanks"]);
    assert_eq!(keys("2027-05-11", false), [""; 0]);
    assert!(tasks(&steps, "vote", exact("2027-03-01", "2027-03-04"), false, day("2027-01-01")).is_empty());
}

#[test]
fn a_plan_that_makes_no_sense_is_refused() {
    assert_eq!(faults(&[step("mission", 28, Anchor::Start), step("thanks", -7, Anchor::End)]), [""; 0]);
    let mut odd = step("mission", 28, Anchor::Start);
    odd.kinds = vec!["party".to_owned()];
    assert_eq!(faults(&[odd]).len(), 1);
    assert_eq!(faults(&[step("Mission/1", 1, Anchor::Start)]).len(), 1);
    assert_eq!(faults(&[step("far", 5000, Anchor::Start)]).len(), 1);
    assert_eq!(faults(&[step("twice", 1, Anchor::Start), step("twice", 2, Anchor::Start)]).len(), 1);
}

proptest! {
    /// R40: an exact task lies at most two days before the day it counts to, and on no week-end; an inexact one covers every day its event can have.
    #[test]
    fn every_due_day_is_where_it_belongs(offset in 0_u64..9000, days in -400_i32..400) {
        let first = day("2010-01-01").checked_add_days(Days::new(offset)).unwrap();
        let step = step("s", days, Anchor::Start);
        let Due::Day(due_on) = due(&step, Dates { first, last: first, precision: "day" }) else { panic!("a day is known") };
        let wanted = first - chrono::Duration::days(i64::from(days));
        prop_assert!((0..=2).contains(&(wanted - due_on).num_days()));
        prop_assert!(!matches!(due_on.weekday(), Weekday::Sat | Weekday::Sun));
        for precision in ["month", "year"] {
            let inexact = due(&step, Dates { first, last: first, precision });
            prop_assert!(matches!(inexact, Due::Months(..)));
            prop_assert!(inexact.earliest() <= wanted && wanted <= inexact.latest());
        }
    }
}
