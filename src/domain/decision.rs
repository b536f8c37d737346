//! How bodies decide (R59, R60): how many votes a rule asks for, what comes of a vote, and of the votes on one text in their order. Must know no body, no date and no
//! number of members: a campaign names its forums and their rules. `docs/method.md` says the same in words.

use super::keyed::keyed;

keyed! {
    /// What a rule asks for.
    Rule {
        /// Adopted without a vote: nobody objects.
        Consensus = "consensus",
        /// More yes than no.
        SimpleMajority = "simple_majority",
        /// Two thirds of those who vote yes or no.
        TwoThirds = "two_thirds",
        /// Two thirds of all members, whoever comes.
        TwoThirdsOfMembers = "two_thirds_of_members",
        /// More than half of all members, whoever comes.
        AbsoluteMajority = "absolute_majority",
    }
}

keyed! {
    /// How sure it is that a rule applies.
    RuleStatus {
        /// It is in force.
        Agreed = "agreed",
        /// Applied until it is agreed.
        Provisional = "provisional",
        /// Some say that it applies and some that it does not.
        Disputed = "disputed",
        /// No rule has been adopted; this one would apply for want of another.
        Open = "open",
    }
}

keyed! {
    /// What came of a vote.
    Outcome {
        /// Adopted.
        Adopted = "adopted",
        /// Not adopted.
        Rejected = "rejected",
        /// As many yes as no; a tie does not adopt.
        Tied = "tied",
        /// Too few are there to decide anything.
        NoQuorum = "no_quorum",
        /// Somebody objects, and nobody may be outvoted.
        Objected = "objected",
    }
}

/// One reading of how a body decides. A disputed rule has several: each is worked out (R91).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The rule.
    pub rule: Rule,
    /// How sure it is.
    pub status: RuleStatus,
}

/// The readings that a forum's settings leave open; none where nobody votes for a state, or where no rule is known.
///
/// By custom without a vote (`consensus_custom`) means: nobody objects, or, if a vote is called, the other rule.
pub fn branches(rule: &str, fallback: Option<&str>, status: &str) -> Vec<Branch> {
    let status = status.parse().unwrap_or(RuleStatus::Open);
    let first = if rule == "consensus_custom" { Some(Rule::Consensus) } else { rule.parse().ok() };
    let second = fallback.and_then(|rule| rule.parse().ok()).filter(|second| Some(*second) != first);
    first.into_iter().chain(second).map(|rule| Branch { rule, status }).collect()
}

/// Who may vote and who came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Assembly {
    /// Members of the body.
    pub members: u32,
    /// Of these, who has lost the vote that day, as states in arrears do.
    pub without_vote: u32,
    /// Members that must be present for a decision.
    pub quorum: u32,
}

impl Assembly {
    /// A body that decides when a majority of its members is present, which is what the rules of most ask.
    pub const fn of(members: u32) -> Self {
        Self { members, without_vote: 0, quorum: members / 2 + 1 }
    }
}

/// The votes cast. Who abstains is present and not voting; who is absent is in none of the numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ballot {
    /// For.
    pub yes: u32,
    /// Against.
    pub no: u32,
    /// Present, and neither.
    pub abstain: u32,
}

/// More votes than there are members who may vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cast} votes of {may} members who may vote")]
pub struct TooManyVotes {
    /// Cast.
    pub cast: u64,
    /// May vote.
    pub may: u32,
}

/// What a vote came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// What came of it.
    pub outcome: Outcome,
    /// Who voted yes or no.
    pub voting: u32,
    /// Yes that were needed; under consensus, none is counted.
    pub needed: u32,
    /// No that would have stopped it.
    pub blocking: u32,
    /// Yes above what was needed; below it, what was missing.
    pub margin: i64,
}

impl Rule {
    /// Yes that this rule asks for when so many vote yes or no.
    pub const fn needed(self, voting: u32, members: u32) -> u32 {
        match self {
            Self::Consensus => voting,
            Self::SimpleMajority => voting / 2 + 1,
            Self::TwoThirds => two_thirds(voting),
            Self::TwoThirdsOfMembers => two_thirds(members),
            Self::AbsoluteMajority => members / 2 + 1,
        }
    }

    /// No that stop a text when so many vote yes or no: with one fewer it could still be adopted.
    pub const fn blocking(self, voting: u32, members: u32) -> u32 {
        match self {
            Self::Consensus => 1,
            _ => (voting + 1).saturating_sub(self.needed(voting, members)),
        }
    }

