//! The order of a roll that was carried over, and what is found in it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

fn roll(names: &BTreeMap<u8, String>) -> Roll {
    let mut roll = Roll { orders: Language::ALL.iter().map(|language| (*language, OnceLock::new())).collect(), ..Roll::default() };
    for (number, name) in names {
        roll.push(Line {
            id: Uuid::from_u128((*number).into()),
            kind: if number % 2 == 0 { "organisation" } else { "network" }.to_owned(),
            name: Some(name.clone()),
            original_name: None,
            latin_name: None,
            acronym: None,
            affiliation: None,
            location_label: None,
            iso3: Some(if number % 3 == 0 { "KEN" } else { "PER" }.to_owned()),
        });
    }
    roll
}

fn numbers(ids: Vec<Uuid>) -> Vec<u8> {
    ids.into_iter().map(|id| u8::try_from(id.as_u128()).unwrap()).collect()
}

#[test]
fn names_are_found_within_one_name_and_never_across_two() {
    let roll = roll(&[(1, "River Watch"), (2, "House of Rivers"), (3, "Atch House")].map(|(n, name)| (n, name.to_owned())).into());
    let find = |search: &str| numbers(roll.matching(Language::En, &Filter { search: search.to_owned(), ..Filter::default() }).all());
    assert_eq!(find("RIVER"), [2, 1]);
    assert_eq!(find("watch"), [1]);
    assert_eq!(find("watch house"), Vec::<u8>::new());
    assert_eq!(find("…"), Vec::<u8>::new());
    let kind = Filter { kind: Some(SignatoryKind::Network), iso3: Some("KEN".to_owned()), ..Filter::default() };
    assert_eq!(numbers(roll.matching(Language::En, &kind).all()), [3]);
    assert!(roll.matching(Language::En, &Filter { iso3: Some("XX".to_owned()), ..Filter::default() }).is_empty());
}

proptest! {
    /// R20: an order that was carried over is the order that sorting would give.
    #[test]
    fn a_carried_order_is_the_sorted_one(
        before in prop::collection::btree_map(0_u8..60, "[a-cÀñöمб]{1,3}", 0..30),
        after in prop::collection::btree_map(0_u8..60, "[a-cÀñöمб]{1,3}", 0..30),
        kept in prop::collection::vec(0_u8..60, 0..30),
    ) {
        let mut now = after;
        now.extend(kept.into_iter().filter_map(|number| before.get(&number).map(|name| (number, name.clone()))));
        let (old, mut carried, sorted) = (roll(&before), roll(&now), roll(&now));
        for language in [Language::En, Language::Es] {
            old.order(language);
        }
        carried.carry_over(&old);
        for language in [Language::En, Language::Es] {
            prop_assert!(carried.orders[&language].get().is_some());
            let all = |roll: &Roll| numbers(roll.matching(language, &Filter::default()).all());
            prop_assert_eq!(all(&carried), all(&sorted));
        }
    }
}
