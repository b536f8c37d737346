//! References survive what people and mail programs do to them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

fn any_reference() -> impl Strategy<Value = Reference> {
    (any::<u128>(), prop::sample::select(ReferenceKind::ALL)).prop_map(|(id, kind)| Reference::of(kind, Uuid::from_u128(id), 0))
}

#[test]
fn a_reference_looks_as_documented_and_says_what_it_is_of() {
    let reference = Reference::of(ReferenceKind::Letter, Uuid::from_u128(7), 0);
    let text = reference.with_prefix("CAH");
    assert_eq!(text.len(), "CAH-D7K3-M9QC-4TXB".len());
    assert!(text.starts_with("CAH-D"));
    assert_eq!(reference.kind(), ReferenceKind::Letter);
    assert_ne!(reference, Reference::of(ReferenceKind::Letter, Uuid::from_u128(7), 1));
    assert_ne!(reference.to_string()[1..], Reference::of(ReferenceKind::Signature, Uuid::from_u128(7), 0).to_string()[1..]);
}

/// R37
#[test]
fn plain_subjects_hold_no_reference() {
    for subject in [
        "",
        "Re: your letter",
        "SUPPORT THE CONVENTION NOW PLEASE",
        "RE: Draft resolution A/C.6/79/L.2/Rev.1, 22 November 2024",
        "---- S-D",
    ] {
        assert_eq!(find_references(subject), [], "{subject}");
    }
}

#[test]
fn a_hundred_thousand_references_are_all_different() {
    let mut seen = std::collections::HashSet::new();
    for id in 0..100_000_u128 {
        assert!(seen.insert(Reference::of(ReferenceKind::Signature, Uuid::from_u128(id), 0)));
    }
}

proptest! {
    /// R37
    #[test]
    fn a_reference_is_found_however_the_subject_was_altered(
        reference in any_reference(),
        before in prop::sample::select(vec!["", "Re: ", "RE: FW: [EXTERNAL] ", "AW: WG: Ihr Schreiben (", "Your letters ", "This and ", "D ", "SD-", "رد: ", "答复：【", "Tr : votre lettre n° "]),
        prefix in prop::sample::select(vec!["", "CAH-", "cah ", "CAH–", "DAWX-", "S-"]),
        dash in prop::sample::select(vec!["-", " ", "", "–", "\u{2011}", " - ", "_", "\u{200E}-"]),
        after in prop::sample::select(vec!["", ")", " / suivi", "】", ", 23 Nov.", "\r\n"]),
        lower in any::<bool>(),
    ) {
        let code = reference.to_string().replace('-', dash);
        let code = if lower { code.to_lowercase() } else { code };
        let subject = format!("{before}{prefix}{code}{after}");
        prop_assert!(find_references(&subject).contains(&reference), "{}", subject);
        prop_assert_eq!(find_references(&code), [reference]);
    }

    /// R37
    #[test]
    fn one_wrong_character_is_noticed(reference in any_reference(), at in 1_usize..LENGTH, other in 0_usize..31) {
        let mut code = reference.0;
        prop_assume!(code[at] != ALPHABET[other]);
        code[at] = ALPHABET[other];
        prop_assert_eq!(Reference::from_code(code), None);
    }

    #[test]
    fn two_neighbours_that_changed_places_are_noticed(reference in any_reference(), at in 1_usize..LENGTH - 2) {
        let mut code = reference.0;
        prop_assume!(code[at] != code[at + 1]);
        code.swap(at, at + 1);
        prop_assert_eq!(Reference::from_code(code), None);
    }

    #[test]
    fn any_text_is_searched_without_harm(text in "\\PC{0,200}") {
        let _ = find_references(&text);
    }
}
