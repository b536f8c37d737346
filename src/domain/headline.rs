//! The one function for headline numbers (R10), and the table by country that gives nobody away (R14). Every page, letter, press
//! line and feed asks here; none adds up by itself. Must not choose words: callers say "organisations and individuals".

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::signature::{SignatoryKind, Visibility};

/// How many verified signatures share a kind, a visibility and a country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountRow {
    /// The kind of signatory.
    pub kind: SignatoryKind,
    /// How visible they are.
    pub visibility: Visibility,
    /// Whether the list shows a label of their own instead of the country, which is then for statistics only (R23).
    pub labelled: bool,
    /// The country; empty when unknown.
    pub iso3: String,
    /// How many.
    pub total: u32,
}

/// The numbers a campaign may say in public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headline {
    /// Organisations, networks among them; a network counts once (R1).
    pub organisations: u32,
    /// Of those, networks.
    pub networks: u32,
    /// Individuals.
    pub individuals: u32,
    /// Of organisations and individuals, those whose name is withheld.
    pub withheld: u32,
    /// Those who are counted in the grand total and nowhere else.
    pub total_only: u32,
    /// Everybody. To be worded as "organisations and individuals" together.
    pub total: u32,
    /// Countries they come from.
    pub countries: u32,
    /// Regions those countries belong to.
    pub regions: u32,
    /// When it was counted.
    pub as_of: DateTime<Utc>,
}

/// Counts. `region_of` gives the region of a country, `None` where it belongs to none.
///
/// What two dates differ by must tell of no small group either (R14): a withheld name moves the numbers it has to be counted in, and those of
/// networks, countries and regions only by whole groups of `k` withheld names that share the cell. Who is named under an own label moves all (R23).
pub fn headline<'r, 'g>(
    rows: impl IntoIterator<Item = &'r CountRow>,
    region_of: impl Fn(&str) -> Option<&'g str>,
    k: u32,
    as_of: DateTime<Utc>,
) -> Headline {
    let mut sum =
        Headline { organisations: 0, networks: 0, individuals: 0, withheld: 0, total_only: 0, total: 0, countries: 0, regions: 0, as_of };
    let mut countries = BTreeSet::new();
    let (mut withheld_networks, mut withheld_in) = (0, BTreeMap::<&str, u32>::new());
    for row in rows.into_iter().filter(|row| row.total > 0) {
        sum.total += row.total;
        if row.visibility == Visibility::TotalOnly {
            sum.total_only += row.total;
            continue;
        }
        match row.kind {
            SignatoryKind::Organisation => sum.organisations += row.total,
            SignatoryKind::Network => {
                sum.organisations += row.total;
                if row.visibility == Visibility::Withheld { withheld_networks += row.total } else { sum.networks += row.total }
            }
            SignatoryKind::Individual => sum.individuals += row.total,
        }
        if row.visibility == Visibility::Withheld {
            sum.withheld += row.total;
            *withheld_in.entry(&row.iso3).or_default() += row.total;
        } else {
            countries.insert(row.iso3.as_str());
        }
    }
    sum.networks += in_groups(withheld_networks, k);
    countries.extend(withheld_in.into_iter().filter(|(_, total)| in_groups(*total, k) > 0).map(|(iso3, _)| iso3));
    countries.remove("");
    let regions: BTreeSet<_> = countries.iter().filter_map(|iso3| region_of(iso3)).collect();
    sum.countries = u32::try_from(countries.len()).unwrap_or(u32::MAX);
    sum.regions = u32::try_from(regions.len()).unwrap_or(u32::MAX);
    sum
}

/// "N+" that never promises more than there is: 648 gives `640+`, 640 gives `640`, 7 gives `7` (R10).
pub fn rounded_down(number: u32) -> String {
    let base = number - number % 10;
    if number < 10 || base == number { number.to_string() } else { format!("{base}+") }
}

/// One line of the table by country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CountryFigure {
    /// The country.
    pub iso3: String,
    /// The figure to print; `None` prints as "fewer than k" or a dash, since it is small or would give a small one away.
    pub figure: Option<u32>,
}

