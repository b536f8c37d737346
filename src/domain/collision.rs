//! Letters that meet on one desk (R45): two to the same post within a week, whoever sent them. What a stranger says of a letter of theirs counts once
//! a person has accepted it. Must not judge which of the two should wait.

use chrono::NaiveDate;

use super::keyed::keyed;

/// Days between two letters to one post within which the second meets the first: a week.
pub const DAYS: i64 = 7;

keyed! {
    /// What became of a report of somebody's own letter.
    ReportState {
        /// Nobody has looked at it.
        Waiting = "waiting",
        /// A person found it credible.
        Accepted = "accepted",
        /// A person had no use for it.
        SetAside = "set_aside",
    }
}

impl ReportState {
    /// Where a report may go from here: what was accepted can be taken back, what was set aside stays so.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Waiting => &[Self::Accepted, Self::SetAside],
            Self::Accepted => &[Self::SetAside],
            Self::SetAside => &[],
        }
    }
}

/// A letter as far as it can meet another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Writing<'a> {
    /// State written to.
    pub iso3: &'a str,
    /// Kind of post.
    pub post: &'a str,
    /// The day it left.
    pub on: NaiveDate,
}

/// Whether two days are within a week of each other.
pub fn is_near(one: NaiveDate, other: NaiveDate) -> bool {
    (one - other).num_days().abs() <= DAYS
}

/// For each letter, whether another to the same post left within a week of it.
pub fn colliding(writings: &[Writing<'_>]) -> Vec<bool> {
    let mut order: Vec<(usize, &Writing<'_>)> = writings.iter().enumerate().collect();
    order.sort_by_key(|(_, writing)| **writing);
    let mut collides = vec![false; writings.len()];
    for ((one, first), (other, second)) in order.iter().zip(order.iter().skip(1)) {
        if (first.iso3, first.post) == (second.iso3, second.post) && is_near(first.on, second.on) {
            for at in [*one, *other] {
                if let Some(mark) = collides.get_mut(at) {
                    *mark = true;
                }
            }
        }
    }
    collides
}

#[cfg(test)]
mod tests {
    //! Days are of November 2026.
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn writing<'a>(iso3: &'a str, post: &'a str, day: u32) -> Writing<'a> {
        Writing { iso3, post, on: NaiveDate::from_ymd_opt(2026, 11, day).unwrap() }
    }

    #[test]
    fn r45_two_letters_to_one_post_within_a_week_meet_and_no_others_do() {
        let minister = |day| writing("KEN", "foreign_minister", day);
        assert_eq!(colliding(&[minister(10), minister(3)]), [true, true]);
        assert_eq!(colliding(&[minister(11), minister(3)]), [false, false]);
        assert_eq!(colliding(&[minister(3), minister(3)]), [true, true], "on one day");
        let elsewhere = [minister(3), writing("KEN", "embassy", 3), writing("PER", "foreign_minister", 3)];
        assert_eq!(colliding(&elsewhere), [false; 3]);
        assert_eq!(
            colliding(&[minister(20), minister(1), minister(14), minister(9)]),
            [true, false, true, true],
            "each with its neighbour"
        );
        assert!(colliding(&[]).is_empty());
    }

    #[test]
    fn r45_what_was_set_aside_stays_so() {
        assert!(ReportState::SetAside.next().is_empty());
        assert!(ReportState::ALL.iter().all(|state| !state.next().contains(&ReportState::Waiting)));
    }
}
