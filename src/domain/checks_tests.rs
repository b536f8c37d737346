//! What stops a letter, and what does not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;
use crate::domain::blocks::{Block, Condition, LetterKind};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn block(key: &str, part: Part, slot: Option<&str>, region: Option<&str>) -> Block {
    let when = region.map(|region| Condition { region: vec![region.to_owned()], ..Condition::default() });
    Block { key: key.to_owned(), part, slot: slot.map(str::to_owned), items: false, letters: vec![LetterKind::Before], when, unless: None }
}

fn file() -> BlockFile {
    BlockFile {
        version: 1,
        blocks: vec![
            block("subject", Part::Subject, Some("subject"), None),
            block("move", Part::Opening, Some("opening-move"), None),
            block("african", Part::Body, Some("region"), Some("african_group")),
            block("ask", Part::Ask, Some("ask"), None),
            block("offer", Part::Offer, Some("offer"), None),
        ],
    }
}

fn sound() -> Vec<DraftedBlock> {
    let texts = [
        ("subject", Part::Subject, "Request to state a position (2027)"),
        ("move", Part::Opening, "On 10 October 2022 the Group spoke."),
        ("ask", Part::Ask, "state its view"),
        ("offer", Part::Offer, "We would be glad to brief you."),
    ];
    texts.into_iter().map(|(key, part, text)| DraftedBlock { key: key.into(), part, text: Some(text.into()), edited: None }).collect()
}

/// The findings of a sound letter after `change`.
fn findings(change: impl FnOnce(&mut Vec<DraftedBlock>, &mut Draft<'_>, &mut Setting<'_>, &mut StateFacts)) -> Vec<Finding> {
    let blocks_file = file();
    let mut facts = StateFacts { region: "weog".into(), ..StateFacts::default() };
    let mut blocks = sound();
    let empty_facts = StateFacts::default();
    let mut draft = Draft {
        blocks: &[],
        address: &["The Permanent Representative", "New York"],
        has_recipient: true,
        translation: TranslationStatus::Authoritative,
        quoted: &[],
        cited: &[],
        signatories: Some((648, 648)),
        pages: Some(1),
        addressee_checked_on: None,
        addressee_excused: false,
    };
    let nothing = Confidential::default();
    let mut setting = Setting {
        blocks: &blocks_file,
        facts: &empty_facts,
        today: day("2026-11-23"),
        event_from: day("2027-01-01"),
        event_until: day("2027-12-31"),
        follows: false,
        confidential: &nothing,
        addressee_days: 90,
    };
    change(&mut blocks, &mut draft, &mut setting, &mut facts);
    check(&Draft { blocks: &blocks, ..draft }, &Setting { facts: &facts, ..setting })
}

fn codes(found: &[Finding]) -> Vec<FindingCode> {
    found.iter().map(|finding| finding.code).collect()
}

#[test]
fn a_sound_letter_has_no_findings() {
    assert_eq!(findings(|_, _, _, _| {}), []);
}

/// R31
#[test]
fn anything_left_to_fill_in_stops_the_letter() {
    for text in [
        "We thank [STATE].",
        "We thank {{ state.run }}.",
        "We thank ______.",
        "We thank TBD.",
        "We thank <state>",
        "We thank XXX.",
        "尊敬的×××阁下",
    ] {
        let found = findings(|blocks, _, _, _| blocks[1].text = Some(text.to_owned()));
        assert_eq!(codes(&found), [FindingCode::Placeholder], "{text}");
        assert_eq!(blockers(&found), 1);
        let found = findings(|_, draft, _, _| draft.address = Box::leak(Box::new([text])));
        assert_eq!(codes(&found), [FindingCode::Placeholder], "{text}");
    }
}

/// R31
#[test]
fn an_event_that_is_over_stops_the_letter() {
    assert_eq!(codes(&findings(|_, _, setting, _| setting.event_until = day("2026-11-22"))), [FindingCode::PastDate]);
    assert_eq!(findings(|_, _, setting, _| setting.event_until = day("2026-11-23")), [], "today is not over");
}

/// R31
#[test]
fn a_past_date_in_the_request_stops_the_letter_and_in_the_reasons_does_not() {
    let found = findings(|blocks, _, _, _| blocks[2].text = Some("co-sponsor before 10 October 2024".into()));
    assert_eq!((codes(&found), blockers(&found)), (vec![FindingCode::PastDate], 1));
    assert_eq!(findings(|blocks, _, _, _| blocks[1].text = Some("On 10 October 2022 it spoke.".into())), []);
    let recent = findings(|blocks, _, _, _| blocks[1].text = Some("The meeting on 10 October 2026 will decide.".into()));
    assert_eq!((codes(&recent), blockers(&recent)), (vec![FindingCode::OldDate], 0));
}

/// R31
#[test]
fn a_day_the_letter_names_on_purpose_is_no_finding() {
    let subject = |blocks: &mut Vec<DraftedBlock>| blocks[0].text = Some("Request (debate, 5 October 2026)".into());
    let lasting = findings(|blocks, _, setting, _| {
        subject(blocks);
        (setting.event_from, setting.event_until) = (day("2026-10-05"), day("2026-12-01"));
    });
    assert_eq!(lasting, [], "the event goes on");
    let other = findings(|blocks, _, _, _| subject(blocks));
    assert_eq!(codes(&other), [FindingCode::PastDate], "it is not the day of the event");
    let wave = findings(|blocks, draft, _, _| {
        blocks[1].text = Some("Signatories as of 22 November 2026.".into());
        draft.cited = Box::leak(Box::new([day("2026-11-22")]));
    });
    assert_eq!(wave, []);
}

