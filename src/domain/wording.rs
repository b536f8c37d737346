//! The words of letters as the campaign's files hold them: per language the blocks' texts, the forms of address, the labels of the
//! page. Must not fall back to another language: what is missing is missing (R39).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    address::Gender,
    blocks::{BlockFile, LetterKind},
    language::Language,
    letter::PostKind,
    phrase,
    text::TranslationStatus,
};

/// The texts of the blocks in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockTexts {
    /// Their standing.
    pub translation: TranslationStatus,
    /// By key of the block.
    pub text: BTreeMap<String, String>,
    /// Blocks whose words in the language that counts changed after these were written.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub behind: BTreeSet<String>,
}

/// Forms of address by office and language, for an addressee whose name is not known (R28).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressFile {
    /// Version of the file.
    pub version: i32,
    /// To all missions at once, by language (R44). A campaign without it has no open letter.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub open: BTreeMap<Language, AddressForm>,
    /// By office, then by language.
    #[serde(flatten)]
    pub posts: BTreeMap<PostKind, BTreeMap<Language, AddressForm>>,
}

/// How an office is written to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressForm {
    /// The block of the address.
    pub lines: Vec<String>,
    /// The first line where the holder is a woman, and where a man; none: the same for both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_f: Option<String>,
    /// See `first_f`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_m: Option<String>,
    /// What follows an office that the register calls otherwise; empty: all lines but the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub place: Vec<String>,
    /// The opening.
    pub salutation: String,
    /// Comma, colon or exclamation mark, by the custom of the language.
    pub salutation_end: String,
    /// The closing sentence, in the plural.
    pub closing: String,
}

impl AddressForm {
    /// The office's first line for a holder of a known gender, where the language has one.
    pub fn first_line(&self, gender: Option<Gender>) -> Option<&str> {
        match gender? {
            Gender::Female => self.first_f.as_deref(),
            Gender::Male => self.first_m.as_deref(),
        }
    }

    /// The lines below an office that the register calls otherwise.
    pub fn place_lines(&self) -> &[String] {
        if self.place.is_empty() { self.lines.get(1..).unwrap_or_default() } else { &self.place }
    }
}

impl AddressFile {
    /// The form for an office in a language.
    pub fn form(&self, post: PostKind, language: Language) -> Option<&AddressForm> {
        self.posts.get(&post)?.get(&language)
    }
}

/// The labels of the page, by language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelFile {
    /// Version of the file.
    pub version: i32,
    /// By language.
    #[serde(flatten)]
    pub languages: BTreeMap<Language, Labels>,
}

/// The labels of one language; sentences may hold variables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    /// The frame of the e-mail that carries the letter.
    pub email: BTreeMap<String, String>,
    /// The words on the page.
    #[serde(flatten)]
    pub page: BTreeMap<String, String>,
}

/// All words of a campaign's letters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterWords {
    /// Which paragraphs, for whom.
    pub blocks: BlockFile,
    /// Their texts.
    pub texts: BTreeMap<Language, BlockTexts>,
    /// Forms of address.
    pub address: AddressFile,
    /// Labels.
    pub labels: LabelFile,
}

impl LetterWords {
    /// The text of a block in a language.
    pub fn text(&self, language: Language, block: &str) -> Option<&str> {
        self.texts.get(&language)?.text.get(block).map(String::as_str).filter(|text| !text.trim().is_empty())
    }

    /// Whether the words of a block in a language may say what the language that counts no longer says.
    pub fn is_behind(&self, language: Language, block: &str) -> bool {
        self.texts.get(&language).is_some_and(|texts| texts.behind.contains(block))
    }

    /// Everything that is missing or does not fit, in all `languages`, one line each. `known` says whether a variable has a value.
    pub fn faults(&self, languages: &[Language], known: impl Fn(&str) -> bool) -> Vec<String> {
        let mut faults = Vec::new();
        for language in languages {
            self.block_faults(*language, &known, &mut faults);
            for post in PostKind::ALL {
                match self.address.form(*post, *language) {
                    None => faults.push(format!("{language}: no form of address for {post}")),
                    Some(form) => {
                        let first = form.first_f.iter().chain(&form.first_m);
                        let parts = form.lines.iter().chain(&form.place).chain(first).chain([&form.salutation, &form.closing]);
                        parts.for_each(|text| sentence_faults(text, &format!("{language}: address of {post}"), &known, &mut faults));
                    }
                }
            }
            if !self.address.open.is_empty() && !self.address.open.contains_key(language) {
                faults.push(format!("{language}: no form of address for the open letter"));
            }
            if !self.labels.languages.contains_key(language) {
                faults.push(format!("{language}: no labels"));
            }
        }
        self.label_faults(&mut faults);
        faults
    }

    fn block_faults(&self, language: Language, known: &impl Fn(&str) -> bool, faults: &mut Vec<String>) {
        for block in &self.blocks.blocks {
            match self.text(language, &block.key) {
                None => faults.push(format!("{language}: the block {} has no text", block.key)),
                Some(text) => {
                    let place = format!("{language}: block {}", block.key);
                    sentence_faults(text, &place, known, faults);
                    if block.letters.contains(&LetterKind::Open) {
                        faults.extend(
                            of_one_state(text)
                                .filter(|name| known(name))
                                .map(|name| format!("{place}: {name} speaks of one state, in a letter to all")),
                        );
                    }
                }
            }
        }
        for key in self.texts.get(&language).into_iter().flat_map(|texts| texts.text.keys()) {
            if self.blocks.block(key).is_none() {
                faults.push(format!("{language}: the text {key} belongs to no block"));
            }
        }
    }

    /// A label that one language has, every language has.
    fn label_faults(&self, faults: &mut Vec<String>) {
        let languages = &self.labels.languages;
        let page: BTreeSet<_> = languages.values().flat_map(|labels| labels.page.keys()).collect();
        let email: BTreeSet<_> = languages.values().flat_map(|labels| labels.email.keys()).collect();
        for (language, labels) in languages {
            let lacking = page
                .iter()
                .filter(|key| !labels.page.contains_key(**key))
                .chain(email.iter().filter(|key| !labels.email.contains_key(**key)));
            faults.extend(lacking.map(|key| format!("{language}: no label {key}")));
        }
    }
}

/// Variables that have a value only in a letter to one state.
pub fn of_one_state(text: &str) -> impl Iterator<Item = &str> {
    let groups = ["state.", "local.", "record.", "act.", "earlier.", "reference"];
    phrase::variables(text).unwrap_or_default().into_iter().filter(move |name| groups.iter().any(|group| name.starts_with(group)))
}

fn sentence_faults(text: &str, place: &str, known: &impl Fn(&str) -> bool, faults: &mut Vec<String>) {
    match phrase::variables(text) {
        Err(fault) => faults.push(format!("{place}: {fault}")),
        Ok(names) => faults.extend(names.into_iter().filter(|name| !known(name)).map(|name| format!("{place}: unknown variable {name}"))),
    }
}

/// The variables a letter's sentences may use.
pub const LETTER_VARIABLES: [&str; 22] = [
    "state.name",
    "state.formal",
    "state.run",
    "state.of",
    "state.in",
    "state.adjective",
    "event.name",
    "event.date",
    "wave.date",
    "wave.number",
    "wave.organisations",
    "wave.individuals",
    "wave.countries",
    "sender.name",
    "record.date",
    "record.summary_source",
    "act.date",
    "act.source",
    "local.organisations",
    "earlier.date",
    "earlier.reference",
    "reference",
];

#[cfg(test)]
#[path = "wording_tests.rs"]
mod tests;
