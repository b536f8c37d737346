//! What a vote might come to (R61): an estimate by assumptions that the campaign states, in ranges and never as one number, the same for the same seed. It is for those who
//! plan work and must never be shown to the public, quoted in a letter or kept as a position.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};
use serde::{Deserialize, Serialize};

use super::{
    campaign::Stance,
    decision::{Assembly, Ballot, Branch, Outcome},
    position::{Confidence, NO_DATA},
};

/// The assumptions of a campaign. They are judgements, and the page that uses them says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumptions {
    /// How states of each stance vote.
    pub chance: Vec<Chance>,
    /// How far, in percent, a state with low confidence is taken for one without data.
    #[serde(default)]
    pub low_confidence_pull: u32,
}

/// How states of one stance vote, in percent; the rest stays away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chance {
    /// Key of a stance.
    pub stance: String,
    /// For.
    pub yes: u32,
    /// Against.
    pub no: u32,
    /// Present, and neither.
    pub abstain: u32,
}

impl Assumptions {
    /// What is wrong with them: a stance without a chance or with two, one that the scale does not have, more than a hundred percent.
    pub fn faults(&self, scale: &[Stance]) -> Vec<String> {
        let mut faults = Vec::new();
        for stance in scale {
            let stated = self.chance.iter().filter(|chance| chance.stance == stance.key).count();
            if stated != 1 && !self.chance.is_empty() {
                faults.push(format!("projection: {} has {stated} chances, not one", stance.key));
            }
        }
        for chance in &self.chance {
            if !scale.iter().any(|stance| stance.key == chance.stance) {
                faults.push(format!("projection: {} is no stance", chance.stance));
            }
            if chance.yes.saturating_add(chance.no).saturating_add(chance.abstain) > 100 {
                faults.push(format!("projection: {} votes more than a hundred times of a hundred", chance.stance));
            }
        }
        if self.low_confidence_pull > 100 {
            faults.push("projection: low_confidence_pull is a percentage".to_owned());
        }
        faults
    }

    /// How a state of this stance votes, as shares of one.
    pub fn odds(&self, stance: &str, confidence: Confidence) -> Option<Odds> {
        let of = |key: &str| self.chance.iter().find(|chance| chance.stance == key).map(Odds::of);
        let own = of(stance)?;
        match of(NO_DATA).filter(|_| confidence == Confidence::Low) {
            Some(unknown) => Some(own.pulled(&unknown, f64::from(self.low_confidence_pull) / 100.0)),
            None => Some(own),
        }
    }
}

/// How one state votes, as shares of one; the rest stays away.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Odds {
    /// For.
    pub yes: f64,
    /// Against.
    pub no: f64,
    /// Present, and neither.
    pub abstain: f64,
}

impl Odds {
    fn of(chance: &Chance) -> Self {
        let share = |percent: u32| f64::from(percent) / 100.0;
        Self { yes: share(chance.yes), no: share(chance.no), abstain: share(chance.abstain) }
    }

    fn pulled(&self, to: &Self, by: f64) -> Self {
        let between = |own: f64, other: f64| own + (other - own) * by;
        Self { yes: between(self.yes, to.yes), no: between(self.no, to.no), abstain: between(self.abstain, to.abstain) }
    }
}

/// The middle nine tenths of what came out, and the middle itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Range {
    /// Five of a hundred are below.
    pub low: i64,
    /// Half are below.
    pub middle: i64,
    /// Five of a hundred are above.
    pub high: i64,
}

impl Range {
    fn of(mut values: Vec<i64>) -> Self {
        values.sort_unstable();
        let at = |percent: usize| values.get(values.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default();
        Self { low: at(5), middle: at(50), high: at(95) }
    }
}

/// What one reading of the rule would make of it.
#[derive(Clone, Debug, PartialEq)]
pub struct BranchProjection {
    /// The reading.
    pub branch: Branch,
    /// In how many of the runs the text was adopted.
    pub adopted: u32,
    /// Yes above what was needed; under consensus, objections below none.
    pub margin: Range,
    /// By how much a state's yes raises the share of runs that adopt, in the order of the states handed in.
    pub influence: Vec<f64>,
}

/// What many votes, cast by chance, came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// How many.
    pub runs: u32,
    /// For.
    pub yes: Range,
    /// Against.
    pub no: Range,
    /// Present, and neither.
    pub abstain: Range,
    /// One per reading.
    pub branches: Vec<BranchProjection>,
}

