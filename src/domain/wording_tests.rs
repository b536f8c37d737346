//! The shipped words of letters, in every language.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;

fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = format!("{}/assets/campaigns/cah/letters/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn shipped() -> LetterWords {
    LetterWords {
        blocks: read("blocks"),
        texts: Language::LETTERS.into_iter().map(|language| (language, read(language.code()))).collect(),
        address: read("address"),
        labels: read("labels"),
    }
}

/// R29, R39
#[test]
fn the_shipped_letters_have_every_word_in_every_language() {
    let faults = shipped().faults(&Language::LETTERS, |variable| LETTER_VARIABLES.contains(&variable));
    assert_eq!(faults, Vec::<String>::new());
}

/// R39
#[test]
fn a_missing_translation_is_missing_and_not_english() {
    let mut words = shipped();
    words.texts.get_mut(&Language::Ar).unwrap().text.remove("body-gap");
    assert_eq!(words.text(Language::Ar, "body-gap"), None);
    let faults = words.faults(&Language::LETTERS, |_| true);
    assert_eq!(faults, ["ar: the block body-gap has no text"]);
}

/// R31
#[test]
fn an_unknown_variable_an_orphan_text_and_a_missing_label_are_found() {
    let mut words = shipped();
    let french = words.texts.get_mut(&Language::Fr).unwrap();
    french.text.insert("body-gap".into(), "{{ state.nmae }}".into());
    french.text.insert("orphan".into(), "x".into());
    words.labels.languages.get_mut(&Language::Zh).unwrap().page.remove("reference");
    let faults = words.faults(&Language::LETTERS, |variable| LETTER_VARIABLES.contains(&variable));
    assert_eq!(
        faults,
        ["fr: block body-gap: unknown variable state.nmae", "fr: the text orphan belongs to no block", "zh: no label reference"]
    );
}

#[test]
fn numbered_asks_have_at_least_two_lines_in_every_language() {
    let words = shipped();
    for block in words.blocks.blocks.iter().filter(|block| block.items) {
        let lines: Vec<_> = Language::LETTERS
            .iter()
            .map(|language| words.text(*language, &block.key).unwrap().lines().filter(|l| !l.trim().is_empty()).count())
            .collect();
        assert!(lines.iter().all(|count| *count >= 2 && *count == lines[0]), "{}: {lines:?}", block.key);
    }
}

/// R44: a letter to all states cannot speak of one, and greets all in every language.
#[test]
fn a_block_of_the_open_letter_that_names_a_state_is_a_fault() {
    let mut words = shipped();
    words.texts.get_mut(&Language::Es).unwrap().text.insert("all-move".into(), "{{ state.of }}".into());
    words.address.open.remove(&Language::Ru);
    let faults = words.faults(&Language::LETTERS, |_| true);
    let expected = ["es: block all-move: state.of speaks of one state, in a letter to all", "ru: no form of address for the open letter"];
    assert_eq!(faults, expected);
}
