//! Every kind of work and every action that the source can store has its words. They are sought in the source, so that a new one cannot be forgotten.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{collections::BTreeSet, fs, path::Path};

use super::*;
use crate::domain::signature::VettingDecision;

/// The sources that run, without their tests and comments.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.to_string_lossy().ends_with("tests.rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod").next().unwrap();
            found.push(code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n"));
        }
    }
}

fn all_sources() -> Vec<String> {
    let mut found = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 100, "the source was not found");
    found
}

/// The text of each call, after its opening bracket.
fn calls<'s>(source: &'s str, call: &str) -> Vec<&'s str> {
    source.match_indices(call).map(|(at, _)| source[at + call.len()..].trim_start()).filter(|rest| !rest.starts_with(')')).collect()
}

fn literal(text: &str) -> Option<&str> {
    text.trim_start().trim_start_matches('&').strip_prefix('"')?.split('"').next()
}

fn is_name(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 2 && parts.iter().all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
}

fn identifier(text: &str) -> String {
    text.trim_start().trim_start_matches('&').chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '.').collect()
}

fn kinds() -> BTreeSet<String> {
    let mut kinds = BTreeSet::new();
    for source in all_sources() {
        for call in calls(&source, " Job::new(").into_iter().chain(calls(&source, "(Job::new(")) {
            if let Some(kind) = literal(call) {
                kinds.insert(kind.to_owned());
                continue;
            }
            let constant = identifier(call);
            // What recurs is queued by the worker under the kind it was registered with: the constant is found by `.every(` below. The
            // typesetter's own jobs are of another type and wait in no queue.
            if constant == "recurring.kind" || constant.starts_with("engine.") {
                continue;
            }
            let defined = source.split(&format!("const {constant}: &str = ")).nth(1).unwrap_or_else(|| panic!("what kind is {constant}?"));
            kinds.insert(literal(defined).unwrap().to_owned());
        }
        for call in calls(&source, ".every(std::time::") {
            let registered = call.lines().next().unwrap().trim_end_matches(&[';', ')'][..]).rsplit(", ").next().unwrap();
            let defined =
                source.split(&format!("const {registered}: &str = ")).nth(1).unwrap_or_else(|| panic!("what recurs as {registered}?"));
            kinds.insert(literal(defined).unwrap().to_owned());
        }
    }
    kinds
}

fn actions() -> BTreeSet<String> {
    let mut actions = BTreeSet::new();
    for source in all_sources() {
        for call in calls(&source, "Entry::of(") {
            // The first argument is `None`, `account` or `Some(…)`, none with a comma in it.
            let action = call.split_once(',').unwrap().1;
            if let Some(action) = literal(action) {
                actions.insert(action.to_owned());
                continue;
            }
            // Passed on: every name that the file holds, and those it makes of a moderator's decision.
            assert!(identifier(action) == "action", "what action is {}?", identifier(action));
            let named = source.split('"').skip(1).step_by(2).filter(|text| is_name(text));
            actions.extend(named.map(str::to_owned));
            if source.contains("format!(\"signature.{decision}\")") {
                let done_at_once = VettingDecision::ALL.iter().filter(|decision| !decision.needs_second());
                actions.extend(done_at_once.map(|decision| format!("signature.{decision}")));
            }
        }
    }
    actions
}

/// What the lines are about: the third argument, wherever it is a literal.
fn subjects() -> BTreeSet<String> {
    let mut subjects = BTreeSet::new();
    for source in all_sources() {
        for call in calls(&source, "Entry::of(") {
            let subject = call.split(',').nth(2).unwrap();
            subjects.insert(literal(subject).unwrap_or_else(|| panic!("what is {subject}?")).to_owned());
        }
    }
    subjects
}

#[test]
fn everything_the_trail_is_about_has_its_words() {
    let subjects = subjects();
    assert!(subjects.len() >= 9 && subjects.contains("round") && subjects.contains("signature"), "{subjects:?}");
    for (language, name) in Language::INTERFACE.iter().flat_map(|language| subjects.iter().map(move |name| (*language, name))) {
        assert_ne!(&subject(language, name), name, "{language} has no words for it");
    }
}

#[test]
fn every_kind_of_work_has_its_words() {
    let kinds = kinds();
    assert!(kinds.len() >= 7 && kinds.contains("letters.dispatch") && kinds.contains("signing.recount"), "{kinds:?}");
    for (language, name) in Language::INTERFACE.iter().flat_map(|language| kinds.iter().map(move |name| (*language, name))) {
        assert_ne!(&kind(language, name), name, "{language} has no words for it");
    }
}

#[test]
fn every_action_of_the_trail_has_its_words() {
    let actions = actions();
    assert!(
        actions.len() >= 30
            && ["round.released", "work.retried", "evidence.entered", "signature.verify"].iter().all(|name| actions.contains(*name)),
        "{actions:?}"
    );
    for (language, name) in Language::INTERFACE.iter().flat_map(|language| actions.iter().map(move |name| (*language, name))) {
        assert_ne!(&action(language, name), name, "{language} has no words for it");
    }
}

#[test]
fn what_has_no_words_shows_its_name() {
    assert_eq!(kind(Language::Fr, "tests.nobody"), "tests.nobody");
    assert_eq!(action(Language::Ar, "tests.nothing_known"), "tests.nothing_known");
}