/// How a state voted in one run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Vote {
    Yes,
    No,
    Abstain,
    Absent,
}

/// Where in the range of a drawn number a state's votes begin.
struct Thresholds {
    yes: u32,
    no: u32,
    abstain: u32,
}

impl Thresholds {
    fn of(odds: &Odds) -> Self {
        // Shares of one become shares of all numbers that may be drawn.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let at = |share: f64| (share.clamp(0.0, 1.0) * f64::from(u32::MAX)) as u32;
        Self { yes: at(odds.yes), no: at(odds.yes + odds.no), abstain: at(odds.yes + odds.no + odds.abstain) }
    }

    const fn vote(&self, drawn: u32) -> Vote {
        if drawn < self.yes {
            Vote::Yes
        } else if drawn < self.no {
            Vote::No
        } else if drawn < self.abstain {
            Vote::Abstain
        } else {
            Vote::Absent
        }
    }
}

/// Counts of one reading while the runs go on.
struct Counting {
    branch: Branch,
    adopted: u32,
    margins: Vec<i64>,
    /// Runs that adopted, by state that voted yes in them.
    with: Vec<u32>,
}

/// Casts the votes of all states `runs` times. States vote independently of each other, which real ones do not: regions and partners move together, so the true range is
/// wider than this one. Cost: one draw a state and run; ten thousand runs of 195 states take some tens of milliseconds.
pub fn project(odds: &[Odds], branches: &[Branch], assembly: Assembly, seed: u64, runs: u32) -> Projection {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let thresholds: Vec<Thresholds> = odds.iter().map(Thresholds::of).collect();
    let mut votes = vec![Vote::Absent; odds.len()];
    let mut yes_of = vec![0_u32; odds.len()];
    let mut countings: Vec<Counting> =
        branches.iter().map(|branch| Counting { branch: *branch, adopted: 0, margins: Vec::new(), with: vec![0; odds.len()] }).collect();
    let (mut yes, mut no, mut abstain) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        let mut ballot = Ballot::default();
        for ((threshold, vote), yes_of) in thresholds.iter().zip(&mut votes).zip(&mut yes_of) {
            *vote = threshold.vote(random.next_u32());
            match *vote {
                Vote::Yes => {
                    ballot.yes += 1;
                    *yes_of += 1;
                }
                Vote::No => ballot.no += 1,
                Vote::Abstain => ballot.abstain += 1,
                Vote::Absent => {}
            }
        }
        yes.push(i64::from(ballot.yes));
        no.push(i64::from(ballot.no));
        abstain.push(i64::from(ballot.abstain));
        for counting in &mut countings {
            let Ok(tally) = counting.branch.rule.decide(assembly, ballot) else { continue };
            counting.margins.push(tally.margin);
            if tally.outcome == Outcome::Adopted {
                counting.adopted += 1;
                for (with, vote) in counting.with.iter_mut().zip(&votes) {
                    *with += u32::from(*vote == Vote::Yes);
                }
            }
        }
    }
    Projection {
        runs,
        yes: Range::of(yes),
        no: Range::of(no),
        abstain: Range::of(abstain),
        branches: countings.into_iter().map(|counting| counting.finished(&yes_of, runs)).collect(),
    }
}

impl Counting {
    fn finished(self, yes_of: &[u32], runs: u32) -> BranchProjection {
        let share = |part: u32, whole: u32| if whole == 0 { None } else { Some(f64::from(part) / f64::from(whole)) };
        let influence = self.with.iter().zip(yes_of).map(|(with, yes)| {
            let without = share(self.adopted - with, runs - yes);
            share(*with, *yes).zip(without).map_or(0.0, |(with, without)| with - without)
        });
        BranchProjection { branch: self.branch, adopted: self.adopted, influence: influence.collect(), margin: Range::of(self.margins) }
    }
}

#[cfg(test)]
#[path = "projection_tests.rs"]
mod tests;