/// R31
#[test]
fn a_letter_that_has_nowhere_to_go_is_stopped() {
    assert_eq!(codes(&findings(|_, draft, _, _| draft.has_recipient = false)), [FindingCode::NoRecipient]);
}

/// R30
#[test]
fn a_paragraph_for_another_region_stops_the_letter() {
    let african =
        || DraftedBlock { key: "african".into(), part: Part::Body, text: Some("As a member of the African Group…".into()), edited: None };
    assert_eq!(codes(&findings(|blocks, _, _, _| blocks.push(african()))), [FindingCode::WrongAudience]);
    let in_africa = findings(|blocks, _, _, facts| {
        blocks.push(african());
        facts.region = "african_group".into();
    });
    assert_eq!(in_africa, []);
    let unknown = DraftedBlock { key: "from-an-older-template".into(), part: Part::Body, text: Some("x".into()), edited: None };
    assert_eq!(codes(&findings(|blocks, _, _, _| blocks.push(unknown))), [FindingCode::WrongAudience]);
}

/// R30
#[test]
fn a_letter_with_no_ask_or_with_two_is_stopped() {
    assert_eq!(codes(&findings(|blocks, _, _, _| drop(blocks.remove(2)))), [FindingCode::SlotCount]);
    assert_eq!(codes(&findings(|blocks, _, _, _| blocks.push(blocks[2].clone()))), [FindingCode::SlotCount]);
}

/// R31, R39
#[test]
fn a_paragraph_without_words_in_the_language_stops_the_letter() {
    assert_eq!(codes(&findings(|blocks, _, _, _| blocks[1].text = None)), [FindingCode::MissingTranslation]);
    assert_eq!(codes(&findings(|blocks, _, _, _| blocks[1].text = Some("  ".into()))), [FindingCode::MissingTranslation]);
    let unchecked = findings(|_, draft, _, _| draft.translation = TranslationStatus::Unofficial);
    assert_eq!((codes(&unchecked), blockers(&unchecked)), (vec![FindingCode::UncheckedTranslation], 0));
}

/// R32
#[test]
fn only_public_facts_with_day_and_source_may_be_quoted() {
    let fact = |visibility, day, source| QuotedFact { key: "E1", visibility, day, source };
    let when = Some(day("2026-10-10"));
    for (quoted, code) in [
        (fact(EvidenceVisibility::Public, when, Some("A/C.6/81/SR.5")), None),
        (fact(EvidenceVisibility::Coalition, when, Some("A/C.6/81/SR.5")), Some(FindingCode::ConfidentialSource)),
        (fact(EvidenceVisibility::Public, None, Some("A/C.6/81/SR.5")), Some(FindingCode::UnsourcedFact)),
        (fact(EvidenceVisibility::Public, when, Some(" ")), Some(FindingCode::UnsourcedFact)),
    ] {
        let found = findings(|_, draft, _, _| draft.quoted = Box::leak(Box::new([quoted])));
        assert_eq!(codes(&found), code.into_iter().collect::<Vec<_>>());
    }
}

/// R32
#[test]
fn the_words_of_a_confidential_note_are_found_wherever_they_stand() {
    let found = findings(|blocks, _, setting, _| {
        setting.confidential = Box::leak(Box::new(Confidential::of(["The minister will abstain"])));
        blocks[1].text = Some("We hear that the\n  Minister will ABSTAIN in March.".into());
    });
    assert_eq!(codes(&found), [FindingCode::ConfidentialSource]);
    assert!(!found[0].detail.contains("abstain"), "the finding itself is read by many");
}

/// R27, R38
#[test]
fn a_stale_addressee_and_a_wrong_count_stop_the_letter() {
    assert_eq!(codes(&findings(|_, draft, _, _| draft.addressee_checked_on = Some(day("2026-08-24")))), [FindingCode::StaleAddressee]);
    assert_eq!(findings(|_, draft, _, _| draft.addressee_checked_on = Some(day("2026-08-25"))), []);
    // A person said why: it is shown and stops nothing (R27).
    let excused = findings(|_, draft, _, _| {
        draft.addressee_checked_on = Some(day("2026-08-24"));
        draft.addressee_excused = true;
    });
    assert_eq!((codes(&excused), blockers(&excused)), (vec![FindingCode::StaleAddressee], 0));
    assert_eq!(codes(&findings(|_, draft, _, _| draft.signatories = Some((650, 648)))), [FindingCode::AnnexMismatch]);
    assert_eq!(codes(&findings(|_, draft, _, _| draft.address = &[""])), [FindingCode::MissingAddress]);
    let long = findings(|_, draft, _, _| draft.pages = Some(2));
    assert_eq!((codes(&long), blockers(&long)), (vec![FindingCode::Overlong], 0));
}

/// R43, R31: a letter after an event names its day; what it asks for lies ahead all the same.
#[test]
fn after_an_event_its_day_may_be_named_and_nothing_asked_by_it() {
    let on_the_day = |part: usize, follows: bool| {
        let found = findings(|blocks, _, setting, _| {
            blocks[part].text = Some("the vote of 20 November 2026".into());
            (setting.event_from, setting.event_until, setting.follows) = (day("2026-11-20"), day("2026-11-23"), follows);
        });
        codes(&found)
    };
    assert_eq!(on_the_day(0, true), [], "the subject");
    assert_eq!(on_the_day(1, true), [], "the opening");
    assert_eq!(on_the_day(2, true), [FindingCode::PastDate], "a request");
    assert_eq!(on_the_day(2, false), [], "a meeting that lasts");
}
