//! Letters drafted to look at, from words that may not be kept yet: to any state, and to the dozen that try the words hardest. Must keep and send nothing.

use std::collections::{BTreeSet, HashMap};

use super::{
    addressing::Recipient,
    checking::Standard,
    draft::{self, Content, Sender},
    drafting,
    facts::{self, Known},
    present::Present,
};
use crate::{
    campaigns::Current,
    domain::{
        behaviour::Behaviour,
        blocks::{LetterKind, SlotFault, StateFacts},
        checks::Finding,
        language::Language,
        letter::{Channel, PostKind},
        wording::LetterWords,
    },
    platform::Platform,
    states::{Directory, directory::StateEntry},
};

/// So many letters try the words at once.
pub const HARD: usize = 12;

/// A letter that goes nowhere.
#[derive(Debug)]
pub struct Trial {
    /// The state.
    pub iso3: String,
    /// Its language.
    pub language: Language,
    /// What it says.
    pub content: Content,
    /// What the checks find.
    pub findings: Vec<Finding>,
}

/// Words to try, with what is known of all states.
#[derive(Debug)]
pub struct Trials<'a> {
    present: &'a Present<'a>,
    words: &'a LetterWords,
    known: HashMap<String, Known>,
    standard: Standard<'a>,
    campaign: &'a Current,
    directory: &'a Directory,
    check_url: String,
}

/// The offices that conditions tell apart.
const OFFICES: [PostKind; 2] = [PostKind::PermanentRepresentative, PostKind::ForeignMinister];

