//! The golden table of what a state did and which letter it gets (R43).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use chrono::{DateTime, Utc};

use super::*;
use crate::domain::{
    blocks::{BlockFile, LetterKind, StateFacts},
    evidence::CoderConfidence,
};

fn shipped() -> BlockFile {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/campaigns/cah/letters/blocks.toml");
    toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn score(key: &str) -> Option<i32> {
    let levels = [("strong_support", 2), ("support", 1), ("neutral", 0), ("oppose", -1), ("strong_oppose", -2)];
    levels.into_iter().find(|(level, _)| *level == key).map(|(_, score)| score)
}

fn act(number: u128, kind: EvidenceKind, direction: Option<&str>) -> Evidence {
    Evidence {
        id: Uuid::from_u128(number),
        iso3: "KEN".into(),
        kind,
        direction: direction.map(str::to_owned),
        occurred_on: "2024-11-22".parse().unwrap(),
        capacity: Capacity::National,
        scope: Scope::Overall,
        is_duplicate: false,
        confidence: CoderConfidence::High,
        visibility: EvidenceVisibility::Public,
        issues: Vec::new(),
        recorded_at: DateTime::<Utc>::UNIX_EPOCH,
        ended_at: None,
    }
}

fn of(acts: &[Evidence]) -> Behaviour {
    at_event(acts, score).behaviour
}

/// R43: eight behaviours, eight letters. What stands in each that no other letter has, and what all have in common.
#[test]
fn eight_behaviours_choose_their_letters() {
    use EvidenceKind::{Absence, Cosponsorship, Explanation, Statement, Vote};
    let (thanks, position) = (["after-subject-thanks", "after-ask-thanks"], ["after-subject-position", "after-ask-position"]);
    let (regret, unknown) = (["after-subject-regret", "after-ask-regret"], ["after-subject-unknown", "after-ask-unknown"]);
    let golden: [(&str, Vec<Evidence>, &str, [&str; 2]); 8] = [
        ("co_sponsored", vec![act(1, Cosponsorship, Some("strong_support")), act(2, Vote, Some("support"))], "after-cosponsored", thanks),
        ("spoke_for", vec![act(1, Statement, Some("support"))], "after-spoke", thanks),
        ("voted_for", vec![act(1, Vote, Some("support")), act(2, Statement, Some("support"))], "after-voted-for", thanks),
        ("explained", vec![act(1, Explanation, Some("oppose"))], "after-explained", position),
        ("abstained", vec![act(1, Vote, Some("neutral")), act(2, Explanation, Some("support"))], "after-abstained", position),
        ("voted_against", vec![act(1, Vote, Some("strong_oppose")), act(2, Cosponsorship, None)], "after-voted-against", regret),
        ("absent", vec![act(1, Absence, None)], "after-absent", unknown),
        ("nothing_recorded", vec![], "after-unknown", unknown),
    ];
    let file = shipped();
    for (behaviour, mut acts, opening, [subject, ask]) in golden {
        let expected: Behaviour = behaviour.parse().unwrap();
        assert_eq!(of(&acts), expected, "{behaviour}");
        acts.reverse();
        assert_eq!(of(&acts), expected, "{behaviour}, told in another order");
        let facts = StateFacts {
            letter: LetterKind::After,
            behaviour: Some(expected),
            post: "permanent_representative".into(),
            stance: "support".into(),
            region: "african_group".into(),
            groups: vec!["au".into()],
            own_statement: true,
            local_signers: 3,
            ..StateFacts::default()
        };
        let chosen: Vec<&str> = file.select(&facts).unwrap().into_iter().map(|block| block.key.as_str()).collect();
        let mut wanted = vec!["body-now", "local-few", "ask-intro", "offer-mission", "closing-reply", subject, "after-who", opening, ask];
        wanted.sort_by_key(|key| file.blocks.iter().position(|block| block.key == **key));
        assert_eq!(chosen, wanted, "{behaviour}");
    }
    assert_eq!(Behaviour::ALL.len(), 8);
}

/// R43, R32: only what is public, its own, first-hand and in force is an act.
#[test]
fn what_is_not_public_or_not_its_own_is_no_act() {
    let vote = || act(1, EvidenceKind::Vote, Some("oppose"));
    let aside = [
        Evidence { visibility: EvidenceVisibility::Core, ..vote() },
        Evidence { visibility: EvidenceVisibility::Coalition, ..vote() },
        Evidence { capacity: Capacity::GroupMember, ..vote() },
        Evidence { scope: Scope::Reported, ..vote() },
        Evidence { is_duplicate: true, ..vote() },
        Evidence { ended_at: Some(DateTime::<Utc>::UNIX_EPOCH), ..vote() },
        act(2, EvidenceKind::Reply, Some("oppose")),
        act(3, EvidenceKind::Meeting, Some("oppose")),
        act(4, EvidenceKind::GroupStatement, Some("support")),
        act(5, EvidenceKind::Vote, None),
    ];
    assert_eq!(at_event(&aside, score), Conduct { behaviour: Behaviour::NothingRecorded, act: None });
    let mut acts = aside.to_vec();
    acts.push(Evidence { id: Uuid::from_u128(9), ..vote() });
    assert_eq!(at_event(&acts, score), Conduct { behaviour: Behaviour::VotedAgainst, act: Some(Uuid::from_u128(9)) });
}

/// R43: the edges of the order.
#[test]
fn a_vote_outweighs_words_and_a_later_word_an_earlier() {
    use EvidenceKind::{Absence, Cosponsorship, Dissociation, ParagraphVote, Statement, Vote};
    let on = |item: Evidence, day: &str| Evidence { occurred_on: day.parse().unwrap(), ..item };
    let co_sponsored = act(1, Cosponsorship, None);
    let dissociated = on(act(2, Dissociation, Some("oppose")), "2024-11-23");
    assert_eq!(of(&[co_sponsored.clone(), dissociated.clone()]), Behaviour::Explained, "whoever dissociates in the end is not thanked");
    assert_eq!(of(&[on(act(3, Statement, Some("oppose")), "2024-11-01"), co_sponsored.clone()]), Behaviour::CoSponsored);
    assert_eq!(of(&[act(4, Dissociation, Some("strong_support"))]), Behaviour::SpokeFor, "from a text that did too little");
    assert_eq!(of(&[act(5, Statement, Some("neutral"))]), Behaviour::Explained, "who spoke is not told that nothing is recorded");
    assert_eq!(
        of(&[Evidence { scope: Scope::Procedure, ..act(6, Vote, Some("oppose")) }]),
        Behaviour::Explained,
        "a motion is not the matter"
    );
    assert_eq!(of(&[act(7, ParagraphVote, Some("oppose")), act(8, Vote, Some("support"))]), Behaviour::VotedFor);
    assert_eq!(of(&[act(9, Absence, None), act(10, Statement, Some("support"))]), Behaviour::SpokeFor, "thanks for what it did");
    let (first, second) = (on(act(11, Vote, Some("oppose")), "2024-11-01"), act(12, Vote, Some("support")));
    assert_eq!(of(&[second, first]), Behaviour::VotedFor, "the last vote counts");
}

/// R43: only what is over or running can be looked back on.
#[test]
fn a_round_follows_only_what_has_begun() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let today = day("2026-11-23");
    let may = |kind, from, until, precision, past| may_be_followed(kind, (day(from), day(until)), precision, past, today);
    assert!(may("vote", "2024-11-22", "2024-11-22", "day", false));
    assert!(may("session", "2026-11-20", "2026-11-30", "day", false), "running");
    assert!(may("debate", "2021-10-01", "2021-10-31", "month", true));
    assert!(!may("session", "2026-11-24", "2026-11-30", "day", false), "tomorrow");
    assert!(!may("session", "2026-01-01", "2026-12-31", "year", false), "some day of this year");
    assert!(!may("milestone", "2024-11-22", "2024-11-22", "day", true), "nobody acts at a milestone");
}
