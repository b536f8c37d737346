//! What stops a letter before a person approves it (R31, R32), and what a person should look at. Findings are codes with the place
//! they concern; pages choose the words. Must not correct anything.

mod confidential;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

pub use confidential::Confidential;

use super::{
    blocks::{BlockFile, Part, REQUIRED_SLOTS, StateFacts},
    dates,
    evidence::EvidenceVisibility,
    keyed::keyed,
    text::TranslationStatus,
};

keyed! {
    /// What was found.
    FindingCode {
        /// A variable or a bracket left to fill in.
        Placeholder = "placeholder",
        /// The event, or a date in the request, is already past.
        PastDate = "past_date",
        /// An older date somewhere else; perhaps as it should be.
        OldDate = "old_date",
        /// A paragraph meant for other states (R30).
        WrongAudience = "wrong_audience",
        /// A slot that every letter fills is empty, or one is filled twice.
        SlotCount = "slot_count",
        /// A paragraph without text in the letter's language.
        MissingTranslation = "missing_translation",
        /// The words in the letter's language are older than those of the language that counts (R39).
        BehindTranslation = "behind_translation",
        /// No native reader has checked the language.
        UncheckedTranslation = "unchecked_translation",
        /// A fact that is not public (R32).
        ConfidentialSource = "confidential_source",
        /// A quoted fact without day or source (R32).
        UnsourcedFact = "unsourced_fact",
        /// The address was not checked for too long (R27).
        StaleAddressee = "stale_addressee",
        /// Somebody else holds the post now, or is written to otherwise.
        OtherHolder = "other_holder",
        /// Its event is on other days than when the letter was drafted (R40).
        MovedEvent = "moved_event",
        /// The last mail to this mailbox came back, and nobody has looked at the entry since (R79).
        RefusedMailbox = "refused_mailbox",
        /// A paragraph was edited, and the template has other words for it now (R34).
        EditConflict = "edit_conflict",
        /// A reminder to somebody who has answered.
        Answered = "answered",
        /// No form of address.
        MissingAddress = "missing_address",
        /// Nobody knows where to send it.
        NoRecipient = "no_recipient",
        /// The number of signatories in the text is not the annex's (R38).
        AnnexMismatch = "annex_mismatch",
        /// More than one page before the annex.
        Overlong = "overlong",
        /// A name of the annex holds a character that no font here shows; it is printed without.
        UnsettableName = "unsettable_name",
    }
}

keyed! {
    /// How grave.
    Severity {
        /// Stops approval.
        Blocker = "blocker",
        /// To be looked at.
        Notice = "notice",
    }
}

impl FindingCode {
    /// Whether it stops approval.
    pub const fn severity(self) -> Severity {
        match self {
            // One signatory's name must not hold back the letters to all states: a person decides.
            Self::OldDate | Self::UncheckedTranslation | Self::Overlong | Self::UnsettableName => Severity::Notice,
            Self::Placeholder
            | Self::PastDate
            | Self::WrongAudience
            | Self::SlotCount
            | Self::MissingTranslation
            | Self::ConfidentialSource
            | Self::UnsourcedFact
            | Self::StaleAddressee
            | Self::OtherHolder
            | Self::MovedEvent
            | Self::EditConflict
            | Self::BehindTranslation
            | Self::Answered
            | Self::RefusedMailbox
            | Self::MissingAddress
            | Self::NoRecipient
            | Self::AnnexMismatch => Severity::Blocker,
        }
    }
}

/// The place of a finding about a letter as a whole.
pub const WHOLE_LETTER: &str = "letter";

/// One finding. Its words are for many eyes: it never repeats what is confidential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub code: FindingCode,
    /// How grave.
    pub severity: Severity,
    /// Key of the block, `address`, or [`WHOLE_LETTER`].
    pub place: String,
    /// The words or the key it is about.
    pub detail: String,
}

impl Finding {
    /// A place outside the paragraphs where a variable had no value.
    pub fn placeholder(place: &str) -> Self {
        Self::new(FindingCode::Placeholder, place, "")
    }

    /// A name of the annex that cannot be printed as it was given.
    pub fn unsettable(name: &str) -> Self {
        Self::new(FindingCode::UnsettableName, "annex", name)
    }

    /// The letter is addressed to somebody who no longer holds the post, or not to the person who now does.
    pub fn other_holder(name: &str) -> Self {
        Self::new(FindingCode::OtherHolder, "address", name)
    }

    /// The event has moved to these days since the letter was drafted.
    pub fn moved_event(days: &str) -> Self {
        Self::new(FindingCode::MovedEvent, "event", days)
    }

    /// A server refused the last mail to this mailbox, in its own words.
    pub fn refused_mailbox(words: &str) -> Self {
        Self::new(FindingCode::RefusedMailbox, "address", words)
    }

    /// The paragraph may say what the language that counts no longer says.
    pub fn behind(block: &str) -> Self {
        Self::new(FindingCode::BehindTranslation, block, "")
    }

