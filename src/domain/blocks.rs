//! Which paragraphs a letter is made of, and for whom (R30). Conditions are data over plain facts about a state. Must not hold words,
//! and must not fetch facts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{behaviour::Behaviour, evidence::IssueStance, keyed::keyed};

keyed! {
    /// Where in the letter a block stands.
    Part {
        /// The line above the letter.
        Subject = "subject",
        /// Who writes and why.
        Opening = "opening",
        /// The reasons.
        Body = "body",
        /// What is asked.
        Ask = "ask",
        /// What is offered.
        Offer = "offer",
        /// The last sentence before the closing formula.
        Closing = "closing",
    }
}

keyed! {
    /// What kind of letter is written.
    #[derive(Default)]
    LetterKind {
        /// To one state, before what lies ahead.
        #[default]
        Before = "before",
        /// To one state, after an event, by what it did there (R43).
        After = "after",
        /// One for all states together (R44).
        Open = "open",
    }
}

/// Slots that every letter fills exactly once; any other slot is filled at most once.
pub const REQUIRED_SLOTS: [&str; 4] = ["subject", "opening-move", "ask", "offer"];

/// The blocks of a campaign's letters, in the order of the letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockFile {
    /// Version of the file.
    pub version: i32,
    /// The blocks.
    #[serde(rename = "block")]
    pub blocks: Vec<Block>,
}

/// A paragraph and for whom it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Names its words in the files of the languages.
    pub key: String,
    /// Where it stands.
    pub part: Part,
    /// The kinds of letter it belongs to.
    #[serde(default = "before_only", skip_serializing_if = "is_before_only")]
    pub letters: Vec<LetterKind>,
    /// Of the blocks of one slot, a state gets at most one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<String>,
    /// Every line is a numbered ask.
    #[serde(default)]
    pub items: bool,
    /// Every key must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// Left out where every key holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<Condition>,
}

fn before_only() -> Vec<LetterKind> {
    vec![LetterKind::Before]
}

fn is_before_only(letters: &[LetterKind]) -> bool {
    letters == [LetterKind::Before]
}

/// What must be true of a state. A list means any of its values; what is absent is not asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// The public position.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stance: Vec<String>,
    /// The regional group.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub region: Vec<String>,
    /// Any group the state belongs to on the letter's day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<String>,
    /// Its standing in the organisation, as the register of states has it: what an observer may do there is less than what a member may.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub un_status: Vec<String>,
    /// Led the initiative.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<bool>,
    /// Co-sponsored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cosponsor: Option<bool>,
    /// Made a public statement of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_statement: Option<bool>,
    /// Has one of these positions on an issue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue_position: Option<IssueCondition>,
    /// Has no position on this issue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue_silent: Option<String>,
    /// At least so many organisations of the country may be named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_signers_min: Option<u32>,
    /// The office written to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub post: Vec<String>,
    /// What it did at the event that the round follows; holds in no other round.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub behaviour: Vec<Behaviour>,
    /// Was written to before and has not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder: Option<bool>,
}

/// A position on an issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssueCondition {
    /// Code of the issue.
    pub issue: String,
    /// Any of these.
    pub is: Vec<IssueStance>,
}

/// What a letter may know of a state: public facts only (R32).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateFacts {
    /// Key of the public position.
    pub stance: String,
    /// Code of the regional group; empty when in none.
    pub region: String,
    /// Codes of all groups on the letter's day.
    pub groups: Vec<String>,
    /// Its standing in the organisation.
    #[serde(default)]
    pub un_status: String,
    /// Led the initiative.
    pub lead: bool,
    /// Co-sponsored.
    pub cosponsor: bool,
    /// Made a public statement of its own.
    pub own_statement: bool,
    /// Issues it spoke on in public, and how.
    pub issues: BTreeMap<String, IssueStance>,
    /// Organisations of its country among the signatories that may be named.
    pub local_signers: u32,
    /// Key of the office written to.
    pub post: String,
    /// The kind of letter.
    #[serde(default)]
    pub letter: LetterKind,
    /// What it did at the event that the round follows; none in any other round.
    #[serde(default)]
    pub behaviour: Option<Behaviour>,
    /// The letter asks again what an earlier one asked.
    #[serde(default)]
    pub reminder: bool,
}

impl Condition {
    /// Whether every key holds.
    pub fn holds(&self, facts: &StateFacts) -> bool {
        let any = |wanted: &[String], has: &str| wanted.is_empty() || wanted.iter().any(|one| one == has);
        let same = |wanted: Option<bool>, has: bool| wanted.is_none_or(|wanted| wanted == has);
        any(&self.stance, &facts.stance)
            && any(&self.region, &facts.region)
            && any(&self.un_status, &facts.un_status)
            && any(&self.post, &facts.post)
            && (self.behaviour.is_empty() || facts.behaviour.is_some_and(|did| self.behaviour.contains(&did)))
            && (self.group.is_empty() || self.group.iter().any(|group| facts.groups.contains(group)))
            && same(self.lead, facts.lead)
            && same(self.cosponsor, facts.cosponsor)
            && same(self.own_statement, facts.own_statement)
            && same(self.reminder, facts.reminder)
            && self.issue_position.as_ref().is_none_or(|on| facts.issues.get(&on.issue).is_some_and(|stance| on.is.contains(stance)))
            && self.issue_silent.as_ref().is_none_or(|issue| !facts.issues.contains_key(issue))
            && self.local_signers_min.is_none_or(|least| facts.local_signers >= least)
    }
}

impl Block {
    /// Whether the block belongs into this state's letter.
    pub fn fits(&self, facts: &StateFacts) -> bool {
        self.letters.contains(&facts.letter)
            && self.when.as_ref().is_none_or(|when| when.holds(facts))
            && !self.unless.as_ref().is_some_and(|unless| unless.holds(facts))
    }
}

/// A slot with the wrong number of blocks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlotFault {
    /// Nothing fits a slot that every letter needs.
    #[error("no block fits the slot {0}")]
    Empty(String),
    /// Two blocks claim one slot.
    #[error("the blocks {first} and {second} both fit the slot {slot}")]
    Double {
        /// The slot.
        slot: String,
        /// The first block.
        first: String,
        /// The other.
        second: String,
    },
}

impl BlockFile {
    /// The block with this key.
    pub fn block(&self, key: &str) -> Option<&Block> {
        self.blocks.iter().find(|block| block.key == key)
    }

    /// The blocks of a state's letter in their order: exactly one of each required slot, at most one of any other (R30).
    ///
    /// # Errors
    /// All slots with too few or too many blocks.
    pub fn select(&self, facts: &StateFacts) -> Result<Vec<&Block>, Vec<SlotFault>> {
        let chosen: Vec<&Block> = self.blocks.iter().filter(|block| block.fits(facts)).collect();
        let mut filled: BTreeMap<&str, &Block> = BTreeMap::new();
        let mut faults = Vec::new();
        for block in &chosen {
            let Some(slot) = block.slot.as_deref() else { continue };
            if let Some(first) = filled.insert(slot, block) {
                faults.push(SlotFault::Double { slot: slot.to_owned(), first: first.key.clone(), second: block.key.clone() });
            }
        }
        faults.extend(REQUIRED_SLOTS.iter().filter(|slot| !filled.contains_key(*slot)).map(|slot| SlotFault::Empty((*slot).to_owned())));
        if faults.is_empty() { Ok(chosen) } else { Err(faults) }
    }
}

#[cfg(test)]
#[path = "blocks_tests.rs"]
mod tests;
