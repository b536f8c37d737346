//! What a browser sends back of a block is the block.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::domain::blocks::IssueCondition;

fn everything() -> Condition {
    let list = |name: &str| vec![name.to_owned()];
    Condition {
        stance: list("support"),
        region: list("african_group"),
        group: list("african_group"),
        un_status: list("member"),
        lead: Some(false),
        cosponsor: Some(true),
        own_statement: Some(false),
        issue_position: Some(IssueCondition { issue: "gender".into(), is: vec![IssueStance::Supports, IssueStance::Open] }),
        issue_silent: Some("gender".into()),
        local_signers_min: Some(3),
        post: list("foreign_minister"),
        reminder: Some(true),
        behaviour: vec![Behaviour::Abstained, Behaviour::Absent],
    }
}

#[test]
fn every_key_of_a_condition_can_be_asked_for() {
    let Value::Object(keys) = serde_json::to_value(everything()).unwrap() else { unreachable!("a condition is an object") };
    let (mut has, mut asked): (Vec<_>, Vec<_>) = (keys.keys().map(String::as_str).collect(), KEYS.map(|(key, _)| key).to_vec());
    has.sort_unstable();
    asked.sort_unstable();
    assert_eq!(has, asked);
}

/// What a browser sends back untouched is the block as it was.
#[test]
fn a_form_sent_back_as_it_came_changes_nothing() {
    let block = Block {
        key: "ask-now".into(),
        part: Part::Ask,
        slot: Some("ask".into()),
        items: true,
        letters: vec![LetterKind::Before, LetterKind::After],
        when: Some(everything()),
        unless: Some(Condition { lead: Some(true), ..Condition::default() }),
    };
    let words: LetterWords = serde_json::from_value(json!({
        "blocks": { "version": 1, "block": [{ "key": "first", "part": "opening" }, block] },
        "texts": { "en": { "translation": "authoritative", "text": { "first": "One.", "ask-now": "do this\nand that" } } },
        "address": { "version": 1 },
        "labels": { "version": 1 },
    }))
    .unwrap();
    let one = |name: &str| BTreeSet::from([name.to_owned()]);
    let known = Vocabulary {
        stances: one("support"),
        regions: one("african_group"),
        groups: one("african_group"),
        un_statuses: one("member"),
        posts: one("foreign_minister"),
        issues: one("gender"),
    };
    let typed = of_block(&words, &block, &[Language::En]);
    let change = read(&typed, None, &[Language::En], &known).unwrap();
    assert_eq!((&change.block, change.after.as_deref()), (&block, Some("first")));
    assert_eq!(words.with(&change, Language::En), words);
    assert!(read(&typed, None, &[Language::En], &Vocabulary::default()).is_err(), "names that do not exist are refused");
}