    /// A person's words for a paragraph that this letter no longer has (R34).
    pub fn orphaned_edit(block: &str) -> Self {
        Self::new(FindingCode::EditConflict, block, "")
    }

    /// The letter reminds somebody who has answered meanwhile.
    pub fn answered(reference: &str) -> Self {
        Self::new(FindingCode::Answered, WHOLE_LETTER, reference)
    }

    /// Whether it stops approval.
    pub fn blocks(&self) -> bool {
        self.severity == Severity::Blocker
    }

    fn new(code: FindingCode, place: &str, detail: impl Into<String>) -> Self {
        Self { code, severity: code.severity(), place: place.to_owned(), detail: detail.into() }
    }
}

/// How many findings stop the letter.
pub fn blockers(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| finding.severity == Severity::Blocker).count()
}

/// A paragraph of a drafted letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftedBlock {
    /// Key of its block.
    pub key: String,
    /// Where it stands.
    pub part: Part,
    /// The finished text; `None` when there is none in the letter's language.
    pub text: Option<String>,
    /// A person wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<Edited>,
}

/// What stands behind a paragraph that a person wrote (R34).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    /// The template's words for this letter now.
    pub template: Option<String>,
    /// They are not those that the person wrote over.
    pub conflict: bool,
}

impl DraftedBlock {
    /// A person took it out of this letter.
    fn is_left_out(&self) -> bool {
        self.edited.is_some() && self.text.as_deref().is_none_or(|text| text.trim().is_empty())
    }
}

/// A fact about the state that the letter quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotedFact<'a> {
    /// What the finding names: the evidence's key.
    pub key: &'a str,
    /// Who may see it.
    pub visibility: EvidenceVisibility,
    /// When it happened.
    pub day: Option<NaiveDate>,
    /// Document or address.
    pub source: Option<&'a str>,
}

/// A drafted letter with all that the checks look at.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// The paragraphs in order.
    pub blocks: &'a [DraftedBlock],
    /// Lines of the address, salutation, closing.
    pub address: &'a [&'a str],
    /// Somewhere to send it is known, or it is not to be sent.
    pub has_recipient: bool,
    /// The standing of the language's texts.
    pub translation: TranslationStatus,
    /// Facts of the record it quotes.
    pub quoted: &'a [QuotedFact<'a>],
    /// Other days it names on purpose, such as that of its wave.
    pub cited: &'a [NaiveDate],
    /// Number of signatories the text speaks of, and of the annex.
    pub signatories: Option<(u32, u32)>,
    /// Pages before the annex, once it is typeset.
    pub pages: Option<u32>,
    /// Day of the last check of the register's entry; `None` where it has none.
    pub addressee_checked_on: Option<NaiveDate>,
    /// A person said why the letter may leave though that is long ago.
    pub addressee_excused: bool,
}

/// What a letter is measured against.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    /// The campaign's blocks.
    pub blocks: &'a BlockFile,
    /// The state as it is now.
    pub facts: &'a StateFacts,
    /// Today.
    pub today: NaiveDate,
    /// First day of the event the letter is about. While the event lasts, that day may be named though it is over.
    pub event_from: NaiveDate,
    /// Its last day; for an inexact date the last day it may mean.
    pub event_until: NaiveDate,
    /// The letter looks back on the event: it may be over, and what is asked may not name its day (R43).
    pub follows: bool,
    /// What must not be found in any letter.
    pub confidential: &'a Confidential,
    /// After so many days an addressee has to be checked again.
    pub addressee_days: u32,
}

/// Everything found in a letter, in the order of the letter.
pub fn check(draft: &Draft<'_>, setting: &Setting<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if setting.event_until < setting.today && !setting.follows {
        found.push(Finding::new(FindingCode::PastDate, "event", setting.event_until.to_string()));
    }
    address_findings(draft, setting, &mut found);
    slot_findings(draft, setting, &mut found);
    for block in draft.blocks {
        block_findings(block, draft, setting, &mut found);
    }
    for fact in draft.quoted {
        if fact.visibility != EvidenceVisibility::Public {
            found.push(Finding::new(FindingCode::ConfidentialSource, "record", fact.key));
        }
        if fact.day.is_none() || fact.source.is_none_or(|source| source.trim().is_empty()) {
            found.push(Finding::new(FindingCode::UnsourcedFact, "record", fact.key));
        }
    }
    if let Some((text, annex)) = draft.signatories.filter(|(text, annex)| text != annex) {
        found.push(Finding::new(FindingCode::AnnexMismatch, "annex", format!("{text} / {annex}")));
    }
    if draft.translation == TranslationStatus::Unofficial {
        found.push(Finding::new(FindingCode::UncheckedTranslation, WHOLE_LETTER, ""));
    }
    if let Some(pages) = draft.pages.filter(|pages| *pages > 1) {
        found.push(Finding::new(FindingCode::Overlong, WHOLE_LETTER, pages.to_string()));
    }
    found
}

