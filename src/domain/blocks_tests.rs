//! Blocks and the shipped file of blocks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

/// Read once: the laws below are tried some hundred times.
static SHIPPED: std::sync::LazyLock<BlockFile> = std::sync::LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/campaigns/cah/letters/blocks.toml");
    toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
});

const STANCES: [&str; 7] = ["strong_support", "support", "neutral", "oppose", "strong_oppose", "silent", "no_data"];
const REGIONS: [&str; 6] = ["african_group", "asia_pacific_group", "eastern_european_group", "grulac", "weog", ""];
const GROUPS: [&str; 6] = ["au", "eu", "oas", "asean", "caricom", "las"];
const ISSUES: [&str; 5] = ["victims_reparations", "gender_definition", "legal_persons", "statutes_of_limitations", "immunity"];

fn any_facts() -> impl Strategy<Value = StateFacts> {
    (
        prop::sample::select(&STANCES[..]),
        prop::sample::select(&REGIONS[..]),
        prop::sample::subsequence(&GROUPS[..], 0..=3),
        any::<[bool; 3]>(),
        prop::collection::btree_map(prop::sample::select(&ISSUES[..]), prop::sample::select(IssueStance::ALL), 0..4),
        0_u32..12,
        (
            prop::sample::select(&["permanent_representative", "foreign_minister"][..]),
            prop::sample::select(&["member", "observer"][..]),
            prop::option::of(prop::sample::select(Behaviour::ALL)),
        ),
    )
        .prop_map(|(stance, region, groups, [lead, cosponsor, own_statement], issues, local_signers, (post, un_status, behaviour))| {
            StateFacts {
                letter: if behaviour.is_some() { LetterKind::After } else { LetterKind::Before },
                behaviour,
                un_status: un_status.into(),
                stance: stance.into(),
                region: region.into(),
                // The Union has members in three regions only.
                groups: groups
                    .into_iter()
                    .filter(|group| *group != "eu" || !matches!(region, "african_group" | "grulac" | ""))
                    .map(Into::into)
                    .collect(),
                lead,
                cosponsor,
                own_statement,
                // Whoever is silent overall spoke on no issue.
                issues: if matches!(stance, "silent" | "no_data") {
                    BTreeMap::new()
                } else {
                    issues.into_iter().map(|(issue, stance)| (issue.to_owned(), stance)).collect()
                },
                // Reminders are as any letter, with a sentence more.
                reminder: local_signers.is_multiple_of(2),
                local_signers,
                post: post.into(),
            }
        })
}

#[test]
fn keys_are_unique_and_conditions_speak_of_known_things() {
    let file = &*SHIPPED;
    let keys: std::collections::BTreeSet<_> = file.blocks.iter().map(|block| &block.key).collect();
    assert_eq!(keys.len(), file.blocks.len());
    for condition in file.blocks.iter().flat_map(|block| block.when.iter().chain(&block.unless)) {
        assert!(condition.stance.iter().all(|stance| STANCES.contains(&stance.as_str())), "{:?}", condition.stance);
        assert!(condition.region.iter().all(|region| REGIONS.contains(&region.as_str())), "{:?}", condition.region);
    }
}

#[test]
fn an_unknown_condition_is_refused() {
    let text = "version = 1\n[[block]]\nkey = \"a\"\npart = \"body\"\n[block.when]\nreligion = [\"x\"]\n";
    assert!(toml::from_str::<BlockFile>(text).is_err());
}

#[test]
fn two_blocks_of_one_slot_are_a_fault() {
    let block = |key: &str, slot: &str| Block {
        key: key.into(),
        part: Part::Body,
        slot: Some(slot.into()),
        items: false,
        letters: vec![LetterKind::Before],
        when: None,
        unless: None,
    };
    let file = BlockFile { version: 1, blocks: vec![block("a", "ask"), block("b", "ask"), block("c", "subject"), block("d", "offer")] };
    let faults = file.select(&StateFacts::default()).unwrap_err();
    assert_eq!(
        faults,
        [SlotFault::Double { slot: "ask".into(), first: "a".into(), second: "b".into() }, SlotFault::Empty("opening-move".into())]
    );
}

#[test]
fn a_block_is_left_out_where_its_exception_holds() {
    let weog = Condition { region: vec!["weog".into()], ..Condition::default() };
    let eu = Condition { group: vec!["eu".into()], ..Condition::default() };
    let block = Block {
        key: "weog".into(),
        part: Part::Body,
        slot: None,
        items: false,
        letters: vec![LetterKind::Before],
        when: Some(weog),
        unless: Some(eu),
    };
    let mut facts = StateFacts { region: "weog".into(), ..StateFacts::default() };
    assert!(block.fits(&facts));
    facts.groups.push("eu".into());
    assert!(!block.fits(&facts));
}

/// R44: the open letter is filled without knowing anything of any state.
#[test]
fn the_open_letter_fills_every_slot_for_nobody_in_particular() {
    let chosen = SHIPPED.select(&StateFacts { letter: LetterKind::Open, ..StateFacts::default() }).unwrap();
    assert!(chosen.iter().all(|block| block.when.is_none() && block.unless.is_none()), "{chosen:?}");
}

proptest! {
    /// R30
    #[test]
    fn every_state_gets_exactly_one_subject_move_ask_and_offer(facts in any_facts()) {
        let file = &*SHIPPED;
        let chosen = file.select(&facts);
        prop_assert!(chosen.is_ok(), "{:?}", chosen);
    }

    /// R30
    #[test]
    fn no_state_outside_africa_gets_the_african_paragraph(facts in any_facts()) {
        let file = &*SHIPPED;
        let african = file.select(&facts).unwrap().iter().any(|block| block.key == "region-african");
        prop_assert!(!african || facts.region == "african_group");
    }

    /// R30, R88
    #[test]
    fn an_observer_is_asked_for_nothing_that_only_members_may_do(facts in any_facts()) {
        let file = &*SHIPPED;
        let of_members = file.select(&facts).unwrap().iter().any(|block| matches!(block.key.as_str(), "ask-supporter" | "ask-sceptical"));
        let of_observers = file.select(&facts).unwrap().iter().any(|block| block.key.ends_with("-observer"));
        prop_assert_eq!((of_members && facts.un_status == "observer", of_observers && facts.un_status == "member"), (false, false));
    }

    /// R43
    #[test]
    fn a_letter_after_an_event_speaks_of_the_event_alone(facts in any_facts()) {
        let of_after = SHIPPED.select(&facts).unwrap().iter().filter(|block| block.key.starts_with("after-")).count();
        prop_assert_eq!(of_after, if facts.behaviour.is_some() { 4 } else { 0 });
    }

    #[test]
    fn chosen_blocks_keep_the_order_of_the_file(facts in any_facts()) {
        let file = &*SHIPPED;
        let places: Vec<_> = file.select(&facts).unwrap().iter().map(|c| file.blocks.iter().position(|b| b.key == c.key).unwrap()).collect();
        prop_assert!(places.is_sorted());
    }
}