    /// What comes of a vote under this rule.
    ///
    /// # Errors
    /// When more votes were cast than members may vote.
    pub fn decide(self, assembly: Assembly, ballot: Ballot) -> Result<Tally, TooManyVotes> {
        let may = assembly.members.saturating_sub(assembly.without_vote);
        let cast = u64::from(ballot.yes) + u64::from(ballot.no) + u64::from(ballot.abstain);
        if cast > u64::from(may) {
            return Err(TooManyVotes { cast, may });
        }
        let voting = ballot.yes + ballot.no;
        let needed = self.needed(voting, assembly.members);
        let outcome = if ballot.yes + ballot.no + ballot.abstain < assembly.quorum {
            Outcome::NoQuorum
        } else if self == Self::Consensus {
            if ballot.no == 0 { Outcome::Adopted } else { Outcome::Objected }
        } else if voting > 0 && ballot.yes >= needed {
            Outcome::Adopted
        } else if self == Self::SimpleMajority && voting > 0 && ballot.yes == ballot.no {
            Outcome::Tied
        } else {
            Outcome::Rejected
        };
        let margin = if self == Self::Consensus { -i64::from(ballot.no) } else { i64::from(ballot.yes) - i64::from(needed) };
        Ok(Tally { outcome, voting, needed, blocking: self.blocking(voting, assembly.members), margin })
    }
}

const fn two_thirds(of: u32) -> u32 {
    // Not `2 * of`, which could overflow; the remainder decides how much of the last third is needed.
    let (thirds, rest) = (of / 3, of % 3);
    thirds * 2 + if rest == 0 { 0 } else { rest }
}

keyed! {
    /// What is voted on, in the order in which it is.
    Question {
        /// That no decision be taken on the text at all.
        NoAction = "no_action",
        /// A change of the text.
        Amendment = "amendment",
        /// A part of the text by itself.
        Part = "part",
        /// The text as a whole.
        Whole = "whole",
    }
}

/// One vote of several on a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is voted on.
    pub question: Question,
    /// What it is called on the paper.
    pub name: String,
    /// Of a part: something the text does, not a recital.
    pub operative: bool,
    /// The votes.
    pub ballot: Ballot,
}

/// What became of a text after all votes on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proceedings {
    /// Of each vote that was taken, in order; those that a motion made void are missing.
    pub results: Vec<Tally>,
    /// What became of the text.
    pub end: End,
    /// The text is another than the one that states were asked about: what is known of their positions must be asked anew (R60).
    pub asks_anew: bool,
}

keyed! {
    /// What became of a text.
    End {
        /// Adopted as it was put.
        Adopted = "adopted",
        /// Adopted, and another text than was put.
        AdoptedChanged = "adopted_changed",
        /// Rejected, as a whole or because every operative part was.
        Rejected = "rejected",
        /// A motion kept it from being voted on.
        NotPut = "not_put",
        /// The votes so far settle nothing.
        Open = "open",
    }
}

/// Why a list of votes makes no proceedings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// A motion not to decide comes first, then amendments, parts, and the whole.
    #[error("{0} is voted on out of its order")]
    OutOfOrder(String),
    /// More votes than may be cast.
    #[error("{0}: {1}")]
    TooMany(String, TooManyVotes),
}

/// Goes through the votes on a text. `rule` is that of the text, of its amendments and of its parts (rule 84 of the General Assembly); a motion not to decide needs a
/// simple majority whatever the text needs.
///
/// # Errors
/// See [`StepError`].
pub fn proceed(rule: Rule, assembly: Assembly, steps: &[Step]) -> Result<Proceedings, StepError> {
    let mut done = Proceedings { results: Vec::new(), end: End::Open, asks_anew: false };
    let mut last = Question::NoAction;
    let (mut kept, mut parts) = (0_usize, 0_usize);
    for step in steps {
        if step.question < last || done.end != End::Open {
            return Err(StepError::OutOfOrder(step.name.clone()));
        }
        last = step.question;
        if step.question == Question::Whole && parts > 0 && kept == 0 {
            // A text whose operative parts are all rejected is rejected as a whole, without a vote (rule 129 of the General Assembly, and most others).
            done.end = End::Rejected;
            continue;
        }
        let applies = if step.question == Question::NoAction { Rule::SimpleMajority } else { rule };
        let result = applies.decide(assembly, step.ballot).map_err(|error| StepError::TooMany(step.name.clone(), error))?;
        done.results.push(result);
        let adopted = result.outcome == Outcome::Adopted;
        match step.question {
            Question::NoAction if adopted => {
                done.end = End::NotPut;
                return Ok(done);
            }
            Question::NoAction => {}
            Question::Amendment => done.asks_anew |= adopted,
            Question::Part => {
                done.asks_anew |= !adopted;
                parts += usize::from(step.operative);
                kept += usize::from(step.operative && adopted);
            }
            Question::Whole if adopted && done.asks_anew => done.end = End::AdoptedChanged,
            Question::Whole => done.end = if adopted { End::Adopted } else { End::Rejected },
        }
    }
    Ok(done)
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