fn address_findings(draft: &Draft<'_>, setting: &Setting<'_>, found: &mut Vec<Finding>) {
    if draft.address.iter().all(|line| line.trim().is_empty()) {
        found.push(Finding::new(FindingCode::MissingAddress, "address", ""));
    }
    if !draft.has_recipient {
        found.push(Finding::new(FindingCode::NoRecipient, "address", ""));
    }
    for line in draft.address {
        found.extend(placeholder(line).map(|words| Finding::new(FindingCode::Placeholder, "address", words)));
        if setting.confidential.is_in(line) {
            found.push(Finding::new(FindingCode::ConfidentialSource, "address", ""));
        }
    }
    if let Some(day) = draft.addressee_checked_on
        && (setting.today - day).num_days() > i64::from(setting.addressee_days)
    {
        let stale = Finding::new(FindingCode::StaleAddressee, "address", day.to_string());
        let severity = if draft.addressee_excused { Severity::Notice } else { stale.severity };
        found.push(Finding { severity, ..stale });
    }
}

fn slot_findings(draft: &Draft<'_>, setting: &Setting<'_>, found: &mut Vec<Finding>) {
    let slots: Vec<&str> = draft
        .blocks
        .iter()
        .filter(|drafted| !drafted.is_left_out())
        .filter_map(|drafted| setting.blocks.block(&drafted.key)?.slot.as_deref())
        .collect();
    let times = |slot: &str| slots.iter().filter(|one| **one == slot).count();
    let mut named: Vec<&str> = slots.iter().copied().chain(REQUIRED_SLOTS).collect();
    named.sort_unstable();
    named.dedup();
    let wrong = named.into_iter().filter(|slot| times(slot) > 1 || (times(slot) == 0 && REQUIRED_SLOTS.contains(slot)));
    found.extend(wrong.map(|slot| Finding::new(FindingCode::SlotCount, slot, times(slot).to_string())));
}

fn block_findings(drafted: &DraftedBlock, draft: &Draft<'_>, setting: &Setting<'_>, found: &mut Vec<Finding>) {
    let key = drafted.key.as_str();
    // A block that the template no longer has is nobody's.
    if !setting.blocks.block(key).is_some_and(|block| block.fits(setting.facts)) {
        found.push(Finding::new(FindingCode::WrongAudience, key, setting.facts.region.clone()));
    }
    if drafted.edited.as_ref().is_some_and(|edited| edited.conflict) {
        found.push(Finding::new(FindingCode::EditConflict, key, ""));
    }
    if drafted.is_left_out() {
        return;
    }
    let Some(text) = drafted.text.as_deref().filter(|text| !text.trim().is_empty()) else {
        found.push(Finding::new(FindingCode::MissingTranslation, key, ""));
        return;
    };
    found.extend(placeholder(text).map(|words| Finding::new(FindingCode::Placeholder, key, words)));
    if setting.confidential.is_in(text) {
        found.push(Finding::new(FindingCode::ConfidentialSource, key, ""));
    }
    let looks_back = !setting.follows || drafted.part != Part::Ask;
    let named_on_purpose = |day: &NaiveDate| {
        let quoted = || draft.quoted.iter().any(|fact| fact.day.as_ref() == Some(day));
        looks_back && (*day == setting.event_from || draft.cited.contains(day) || quoted())
    };
    for day in dates::in_text(text).into_iter().filter(|day| *day < setting.today && !named_on_purpose(day)) {
        // What is asked and offered lies ahead; a reason may well lie behind.
        let code = match drafted.part {
            Part::Subject | Part::Ask | Part::Offer | Part::Closing => FindingCode::PastDate,
            Part::Opening | Part::Body if day.year() + 1 >= setting.today.year() => FindingCode::OldDate,
            Part::Opening | Part::Body => continue,
        };
        found.push(Finding::new(code, key, day.to_string()));
    }
}

/// The first thing in a text that looks as if somebody had to fill it in: brackets, braces, runs of dots, lines or crosses, "TBD".
fn placeholder(text: &str) -> Option<String> {
    let excerpt = |from: usize| text.get(from..).unwrap_or_default().chars().take(30).collect::<String>();
    if let Some(at) = text.find(['[', ']', '{', '}', '［', '］', '〈', '〉', '<', '>']) {
        return Some(excerpt(at));
    }
    if let Some(at) = ["___", "....", "……", "***", "???", "×××"].iter().find_map(|run| text.find(run)) {
        return Some(excerpt(at));
    }
    let word = text
        .split(|c: char| !c.is_alphanumeric())
        .find(|word| matches!(*word, "TBD" | "TBC" | "TODO" | "FIXME" | "XX" | "XXX" | "XXXX" | "NN"));
    word.map(str::to_owned)
}

#[cfg(test)]
#[path = "checks_tests.rs"]
mod tests;