impl<'a> Trials<'a> {
    /// Seven queries, whatever is tried then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_up(
        platform: &Platform,
        campaign: &'a Current,
        directory: &'a Directory,
        present: &'a Present<'a>,
        words: &'a LetterWords,
    ) -> anyhow::Result<Self> {
        let db = platform.database.read();
        let known = facts::of_all_states(db, (campaign.id, &campaign.config), directory, &[], present.today).await?;
        let standard = Standard::of_trial(db, campaign.id, present, words).await?;
        Ok(Self { present, words, known, standard, campaign, directory, check_url: format!("{}/genuine", platform.site.base_url) })
    }

    /// Drafts the letter to an office of a state whose holder is not known.
    pub fn letter(&self, state: &StateEntry, post: PostKind, language: Language) -> Trial {
        self.of_kind(LetterKind::Before, None, state, post, language)
    }

    /// The same, of the kind that a block belongs to: after an event by the first behaviour the block is for, or the one to all states.
    pub fn letter_with(&self, block: &str, state: &StateEntry, post: PostKind, language: Language) -> Trial {
        let block = self.words.blocks.block(block);
        let kinds = block.map_or(&[][..], |block| block.letters.as_slice());
        let did = block.and_then(|block| block.when.as_ref()?.behaviour.first().copied()).unwrap_or(Behaviour::NothingRecorded);
        match kinds {
            [LetterKind::After, ..] => self.of_kind(LetterKind::After, Some(did), state, post, language),
            [LetterKind::Open, ..] => self.of_kind(LetterKind::Open, None, state, post, language),
            _ => self.letter(state, post, language),
        }
    }

    fn of_kind(&self, kind: LetterKind, did: Option<Behaviour>, state: &StateEntry, post: PostKind, language: Language) -> Trial {
        let mut occasion = self.present.occasion(self.check_url.clone());
        occasion.words = self.words;
        let mut known = self.known.get(&state.iso3).cloned().unwrap_or_default();
        (known.facts.letter, known.facts.behaviour) = (kind, did);
        let post = drafting::post_kind(state, post.key());
        let sender = Sender::secretariat(&self.campaign.config, language);
        let region = self.directory.region_name(state, language);
        let reference = format!("{}-{}", self.campaign.config.sender.reference_prefix, "0000-0000-0000");
        let recipient = Recipient::of_coalition(post, None, None);
        let content = match kind {
            LetterKind::Open => draft::draft_open(&occasion, language, &sender),
            LetterKind::Before | LetterKind::After => {
                draft::draft(&occasion, state, region, &known, &recipient, language, &sender, &reference, &[])
            }
        };
        let findings = self.standard.check(&content, &known, (post, Channel::Mail), language, (None, false));
        Trial { iso3: state.iso3.clone(), language, content, findings }
    }

    fn language(&self, state: &StateEntry) -> Language {
        state.language(self.campaign.config.languages_of_letters())
    }

    /// What is hard about a state's letter: which blocks it takes, its language, its standing, how its name is built.
    fn features(&self, state: &StateEntry) -> BTreeSet<String> {
        let language = self.language(state);
        let forms = state.forms.in_language(language);
        let mut features =
            BTreeSet::from([format!("language {language}"), format!("status {}", state.un_status), format!("region {}", state.region)]);
        for facts in OFFICES.iter().filter_map(|post| self.facts(state, *post, false)) {
            features.extend(self.words.blocks.blocks.iter().filter(|block| block.fits(&facts)).map(|block| format!("block {}", block.key)));
        }
        features.insert(format!("article {}", forms.run != forms.name));
        features.insert(format!("formal {}", forms.formal == forms.run));
        features.insert(format!("length {}", forms.formal.chars().count() / 12));
        features
    }

    fn facts(&self, state: &StateEntry, post: PostKind, reminder: bool) -> Option<StateFacts> {
        let facts = self.known.get(&state.iso3)?.facts.clone();
        Some(StateFacts { post: post.condition_key().to_owned(), reminder, ..facts })
    }

    /// The states that try the words hardest, at most [`HARD`]: each adds the most that none before it has shown. The same words and facts give the same.
    pub fn hard_states(&self) -> Vec<&StateEntry> {
        let mut open: Vec<(&StateEntry, BTreeSet<String>)> =
            self.directory.states().iter().map(|state| (state, self.features(state))).collect();
        let mut shown: BTreeSet<String> = BTreeSet::new();
        let mut chosen = Vec::new();
        while chosen.len() < HARD {
            let gain = |features: &BTreeSet<String>| features.difference(&shown).count();
            // Of equals the one whose code comes first.
            let best = open.iter().enumerate().max_by_key(|(at, (_, features))| (gain(features), std::cmp::Reverse(*at))).map(|(at, _)| at);
            let Some(at) = best else { break };
            let (state, features) = open.remove(at);
            shown.extend(features);
            chosen.push(state);
        }
        chosen
    }

    /// Those letters, each in its state's language.
    pub fn hard_letters(&self) -> Vec<Trial> {
        let letter = |state| self.letter(state, PostKind::PermanentRepresentative, self.language(state));
        self.hard_states().into_iter().map(letter).collect()
    }

    /// Slots that would stay empty or be filled twice in some state's letter, first, reminding or after an event, to a mission or a ministry, with the
    /// states; and in the open letter, with none (R30).
    pub fn slot_faults(&self) -> Vec<(SlotFault, Vec<String>)> {
        let mut faults: Vec<(SlotFault, Vec<String>)> = Vec::new();
        let has = |kind| self.words.blocks.blocks.iter().any(|block| block.letters.contains(&kind));
        // A campaign without letters after an event, or without an open letter, needs no words for them.
        let behaviours = if has(LetterKind::After) { Behaviour::ALL } else { &[] };
        for state in self.directory.states() {
            let mut cases: Vec<StateFacts> =
                OFFICES.iter().flat_map(|post| [false, true].map(|reminder| self.facts(state, *post, reminder))).flatten().collect();
            let after = |facts: &StateFacts| {
                let facts = facts.clone();
                behaviours.iter().map(move |did| StateFacts {
                    letter: LetterKind::After,
                    behaviour: Some(*did),
                    reminder: false,
                    ..facts.clone()
                })
            };
            cases.extend(cases.iter().filter(|facts| !facts.reminder).flat_map(after).collect::<Vec<_>>());
            let found = cases.iter().filter_map(|facts| self.words.blocks.select(facts).err()).flatten();
            for fault in found {
                match faults.iter_mut().find(|(known, _)| *known == fault) {
                    Some((_, states)) if !states.contains(&state.iso3) => states.push(state.iso3.clone()),
                    Some(_) => {}
                    None => faults.push((fault, vec![state.iso3.clone()])),
                }
            }
        }
        if has(LetterKind::Open) {
            let open = StateFacts { letter: LetterKind::Open, ..StateFacts::default() };
            faults.extend(self.words.blocks.select(&open).err().into_iter().flatten().map(|fault| (fault, Vec::new())));
        }
        faults
    }
}
