//! The order of an index that was carried over, and what is found in it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

fn index(names: &BTreeMap<u8, String>) -> Index {
    let mut index = Index::default();
    for (number, name) in names {
        let kind = if number.is_multiple_of(2) { SignatoryKind::Organisation } else { SignatoryKind::Network };
        let country = if number.is_multiple_of(3) { *b"KEN" } else { *b"PER" };
        index.push(Uuid::from_u128((*number).into()), kind, (number % 5 != 4).then_some(country), [Some(name), None, None, None]);
    }
    index
}

fn numbers(ids: Vec<Uuid>) -> Vec<u8> {
    ids.into_iter().map(|id| u8::try_from(id.as_u128()).unwrap()).collect()
}

#[test]
fn names_are_found_within_one_name_and_never_across_two() {
    let index = index(&[(1, "River Watch"), (2, "House of Rivers"), (3, "Atch House")].map(|(n, name)| (n, name.to_owned())).into());
    let find = |search: &str| numbers(index.matching(Language::En, &Filter { search: search.to_owned(), ..Filter::default() }).all());
    assert_eq!(find("RIVER"), [2, 1]);
    assert_eq!(find("watch"), [1]);
    assert_eq!(find("watch house"), Vec::<u8>::new());
    assert_eq!(find("…"), Vec::<u8>::new());
    let kind = Filter { kind: Some(SignatoryKind::Network), iso3: Some("KEN".to_owned()), ..Filter::default() };
    assert_eq!(numbers(index.matching(Language::En, &kind).all()), [3]);
    assert!(index.matching(Language::En, &Filter { iso3: Some("XX".to_owned()), ..Filter::default() }).is_empty());
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
        let (old, mut carried, sorted) = (index(&before), index(&now), index(&now));
        for language in [Language::En, Language::Es] {
            old.order(language);
        }
        carried.carry_over(&old);
        for language in [Language::En, Language::Es] {
            prop_assert!(carried.orders[&language].get().is_some());
            let all = |index: &Index| numbers(index.matching(language, &Filter::default()).all());
            prop_assert_eq!(all(&carried), all(&sorted));
        }
    }

    /// Whatever is asked for, what is left is what looking at each name would leave.
    #[test]
    fn a_filter_leaves_what_looking_at_each_name_would_leave(
        names in prop::collection::btree_map(0_u8..60, "[a-c]{1,3} [a-cÀ]{1,3}", 0..30),
        kind in prop::option::of(prop::sample::select(vec![SignatoryKind::Organisation, SignatoryKind::Network, SignatoryKind::Individual])),
        iso3 in prop::option::of(prop::sample::select(vec!["KEN", "PER", "FRA"])),
        search in prop::option::of("[a-c]{1,2}"),
    ) {
        let filter = Filter { kind, iso3: iso3.map(str::to_owned), search: search.clone().unwrap_or_default() };
        let index = index(&names);
        let mut left = numbers(index.matching(Language::En, &filter).all());
        left.sort_unstable();
        let fits = |number: &u8, name: &str| {
            let of = if number.is_multiple_of(2) { SignatoryKind::Organisation } else { SignatoryKind::Network };
            let country = (number % 5 != 4).then_some(if number.is_multiple_of(3) { "KEN" } else { "PER" });
            kind.is_none_or(|kind| kind == of)
                && iso3.is_none_or(|iso3| country == Some(iso3))
                && search.as_ref().is_none_or(|search| name_key(name).contains(&name_key(search)))
        };
        let wanted: Vec<u8> = names.iter().filter(|(number, name)| fits(number, name)).map(|(number, _)| *number).collect();
        prop_assert_eq!(&left, &wanted);
        // Again, from what is remembered; and page by page.
        let matching = index.matching(Language::En, &filter);
        let pages: Vec<u8> = (0..=matching.len()).flat_map(|at| numbers(matching.some(at, 1))).collect();
        prop_assert_eq!(pages, numbers(matching.all()));
        prop_assert_eq!(matching.len(), wanted.len());
    }
}

/// More than one block of names, with pages that begin and end in others.
#[test]
fn pages_go_across_blocks() {
    let mut index = Index::default();
    for number in 0..3 * BLOCK + 5 {
        let kind = if number.is_multiple_of(7) { SignatoryKind::Network } else { SignatoryKind::Organisation };
        index.push(Uuid::from_u128(number as u128), kind, None, [Some(&format!("{number:06}")), None, None, None]);
    }
    let networks = Filter { kind: Some(SignatoryKind::Network), ..Filter::default() };
    let matching = index.matching(Language::En, &networks);
    let all: Vec<u128> = (0..3 * BLOCK + 5).filter(|number| number.is_multiple_of(7)).map(|number| number as u128).collect();
    assert_eq!(matching.len(), all.len());
    for from in (0..all.len() + 200).step_by(100) {
        let page: Vec<u128> = matching.some(from, 100).iter().map(|id| id.as_u128()).collect();
        assert_eq!(page, all.get(from.min(all.len())..all.len().min(from + 100)).unwrap());
    }
    let everybody = index.matching(Language::En, &Filter::default());
    assert_eq!((everybody.len(), everybody.some(2 * BLOCK + 3, 1)), (3 * BLOCK + 5, vec![Uuid::from_u128(2 * BLOCK as u128 + 3)]));
}
