//! Which letters of a round a person has to have opened before they approve all of it (R36): one in each language and one of each kind, a dozen at
//! most. Must not know who opened what, or where that is kept.

use std::collections::{BTreeMap, BTreeSet};

use super::{blocks::Part, checks::DraftedBlock};

/// No more letters are asked for, whatever the number of kinds: the rarest kinds are then not asked for.
pub const MOST: usize = 12;

/// A letter that may be asked for.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The language it is written in.
    pub language: &'a str,
    /// Its kind, see [`kind_of`].
    pub kind: &'a str,
    /// The person has opened it as it is now.
    pub opened: bool,
}

/// What is asked of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// So many letters are asked for in all.
    pub all: usize,
    /// Places of those still to open.
    pub to_open: Vec<usize>,
}

impl Sample {
    /// How much of it is done, in letters.
    pub const fn opened(&self) -> usize {
        self.all.saturating_sub(self.to_open.len())
    }
}

/// What makes two letters of one kind, in words that are the same for the same: the blocks of subject, opening and asks, and whether a person
/// wrote in it. What a region or an issue adds to the body makes no kind of its own.
pub fn kind_of(drafted: &[DraftedBlock]) -> String {
    let tells = |block: &&DraftedBlock| matches!(block.part, Part::Subject | Part::Opening | Part::Ask);
    let mut keys: Vec<&str> = drafted.iter().filter(tells).map(|block| block.key.as_str()).collect();
    if drafted.iter().any(|block| block.edited.is_some()) {
        keys.push("+edited");
    }
    keys.join(" ")
}

/// The sample of a round. Any letter stands for its language and its kind: whoever has opened another of them than the one named here has done as
/// much.
pub fn sample(letters: &[Candidate<'_>]) -> Sample {
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for letter in letters {
        *sizes.entry(letter.kind).or_default() += 1;
    }
    let all_languages = letters.iter().map(|letter| letter.language).collect();
    let whole = chosen(letters, &sizes, Wanted { languages: all_languages, kinds: sizes.keys().copied().collect() });
    let mut wanted = Wanted::default();
    for letter in whole.iter().filter_map(|at| letters.get(*at)) {
        wanted.languages.insert(letter.language);
        wanted.kinds.insert(letter.kind);
    }
    for letter in letters.iter().filter(|letter| letter.opened) {
        wanted.meets(letter);
    }
    Sample { all: whole.len(), to_open: chosen(letters, &sizes, wanted) }
}

/// Languages and kinds of which a letter is still wanted.
#[derive(Default)]
struct Wanted<'a> {
    languages: BTreeSet<&'a str>,
    kinds: BTreeSet<&'a str>,
}

impl<'a> Wanted<'a> {
    fn meets(&mut self, letter: &Candidate<'a>) {
        self.languages.remove(letter.language);
        self.kinds.remove(letter.kind);
    }
}

/// The fewest letters that are easily found for what is wanted: first those in a language that is wanted, then those of the kinds that most letters are of.
fn chosen<'a>(letters: &[Candidate<'a>], sizes: &BTreeMap<&str, usize>, mut wanted: Wanted<'a>) -> Vec<usize> {
    let mut chosen = Vec::new();
    while chosen.len() < MOST {
        let worth = |letter: &Candidate<'a>| {
            let (language, kind) = (wanted.languages.contains(letter.language), wanted.kinds.contains(letter.kind));
            (language || kind).then(|| (language, kind, sizes.get(letter.kind).copied()))
        };
        let best = letters
            .iter()
            .enumerate()
            .filter_map(|(at, letter)| Some((worth(letter)?, std::cmp::Reverse(at), letter)))
            .max_by_key(|(worth, at, _)| (*worth, *at));
        let Some((_, std::cmp::Reverse(at), letter)) = best else { break };
        chosen.push(at);
        wanted.meets(letter);
    }
    chosen
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;
    use crate::domain::checks::Edited;

    fn letter<'a>(language: &'a str, kind: &'a str) -> Candidate<'a> {
        Candidate { language, kind, opened: false }
    }

    fn block(key: &str, part: Part) -> DraftedBlock {
        DraftedBlock { key: key.to_owned(), part, text: Some("Words.".to_owned()), edited: None }
    }

    /// R36
    #[test]
    fn a_letter_of_each_language_and_of_each_kind_is_asked_for() {
        let letters = [letter("en", "thanks"), letter("en", "asks"), letter("fr", "asks"), letter("en", "asks"), letter("fr", "thanks")];
        let found = sample(&letters);
        assert_eq!((found.all, found.to_open.len(), found.opened()), (2, 2, 0), "two letters stand for two languages and two kinds");
        let mut other = letters;
        (other[3].opened, other[4].opened) = (true, true);
        assert_eq!(sample(&other), Sample { all: 2, to_open: Vec::new() }, "any letter stands for its like");
        assert_eq!(sample(&[]), Sample::default());
    }

    #[test]
    fn no_more_than_a_dozen_is_asked_for_and_the_common_kinds_come_first() {
        let kinds: Vec<String> = (0..40).map(|n| format!("kind {n}")).collect();
        let mut letters: Vec<Candidate<'_>> = kinds.iter().map(|kind| letter("en", kind)).collect();
        letters.extend([letter("ar", &kinds[39]), letter("en", &kinds[38]), letter("en", &kinds[38])]);
        let found = sample(&letters);
        assert_eq!((found.all, found.to_open.len()), (MOST, MOST));
        let asked: BTreeSet<&str> = found.to_open.iter().map(|at| letters[*at].kind).collect();
        assert!(asked.contains("kind 38") && found.to_open.iter().any(|at| letters[*at].language == "ar"));
    }

    /// R36
    #[test]
    fn the_asks_and_the_hand_of_a_person_make_a_kind_and_a_region_does_not() {
        let plain = [block("open-who", Part::Opening), block("ask-lead", Part::Ask), block("region-eu", Part::Body)];
        let elsewhere = [block("open-who", Part::Opening), block("ask-lead", Part::Ask), block("region-african", Part::Body)];
        let asked = [block("open-who", Part::Opening), block("ask-cosponsor", Part::Ask)];
        let mut written = plain.clone();
        written[2].edited = Some(Edited { template: None, conflict: false });
        assert_eq!(kind_of(&plain), kind_of(&elsewhere));
        assert_ne!(kind_of(&plain), kind_of(&asked));
        assert_ne!(kind_of(&plain), kind_of(&written));
    }

    proptest! {
        /// Whatever the round: opening what is named is enough, and what was opened before is never named.
        #[test]
        fn opening_what_is_asked_for_is_enough(rows in proptest::collection::vec((0..6_u8, 0..20_u8, any::<bool>()), 0..80)) {
            let names: Vec<(String, String, bool)> = rows.iter().map(|(l, k, o)| (l.to_string(), k.to_string(), *o)).collect();
            let mut letters: Vec<Candidate<'_>> =
                names.iter().map(|(language, kind, opened)| Candidate { language, kind, opened: *opened }).collect();
            let first = sample(&letters);
            prop_assert!(first.all <= MOST && first.to_open.len() <= first.all);
            prop_assert!(first.to_open.iter().all(|at| !letters[*at].opened));
            for at in &first.to_open {
                letters[*at].opened = true;
            }
            prop_assert!(sample(&letters).to_open.is_empty());
            let languages: BTreeSet<&str> = letters.iter().map(|letter| letter.language).collect();
            let read: BTreeSet<&str> = letters.iter().filter(|letter| letter.opened).map(|letter| letter.language).collect();
            prop_assert_eq!(languages, read, "each language was seen");
        }
    }
}
