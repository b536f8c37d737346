//! The names of a roll as they are held: to be ordered, counted off and found among a million. Must not know the database, nor print a name.
//!
//! What a filter looks at lies side by side: two bytes a name in the order of the language, the names' texts end to end. A million are looked through in
//! milliseconds, where a structure a name costs a wait for memory each.

use std::{
    cmp,
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use memchr::memmem;
use uuid::Uuid;

use crate::domain::{collation::NameOrder, language::Language, name::name_key, signature::SignatoryKind};

/// What parts the names by which two signatories are found.
const END: char = '\0';
/// Lines that are counted together.
const BLOCK: usize = 4096;
/// Words whose lines are remembered, a bit a name each: whoever turns the pages asks for the same ones.
const MOST_KEPT: usize = 32;
/// Bytes of words that are remembered.
const LONGEST_KEPT: usize = 200;

/// The kind of a signatory and the country it shows, for one comparison: the kind in the lowest two bits, above them the place of the country among
/// those shown, from one; none is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark(u16);

impl Mark {
    const KIND: u16 = 0b11;
    const COUNTRY: u16 = !Self::KIND;

    const fn kind(kind: SignatoryKind) -> Self {
        Self(match kind {
            SignatoryKind::Organisation => 0,
            SignatoryKind::Network => 1,
            SignatoryKind::Individual => 2,
        })
    }

    /// There are fewer countries than places.
    fn country(place: usize) -> Self {
        Self(u16::try_from(place).map_or(0, |place| place << 2))
    }
}

/// The places of all names in the order of a language, and their marks in the same order.
#[derive(Debug, Default)]
struct Order {
    places: Vec<u32>,
    marks: Vec<Mark>,
}

/// All named signatories by the order of their keys, ordered for each language that was asked for.
#[derive(Debug)]
pub(super) struct Index {
    ids: Vec<Uuid>,
    marks: Vec<Mark>,
    /// Where each one's part of the texts ends.
    name_ends: Vec<u32>,
    search_ends: Vec<u32>,
    names: String,
    /// By which they are found, each signatory's closed by [`END`].
    searches: String,
    orders: BTreeMap<Language, OnceLock<Order>>,
    /// The countries that lines show, by their place in marks.
    countries: HashMap<[u8; 3], usize>,
    /// The words asked for last, and their lines.
    asked: Mutex<VecDeque<(String, Arc<Places>)>>,
}

impl Default for Index {
    fn default() -> Self {
        Self {
            ids: Vec::new(),
            marks: Vec::new(),
            name_ends: Vec::new(),
            search_ends: Vec::new(),
            names: String::new(),
            searches: String::new(),
            orders: Language::INTERFACE.iter().map(|language| (*language, OnceLock::new())).collect(),
            countries: HashMap::new(),
            asked: Mutex::default(),
        }
    }
}

/// What a reader asks of the roll.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only this kind.
    pub kind: Option<SignatoryKind>,
    /// Only this country; a signer with an own label is in none (R23).
    pub iso3: Option<String>,
    /// Only names that contain this, however it is spelled.
    pub search: String,
}

impl Index {
    /// One more; its key must be the greatest so far. The first name is the one it is ordered by, it is found by all.
    pub(super) fn push(&mut self, id: Uuid, kind: SignatoryKind, country: Option<[u8; 3]>, names: [Option<&str>; 4]) {
        let (name_end, search_end) = (self.names.len(), self.searches.len());
        self.names.push_str(names.into_iter().flatten().next().unwrap_or_default());
        for key in names.into_iter().flatten().map(name_key) {
            self.searches.push_str(&key);
            self.searches.push('\n');
        }
        self.searches.push(END);
        let (Ok(name), Ok(search)) = (u32::try_from(self.names.len()), u32::try_from(self.searches.len())) else {
            // What has no room is in no list we could print either: four thousand million characters.
            self.names.truncate(name_end);
            self.searches.truncate(search_end);
            return;
        };
        self.name_ends.push(name);
        self.search_ends.push(search);
        let next = self.countries.len() + 1;
        let country = country.map_or(Mark(0), |country| Mark::country(*self.countries.entry(country).or_insert(next)));
        self.marks.push(Mark(Mark::kind(kind).0 | country.0));
        self.ids.push(id);
    }

    /// Lets go of room that growing left over.
    pub(super) fn shrink(&mut self) {
        self.ids.shrink_to_fit();
        self.marks.shrink_to_fit();
        self.name_ends.shrink_to_fit();
        self.search_ends.shrink_to_fit();
        self.names.shrink_to_fit();
        self.searches.shrink_to_fit();
    }

