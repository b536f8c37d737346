//! Headline numbers and the table by country.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

fn row(kind: SignatoryKind, visibility: Visibility, iso3: &str, total: u32) -> CountRow {
    CountRow { kind, visibility, labelled: false, iso3: iso3.to_owned(), total }
}

fn named(iso3: &str, total: u32) -> CountRow {
    row(SignatoryKind::Organisation, Visibility::Named, iso3, total)
}

fn withheld(iso3: &str, total: u32) -> CountRow {
    row(SignatoryKind::Organisation, Visibility::Withheld, iso3, total)
}

fn region(iso3: &str) -> Option<&'static str> {
    match iso3 {
        "KEN" | "SEN" => Some("african"),
        "FRA" => Some("weog"),
        _ => None,
    }
}

fn figure(table: &CountryTable, iso3: &str) -> Option<Option<u32>> {
    table.rows.iter().find(|row| row.iso3 == iso3).map(|row| row.figure)
}

/// R1
#[test]
fn a_network_counts_once_and_among_the_organisations() {
    let rows = [
        row(SignatoryKind::Network, Visibility::Named, "KEN", 1),
        named("KEN", 3),
        row(SignatoryKind::Individual, Visibility::Named, "FRA", 2),
    ];
    let sum = headline(&rows, region, 5, DateTime::UNIX_EPOCH);
    assert_eq!((sum.organisations, sum.networks, sum.individuals, sum.total), (4, 1, 2, 6));
    assert_eq!((sum.countries, sum.regions), (2, 2));
}

/// R14
#[test]
fn total_only_is_counted_in_the_grand_total_and_nowhere_else() {
    let rows = [named("KEN", 3), row(SignatoryKind::Individual, Visibility::TotalOnly, "FRA", 4)];
    let sum = headline(&rows, region, 5, DateTime::UNIX_EPOCH);
    assert_eq!((sum.total, sum.total_only), (7, 4));
    assert_eq!((sum.organisations, sum.individuals, sum.withheld, sum.countries), (3, 0, 0, 1));
}

#[test]
fn an_unknown_country_is_no_country() {
    let sum = headline(&[named("", 3), named("XYZ", 1)], region, 5, DateTime::UNIX_EPOCH);
    assert_eq!((sum.total, sum.countries, sum.regions), (4, 1, 0));
}

/// R10
#[test]
fn a_rounded_number_never_promises_more_than_there_is() {
    for (number, said) in [(648, "640+"), (640, "640"), (650, "650"), (9, "9"), (10, "10"), (11, "10+"), (0, "0"), (1234, "1230+")] {
        assert_eq!(rounded_down(number), said);
    }
}

/// R14
#[test]
fn a_small_group_has_no_figure_of_its_own() {
    let table = country_table(&[named("KEN", 10), named("SEN", 8), named("FRA", 3), named("TCD", 2)], 5);
    assert_eq!(figure(&table, "KEN"), Some(Some(10)));
    assert_eq!(figure(&table, "FRA"), Some(None));
    assert_eq!(table.elsewhere, 5);
}

/// R14
#[test]
fn a_single_small_figure_takes_the_next_smallest_with_it() {
    let table = country_table(&[named("KEN", 10), named("SEN", 8), named("FRA", 3)], 5);
    assert_eq!(figure(&table, "FRA"), Some(None));
    assert_eq!(figure(&table, "SEN"), Some(None), "21 - 10 - 8 would give 3");
    assert_eq!(figure(&table, "KEN"), Some(Some(10)));
}

/// R14
#[test]
fn a_few_withheld_names_look_like_none() {
    let with = country_table(&[named("KEN", 10), named("SEN", 8), withheld("KEN", 3), withheld("FRA", 4)], 5);
    let without = country_table(&[named("KEN", 10), named("SEN", 8)], 5);
    assert_eq!(with.rows, without.rows, "not even a line for a country with withheld names alone");
    assert_eq!(with.elsewhere, 7);
}

/// R14
#[test]
fn the_number_of_withheld_names_of_one_country_cannot_be_had_from_the_worlds() {
    // Eight withheld in the world; showing Kenya's six would leave Senegal's two.
    let table = country_table(&[named("KEN", 10), named("SEN", 8), withheld("KEN", 6), withheld("SEN", 2)], 5);
    assert_eq!(figure(&table, "KEN"), Some(Some(10)));
    assert_eq!(table.elsewhere, 8);
}

/// R23: who is placed by a label counts for the region, and in no figure of a country.
#[test]
fn a_signer_with_a_label_is_in_no_figure_of_a_country() {
    let labelled = CountRow { labelled: true, ..named("FRA", 6) };
    let rows = [named("KEN", 10), named("SEN", 8), labelled];
    let sum = headline(&rows, region, 5, DateTime::UNIX_EPOCH);
    assert_eq!((sum.total, sum.countries, sum.regions), (24, 3, 2));
    let table = country_table(&rows, 5);
    assert_eq!((figure(&table, "FRA"), table.elsewhere), (None, 6));
}

/// R14: who compares two dates learns of no small group, whatever the kind and the country of the one who was added.
#[test]
fn a_withheld_name_more_moves_no_number_of_networks_countries_or_regions() {
    let before = vec![named("KEN", 10), named("SEN", 8)];
    let at_first = headline(&before, region, 5, DateTime::UNIX_EPOCH);
    for kind in [SignatoryKind::Network, SignatoryKind::Organisation, SignatoryKind::Individual] {
        let of = |total| [&before[..], &[row(kind, Visibility::Withheld, "FRA", total)]].concat();
        let now = headline(&of(4), region, 5, DateTime::UNIX_EPOCH);
        assert_eq!((now.networks, now.countries, now.regions), (at_first.networks, at_first.countries, at_first.regions), "{kind}");
        assert_eq!((now.total, now.withheld), (22, 4), "{kind}");
        let many = headline(&of(5), region, 5, DateTime::UNIX_EPOCH);
        assert_eq!((many.countries, many.regions), (3, 2), "{kind}");
        assert_eq!(many.networks, if kind == SignatoryKind::Network { 5 } else { 0 });
    }
}

