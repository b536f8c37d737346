//! What one state did at one event, by the public record (R43): a letter after a vote thanks, asks or regrets by it. One behaviour per state, chosen
//! by a stated order. Must not know where evidence is kept, and must not judge what is not recorded.
//!
//! The order, first that holds:
//! 1. How it voted on the matter as a whole, the last vote counting: against, abstained, for. A vote for by a co-sponsor is thanked as co-sponsorship.
//! 2. Without a vote: it co-sponsored, unless the last it did or said was an objection; it spoke for the matter in its own name.
//! 3. It set out a position that was not in favour: an objection, a dissociation, reservations, or words on single issues or on procedure.
//! 4. It is recorded as absent or not voting.
//! 5. Nothing of this is recorded. That is never called absence: a record may have holes.

use std::cmp::Ordering;

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    evidence::{Capacity, Evidence, EvidenceKind, EvidenceVisibility, Scope},
    inexact_date::is_past,
    keyed::keyed,
};

keyed! {
    /// What a state did at an event.
    Behaviour {
        /// It put its name to the draft.
        CoSponsored = "co_sponsored",
        /// It spoke in favour, in its own name.
        SpokeFor = "spoke_for",
        /// It voted in favour.
        VotedFor = "voted_for",
        /// It set out a position that was not, or not only, in favour.
        Explained = "explained",
        /// It abstained.
        Abstained = "abstained",
        /// It voted against.
        VotedAgainst = "voted_against",
        /// It is recorded as absent or not voting.
        Absent = "absent",
        /// The record holds nothing of its own.
        NothingRecorded = "nothing_recorded",
    }
}

/// A behaviour with the act that shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conduct {
    /// What it did.
    pub behaviour: Behaviour,
    /// The evidence; none where nothing is recorded.
    pub act: Option<Uuid>,
}

/// What one piece of evidence shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Against,
    Abstention,
    For,
    CoSponsorship,
    Support,
    Objection,
    /// On a part, on procedure, or neither for nor against.
    Position,
    Absence,
}

/// What a state did, by its evidence of the event in any order. Whatever is not public, not its own, reported by others, superseded or said twice is
/// left aside. `score` is the campaign's: above zero in favour, below zero against.
pub fn at_event<'e>(evidence: impl IntoIterator<Item = &'e Evidence>, score: impl Fn(&str) -> Option<i32>) -> Conduct {
    let mut acts: Vec<(Act, &Evidence)> =
        evidence.into_iter().filter(|item| counts(item)).filter_map(|item| Some((shown_by(item, &score)?, item))).collect();
    acts.sort_by_key(|(_, item)| (item.occurred_on, item.recorded_at, item.id));
    let last = |wanted: &[Act]| acts.iter().rev().find(|(act, _)| wanted.contains(act)).map(|(act, item)| (*act, item.id));
    let co_sponsorship = last(&[Act::CoSponsorship]);
    let vote = last(&[Act::Against, Act::Abstention, Act::For]);
    let word = || last(&[Act::CoSponsorship, Act::Support, Act::Objection]);
    let (behaviour, act) = match vote.or_else(word).or_else(|| last(&[Act::Position])).or_else(|| last(&[Act::Absence])) {
        Some((Act::Against, id)) => (Behaviour::VotedAgainst, Some(id)),
        Some((Act::Abstention, id)) => (Behaviour::Abstained, Some(id)),
        Some((Act::Objection | Act::Position, id)) => (Behaviour::Explained, Some(id)),
        Some((Act::Absence, id)) => (Behaviour::Absent, Some(id)),
        Some((act, id)) => match (co_sponsorship, act) {
            (Some((_, id)), _) => (Behaviour::CoSponsored, Some(id)),
            (None, Act::For) => (Behaviour::VotedFor, Some(id)),
            (None, _) => (Behaviour::SpokeFor, Some(id)),
        },
        None => (Behaviour::NothingRecorded, None),
    };
    Conduct { behaviour, act }
}

fn counts(item: &Evidence) -> bool {
    item.visibility == EvidenceVisibility::Public
        && item.capacity == Capacity::National
        && item.scope != Scope::Reported
        && !item.is_duplicate
        && item.ended_at.is_none()
}

/// A vote whose direction nobody has coded shows nothing; so do answers, meetings and treaty actions, which are no acts at an event.
fn shown_by(item: &Evidence, score: impl Fn(&str) -> Option<i32>) -> Option<Act> {
    let leaning = item.direction.as_deref().and_then(score).map(|score| score.cmp(&0));
    let on_the_whole = item.scope == Scope::Overall;
    match item.kind {
        EvidenceKind::Vote if on_the_whole => leaning.map(|leaning| match leaning {
            Ordering::Less => Act::Against,
            Ordering::Equal => Act::Abstention,
            Ordering::Greater => Act::For,
        }),
        EvidenceKind::Cosponsorship if on_the_whole => {
            Some(if leaning == Some(Ordering::Less) { Act::Objection } else { Act::CoSponsorship })
        }
        EvidenceKind::Statement
        | EvidenceKind::Explanation
        | EvidenceKind::Dissociation
        | EvidenceKind::WrittenComment
        | EvidenceKind::AmendmentSponsor
            if on_the_whole =>
        {
            Some(match leaning {
                Some(Ordering::Greater) => Act::Support,
                Some(Ordering::Less) => Act::Objection,
                Some(Ordering::Equal) | None => Act::Position,
            })
        }
        EvidenceKind::Vote
        | EvidenceKind::ParagraphVote
        | EvidenceKind::Cosponsorship
        | EvidenceKind::Statement
        | EvidenceKind::Explanation
        | EvidenceKind::Dissociation
        | EvidenceKind::WrittenComment
        | EvidenceKind::AmendmentSponsor => Some(Act::Position),
        EvidenceKind::Absence => Some(Act::Absence),
        EvidenceKind::GroupStatement
        | EvidenceKind::Alignment
        | EvidenceKind::Reply
        | EvidenceKind::Meeting
        | EvidenceKind::ParliamentaryAnswer
        | EvidenceKind::TreatyAction => None,
    }
}

/// Whether letters may speak of what states did at an event: it is one at which they act, and it is over or has begun. Of one whose day is not known it
/// cannot be said that it has begun, only that it is over.
pub fn may_be_followed(
    kind: &str,
    (starts_on, last_day): (NaiveDate, NaiveDate),
    precision: &str,
    is_marked_past: bool,
    today: NaiveDate,
) -> bool {
    let begun = is_marked_past || is_past(last_day, precision, today) || (precision == "day" && starts_on <= today);
    matches!(kind, "session" | "debate" | "vote" | "conference") && begun
}

#[cfg(test)]
#[path = "behaviour_tests.rs"]
mod tests;