/// The table by country, with what it does not show summed up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CountryTable {
    /// By country code.
    pub rows: Vec<CountryFigure>,
    /// Signatures counted with a country or none, but in no figure of `rows`.
    pub elsewhere: u32,
}

#[derive(Clone, Copy, Default)]
struct Cell {
    named: u32,
    withheld: u32,
    /// Of them, those the figure includes: whole groups of `k`.
    withheld_shown: u32,
    hidden: bool,
}

impl Cell {
    fn figure(self) -> u32 {
        self.named + self.withheld_shown
    }
}

/// The table by country under threshold `k` (R14).
///
/// The public list shows who is named, so a figure that includes withheld names gives their number away by subtraction. Therefore
/// withheld names enter a country's figure only in whole groups of `k`; fewer than `k` and none at all look the same, and a country with
/// nobody else has no line. Then figures below `k` are hidden. Where the hidden remainder could be had by subtraction from the totals,
/// the smallest shown figure is hidden with it.
pub fn country_table<'r>(rows: impl IntoIterator<Item = &'r CountRow>, k: u32) -> CountryTable {
    let mut cells: BTreeMap<&str, Cell> = BTreeMap::new();
    let mut counted = 0;
    for row in rows {
        counted += match row.visibility {
            Visibility::TotalOnly => 0,
            Visibility::Named | Visibility::Withheld => row.total,
        };
        // A label is the signer's wish not to be placed: the list does not, so a figure that did would give the number of them away.
        if row.iso3.is_empty() || row.labelled {
            continue;
        }
        match row.visibility {
            Visibility::Named => cells.entry(&row.iso3).or_default().named += row.total,
            Visibility::Withheld => cells.entry(&row.iso3).or_default().withheld += row.total,
            Visibility::TotalOnly => {}
        }
    }
    for cell in cells.values_mut() {
        cell.withheld_shown = in_groups(cell.withheld, k);
    }
    hide_small_remainder_of_withheld(&mut cells, k);
    cells.retain(|_, cell| cell.figure() > 0);
    for cell in cells.values_mut() {
        cell.hidden = cell.figure() < k;
    }
    hide_figures_that_give_others_away(&mut cells, k);
    let rows: Vec<_> = cells
        .iter()
        .map(|(iso3, cell)| CountryFigure { iso3: (*iso3).to_owned(), figure: (!cell.hidden).then(|| cell.figure()) })
        .collect();
    let shown: u32 = rows.iter().filter_map(|row| row.figure).sum();
    CountryTable { rows, elsewhere: counted - shown }
}

/// The number of withheld names in the world is public: what the countries do not show of it must be nothing or at least `k`.
fn hide_small_remainder_of_withheld(cells: &mut BTreeMap<&str, Cell>, k: u32) {
    let remainder: u32 = cells.values().map(|cell| cell.withheld - cell.withheld_shown).sum();
    if (1..k).contains(&remainder)
        && let Some(smallest) = cells.values_mut().filter(|cell| cell.withheld_shown > 0).min_by_key(|cell| cell.withheld)
    {
        smallest.withheld_shown -= k;
    }
}

/// As many of the withheld names as may be shown in one cell: whole groups of `k`. A figure that rose by one would tell whoever compares two dates
/// where the one is from who joined between them (R14).
const fn in_groups(withheld: u32, k: u32) -> u32 {
    if k == 0 { withheld } else { withheld - withheld % k }
}

/// Complementary suppression: a single hidden figure, or hidden figures whose sum leaves no choice, take a shown one with them.
fn hide_figures_that_give_others_away(cells: &mut BTreeMap<&str, Cell>, k: u32) {
    let small = cells.values().filter(|cell| cell.hidden);
    let (number, sum) = small.fold((0_u32, 0_u32), |(number, sum), cell| (number + 1, sum + cell.figure()));
    // With the sum known, all ones or all k-1 can be told one by one.
    let forced = number == 1 || sum == number || sum == number * k.saturating_sub(1) || sum < k;
    if number > 0
        && forced
        && let Some(smallest) = cells.values_mut().filter(|cell| !cell.hidden).min_by_key(|cell| cell.figure())
    {
        smallest.hidden = true;
    }
}

#[cfg(test)]
#[path = "headline_tests.rs"]
mod tests;