    /// How many.
    pub(super) const fn len(&self) -> usize {
        self.ids.len()
    }

    /// The countries that lines show.
    pub(super) fn countries(&self) -> BTreeSet<&str> {
        self.countries.keys().filter_map(|country| std::str::from_utf8(country).ok()).collect()
    }

    /// Whether the order of a language is there already.
    pub(super) fn is_ordered(&self, language: Language) -> bool {
        self.orders.get(&language).is_none_or(|order| order.get().is_some())
    }

    fn name(&self, at: u32) -> &str {
        let at = at as usize;
        let start = at.checked_sub(1).and_then(|before| self.name_ends.get(before)).copied().unwrap_or_default();
        self.name_ends.get(at).and_then(|end| self.names.get(start as usize..*end as usize)).unwrap_or_default()
    }

    fn all(&self) -> std::ops::Range<u32> {
        0..u32::try_from(self.len()).unwrap_or(u32::MAX)
    }

    /// Of two by one name, the one that came first.
    fn compare(&self, collation: &NameOrder, one: u32, other: u32) -> cmp::Ordering {
        collation.compare(self.name(one), self.name(other)).then(one.cmp(&other))
    }

    fn sorted(&self, language: Language, mut these: Vec<u32>) -> Vec<u32> {
        if let Ok(collation) = NameOrder::new(language.code(), true) {
            these.sort_unstable_by(|&a, &b| self.compare(&collation, a, b));
        }
        these
    }

    fn ordered(&self, places: Vec<u32>) -> Order {
        let marks = places.iter().filter_map(|at| self.marks.get(*at as usize).copied()).collect();
        Order { places, marks }
    }

    /// Sorts for a language, unless that was done.
    pub(super) fn order(&self, language: Language) {
        self.order_of(language);
    }

    fn order_of(&self, language: Language) -> Option<&Order> {
        Some(self.orders.get(&language)?.get_or_init(|| self.ordered(self.sorted(language, self.all().collect()))))
    }

    /// Takes over the orders of the index before: what is new is put where it belongs, and the rest keeps its order.
    pub(super) fn carry_over(&mut self, before: &Self) {
        let mut now_at = vec![None; before.len()];
        let mut new: Vec<u32> = Vec::new();
        let mut old = 0;
        for at in self.all() {
            let id = self.ids.get(at as usize);
            while before.ids.get(old).is_some_and(|earlier| Some(earlier) < id) {
                old += 1;
            }
            let is_known = before.ids.get(old) == id && u32::try_from(old).is_ok_and(|old| before.name(old) == self.name(at));
            match now_at.get_mut(old).filter(|_| is_known) {
                Some(place) => *place = Some(at),
                None => new.push(at),
            }
        }
        for (language, order) in &before.orders {
            let (Some(order), Ok(collation)) = (order.get(), NameOrder::new(language.code(), true)) else { continue };
            let kept: Vec<u32> = order.places.iter().filter_map(|&old| now_at.get(old as usize).copied().flatten()).collect();
            let mut carried = Vec::with_capacity(self.len());
            let mut taken = 0;
            for at in self.sorted(*language, new.clone()) {
                let rest = kept.get(taken..).unwrap_or_default();
                let before = rest.partition_point(|&other| self.compare(&collation, other, at).is_lt());
                carried.extend_from_slice(rest.get(..before).unwrap_or_default());
                carried.push(at);
                taken += before;
            }
            carried.extend_from_slice(kept.get(taken..).unwrap_or_default());
            let carried = self.ordered(carried);
            self.orders.insert(*language, OnceLock::from(carried));
        }
    }