fn any_rows() -> impl Strategy<Value = Vec<CountRow>> {
    let visibility = prop_oneof![4 => Just(Visibility::Named), 2 => Just(Visibility::Withheld), 1 => Just(Visibility::TotalOnly)];
    let kind = prop_oneof![Just(SignatoryKind::Organisation), Just(SignatoryKind::Network), Just(SignatoryKind::Individual)];
    let country = prop_oneof![Just(""), Just("KEN"), Just("SEN"), Just("FRA"), Just("TCD"), Just("PER"), Just("FJI")];
    prop::collection::vec((kind, visibility, country, 0_u32..12).prop_map(|(k, v, c, n)| row(k, v, c, n)), 0..20)
}

proptest! {
    /// R10
    #[test]
    fn the_parts_add_up(rows in any_rows()) {
        let sum = headline(&rows, region, 5, DateTime::UNIX_EPOCH);
        prop_assert_eq!(sum.organisations + sum.individuals + sum.total_only, sum.total);
        prop_assert!(sum.networks <= sum.organisations);
        let table = country_table(&rows, 5);
        let shown: u32 = table.rows.iter().filter_map(|row| row.figure).sum();
        prop_assert_eq!(shown + table.elsewhere + sum.total_only, sum.total);
    }

    /// R14: whoever knows the list of names, the table and the world's number of withheld names learns of no small group.
    #[test]
    fn no_small_group_of_withheld_names_can_be_subtracted(rows in any_rows(), k in 2_u32..8) {
        let table = country_table(&rows, k);
        let named_in = |iso3: &str| rows.iter().filter(|r| r.visibility == Visibility::Named && r.iso3 == iso3).map(|r| r.total).sum::<u32>();
        let placed: u32 = rows.iter().filter(|r| r.visibility == Visibility::Withheld && !r.iso3.is_empty()).map(|r| r.total).sum();
        let mut learned = 0;
        for row in &table.rows {
            if let Some(figure) = row.figure {
                prop_assert!(figure >= k);
                let hidden_part = figure - named_in(&row.iso3);
                // In whole groups, so that two dates differ by whole groups too.
                prop_assert_eq!(hidden_part % k, 0);
                learned += hidden_part;
            }
        }
        let rest = placed - learned;
        prop_assert!(rest == 0 || rest >= k || learned == 0);
    }

    /// R14: two dates that one withheld signatory lies between differ, beside what everybody of a kind is counted in, only where at least k share a cell.
    #[test]
    fn no_withheld_name_is_told_by_the_difference_of_two_dates(rows in any_rows(), more in any_rows(), k in 2_u32..8) {
        let Some(one) = more.into_iter().find(|row| row.visibility == Visibility::Withheld).map(|row| CountRow { total: 1, ..row }) else {
            return Ok(());
        };
        let after = [&rows[..], std::slice::from_ref(&one)].concat();
        let share = |fits: &dyn Fn(&CountRow) -> bool| {
            after.iter().filter(|row| row.visibility == Visibility::Withheld && fits(row)).map(|row| row.total).sum::<u32>()
        };
        let (was, is) = (headline(&rows, region, k, DateTime::UNIX_EPOCH), headline(&after, region, k, DateTime::UNIX_EPOCH));
        prop_assert!([0, k].contains(&(is.networks - was.networks)));
        prop_assert!((was.countries, was.regions) == (is.countries, is.regions) || share(&|row| row.iso3 == one.iso3) >= k);
        prop_assert_eq!((is.total - was.total, is.withheld - was.withheld), (1, 1));
        let (before, now) = (country_table(&rows, k), country_table(&after, k));
        // One more moves a figure by a whole group, here or where something small had to be hidden.
        for (now, before) in now.rows.iter().filter_map(|row| Some((row.figure?, figure(&before, &row.iso3).flatten()?))) {
            prop_assert_eq!(now.abs_diff(before) % k, 0);
        }
        let placed = share(&|row| row.iso3 == one.iso3);
        if placed < k {
            // Where few share it, its own country looks as before: no line, or the figure of who is named; what hides may hide more.
            let named = after.iter().filter(|row| row.visibility == Visibility::Named && row.iso3 == one.iso3).map(|row| row.total).sum::<u32>();
            prop_assert!(figure(&now, &one.iso3).flatten().is_none_or(|shown| shown == named));
            prop_assert_eq!(figure(&before, &one.iso3).is_some(), figure(&now, &one.iso3).is_some());
        }
    }

    #[test]
    fn hidden_figures_never_stand_alone(rows in any_rows(), k in 2_u32..8) {
        let table = country_table(&rows, k);
        let hidden = table.rows.iter().filter(|row| row.figure.is_none()).count();
        prop_assert!(hidden != 1 || table.rows.len() == 1);
    }

    /// R10
    #[test]
    fn rounding_never_rounds_up(number in 0_u32..1_000_000) {
        let said: u32 = rounded_down(number).trim_end_matches('+').parse().unwrap();
        prop_assert!(said <= number && number - said < 10);
    }
}