    /// The signatures a filter leaves, in the order of a language. Every name is looked at, to be counted; whose lines are printed is looked up later.
    pub(super) fn matching(&self, language: Language, filter: &Filter) -> Matching<'_> {
        let none = Matching { ids: &self.ids, places: &[], marks: &[], wanted: Wanted::default(), counts: Vec::new() };
        let Some(Order { places, marks }) = self.order_of(language) else { return none };
        let mut wanted = Wanted::default();
        if let Some(kind) = filter.kind {
            wanted.be(Mark::KIND, Mark::kind(kind));
        }
        if let Some(iso3) = &filter.iso3 {
            let place = iso3.as_bytes().try_into().ok().and_then(|iso3: [u8; 3]| self.countries.get(&iso3));
            let Some(place) = place else { return none };
            wanted.be(Mark::COUNTRY, Mark::country(*place));
        }
        if !filter.search.trim().is_empty() {
            let key = name_key(&filter.search);
            if key.is_empty() {
                // Signs alone fold to nothing: nobody is called that, and the whole list is no answer.
                return none;
            }
            wanted.found = Some(self.found(key));
        }
        let counts = places.chunks(BLOCK).zip(marks.chunks(BLOCK)).map(|(places, marks)| wanted.count(places, marks)).collect();
        Matching { ids: &self.ids, places, marks, wanted, counts }
    }

    /// Which lines hold these words in one of their names: one pass over all names, unless it is known from the last ones asked for.
    fn found(&self, key: String) -> Arc<Places> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = asked.iter().find(|(before, _)| *before == key) {
            return Arc::clone(found);
        }
        drop(asked);
        let found = Arc::new(self.search(&key));
        if key.len() <= LONGEST_KEPT {
            asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            asked.truncate(MOST_KEPT - 1);
            asked.push_front((key, Arc::clone(&found)));
        }
        found
    }

    fn search(&self, key: &str) -> Places {
        let mut found = Places(vec![0; self.len().div_ceil(64)]);
        let (mut at, mut ends) = (0_u32, self.search_ends.iter());
        let mut end = ends.next();
        for hit in memmem::find_iter(self.searches.as_bytes(), key.as_bytes()) {
            // Hits come in order, so the names are walked along with them.
            while end.is_some_and(|end| *end as usize <= hit) {
                at += 1;
                end = ends.next();
            }
            found.insert(at);
        }
        found
    }
}

/// What a line must be.
#[derive(Default)]
struct Wanted {
    /// The part of a mark that is looked at, and what it has to be there.
    mask: u16,
    mark: u16,
    /// Those that hold the words asked for.
    found: Option<Arc<Places>>,
}

impl Wanted {
    fn be(&mut self, mask: u16, mark: Mark) {
        self.mask |= mask;
        self.mark |= mark.0;
    }

    fn is(&self, mark: Mark) -> bool {
        mark.0 & self.mask == self.mark
    }

    fn fits(&self, at: u32, mark: Mark) -> bool {
        self.is(mark) && self.found.as_ref().is_none_or(|found| found.contains(at))
    }

    /// How many of these are wanted. Without a branch for each, which would be guessed wrong as often as names differ.
    fn count(&self, places: &[u32], marks: &[Mark]) -> usize {
        match &self.found {
            None => marks.iter().map(|mark| usize::from(self.is(*mark))).sum(),
            Some(found) => places.iter().zip(marks).map(|(at, mark)| usize::from(self.is(*mark) & found.contains(*at))).sum(),
        }
    }
}

/// Some of all places, a bit each: they are looked up in another order, and a million fit where memory is near.
#[derive(Debug)]
struct Places(Vec<u64>);

impl Places {
    fn insert(&mut self, at: u32) {
        if let Some(bits) = self.0.get_mut(at as usize / 64) {
            *bits |= 1 << (at % 64);
        }
    }

    fn contains(&self, at: u32) -> bool {
        self.0.get(at as usize / 64).is_some_and(|bits| bits >> (at % 64) & 1 == 1)
    }
}

/// Signatures in the order they are listed.
pub struct Matching<'r> {
    ids: &'r [Uuid],
    places: &'r [u32],
    marks: &'r [Mark],
    wanted: Wanted,
    /// How many of each block.
    counts: Vec<usize>,
}

impl Matching<'_> {
    /// How many.
    pub fn len(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Some of them. Blocks that come before are passed over by their counts.
    pub fn some(&self, mut from: usize, most: usize) -> Vec<Uuid> {
        let before = self.counts.iter().take_while(|count| {
            let is_before = from >= **count;
            from -= if is_before { **count } else { 0 };
            is_before
        });
        let start = before.count() * BLOCK;
        let rest = |all: usize| start.min(all)..;
        let (places, marks) = (self.places.get(rest(self.places.len())), self.marks.get(rest(self.marks.len())));
        let lines = places.unwrap_or_default().iter().zip(marks.unwrap_or_default());
        let wanted = lines.filter(|(at, mark)| self.wanted.fits(**at, **mark));
        wanted.skip(from).take(most).filter_map(|(at, _)| self.ids.get(*at as usize).copied()).collect()
    }

    /// All of them.
    pub fn all(&self) -> Vec<Uuid> {
        self.some(0, usize::MAX)
    }
}

#[cfg(test)]
#[path = "roll_index_tests.rs"]
mod tests;
