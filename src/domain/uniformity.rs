//! How alike the letters of a round are: which say the same but for their state's name, and which say what no other says. For a person who looks for
//! the one letter that went wrong, and for the personal letter that is not personal. Sentences are compared by marks made once, when a letter is
//! drafted, so that a page of hundreds compares numbers. Must not judge a letter: it may well be meant to be unlike the others.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{blocks::Part, checks::DraftedBlock};

/// Less of its words in common with the usual letter, in percent, and a letter is unlike the others.
pub const UNLIKE: u32 = 50;
/// Stands for the state's name.
const NAME: &str = "\u{fffc}";

/// A letter's body as it is compared: each of its sentences by a mark, with its length in characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Marks(Vec<(u64, u32)>);

/// How a letter stands among its peers: those of its round in its language, to an office of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// So many others say the same, but for the name of their state.
    pub same: usize,
    /// What it has in common with the most usual of them, in percent; 100 for the same words and for nothing less. None: it has no peer.
    pub percent: Option<u32>,
}

impl Standing {
    /// Whether it is unlike the others.
    pub fn is_unlike(&self) -> bool {
        self.percent.is_some_and(|percent| percent < UNLIKE)
    }
}

impl Marks {
    /// Of a drafted letter, without its subject. `own` are the forms of its state's name in its language, which are left out.
    pub fn of(drafted: &[DraftedBlock], own: &[&str]) -> Self {
        let mut own: Vec<&str> = own.iter().copied().filter(|form| !form.is_empty()).collect();
        own.sort_by_key(|form| std::cmp::Reverse(form.len()));
        let texts = drafted.iter().filter(|block| block.part != Part::Subject).filter_map(|block| block.text.as_deref());
        let mut marks = Vec::new();
        for text in texts {
            let bare = own.iter().fold(text.to_owned(), |text, form| without(&text, form));
            marks.extend(sentences(&bare).map(|sentence| (mark(&sentence), length(&sentence))));
        }
        Self(marks)
    }

    /// As they were stored.
    pub fn read(value: &serde_json::Value) -> Option<Self> {
        Self::deserialize(value).ok()
    }

    fn length(&self) -> u64 {
        self.0.iter().map(|(_, length)| u64::from(*length)).sum()
    }

    /// Of two bodies, what both have, in percent of the whole: floored, so that only the same words are the same.
    fn common(&self, other: &Self) -> u32 {
        if self == other {
            return 100;
        }
        let mut left: HashMap<u64, u32> = HashMap::new();
        for (mark, _) in &other.0 {
            *left.entry(*mark).or_default() += 1;
        }
        let mut shared = 0;
        for (mark, length) in &self.0 {
            if let Some(count) = left.get_mut(mark).filter(|count| **count > 0) {
                *count -= 1;
                shared += u64::from(*length);
            }
        }
        let all = (self.length() + other.length()).max(1);
        u32::try_from(200 * shared / all).unwrap_or(99).min(99)
    }
}

/// How each letter, given with the name of its peers, stands among them. Cost: a look at each sentence, three times.
pub fn standings(letters: &[(&str, &Marks)]) -> Vec<Standing> {
    let mut groups: BTreeMap<&str, Vec<&Marks>> = BTreeMap::new();
    for (name, marks) in letters {
        groups.entry(name).or_default().push(marks);
    }
    let groups: BTreeMap<&str, Peers<'_>> = groups.into_iter().map(|(name, all)| (name, Peers::of(&all))).collect();
    let standing = |(name, marks): &(&str, &Marks)| {
        let Some(peers) = groups.get(name) else { return Standing { same: 0, percent: None } };
        Standing {
            same: peers.groups.get(marks).map_or(0, |count| count - 1),
            percent: peers.usual.filter(|_| peers.all > 1).map(|usual| marks.common(usual)),
        }
    };
    letters.iter().map(standing).collect()
}

/// The letters that are compared with each other.
struct Peers<'a> {
    all: usize,
    groups: HashMap<&'a Marks, usize>,
    /// Whose words most letters have; where each has its own, whose sentences most letters have.
    usual: Option<&'a Marks>,
}

impl<'a> Peers<'a> {
    fn of(all: &[&'a Marks]) -> Self {
        let mut groups: HashMap<&Marks, usize> = HashMap::new();
        let mut found: HashMap<u64, u64> = HashMap::new();
        for marks in all {
            *groups.entry(marks).or_default() += 1;
            for (mark, _) in &marks.0 {
                *found.entry(*mark).or_default() += 1;
            }
        }
        let usualness = |marks: &Marks| {
            let words = marks.0.iter().map(|(mark, length)| u64::from(*length) * found.get(mark).copied().unwrap_or_default());
            words.sum::<u64>() / marks.length().max(1)
        };
        let ranked =
            all.iter().enumerate().map(|(at, marks)| (groups.get(marks).copied(), usualness(marks), std::cmp::Reverse(at), *marks));
        let usual = ranked.max_by_key(|(count, usual, at, _)| (*count, *usual, *at)).map(|(_, _, _, marks)| marks);
        Self { all: all.len(), groups, usual }
    }
}

/// A text without a name where it stands as a word of its own: "Oman", and not the end of another word.
fn without(text: &str, name: &str) -> String {
    // Scripts that part words by blanks; in others, and in Arabic with its prefixes, a name stands right beside other letters.
    let joins = |c: char| c.is_alphabetic() && u32::from(c) < 0x0530;
    let is_inside = |one: Option<char>, other: Option<char>| one.is_some_and(joins) && other.is_some_and(joins);
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(name) {
        let starts_inside = is_inside(before.chars().next_back().or_else(|| bare.chars().next_back()), name.chars().next());
        let ends_inside = is_inside(name.chars().next_back(), after.chars().next());
        bare.push_str(before);
        bare.push_str(if starts_inside || ends_inside { name } else { NAME });
        rest = after;
    }
    bare.push_str(rest);
    bare
}

/// The sentences of a text, blanks folded. An abbreviation parts one into two in every letter alike, which does no harm.
fn sentences(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split_inclusive(['\n', '.', '!', '?', ';', '。', '！', '？', '；', '؟', '؛']);
    parts.map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|sentence| !sentence.is_empty())
}

fn length(sentence: &str) -> u32 {
    u32::try_from(sentence.chars().count()).unwrap_or(u32::MAX)
}

/// Six bytes: a number that every database and every script keeps as it is.
fn mark(sentence: &str) -> u64 {
    Sha256::digest(sentence.as_bytes()).iter().take(6).fold(0, |mark, byte| mark << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    fn marks(text: &str, own: &[&str]) -> Marks {
        let block = |part, text: &str| DraftedBlock { key: "b".to_owned(), part, text: Some(text.to_owned()), edited: None };
        Marks::of(&[block(Part::Subject, &format!("To {own:?}")), block(Part::Body, text)], own)
    }

    #[test]
    fn letters_that_differ_by_the_name_of_their_state_say_the_same() {
        let kenya = marks("We ask the Republic of Kenya. Kenya can lead.", &["Kenya", "Republic of Kenya", "the Republic of Kenya"]);
        let gambia =
            marks("We ask the Republic of the Gambia. The Gambia can lead.", &["the Gambia", "The Gambia", "the Republic of the Gambia"]);
        let oman = marks("We ask the Sultanate of Oman. Oman can lead.", &["Oman", "the Sultanate of Oman"]);
        let china = marks("我们请中国支持。中国可以带头。", &["中国"]);
        let japan = marks("我们请日本支持。日本可以带头。", &["日本"]);
        let all = [("en", &kenya), ("en", &gambia), ("en", &oman), ("zh", &china), ("zh", &japan), ("fr", &kenya)];
        let same: Vec<(usize, Option<u32>)> = standings(&all).iter().map(|standing| (standing.same, standing.percent)).collect();
        assert_eq!(same, [(2, Some(100)), (2, Some(100)), (2, Some(100)), (1, Some(100)), (1, Some(100)), (0, None)]);
    }

    #[test]
    fn a_name_inside_another_word_stays() {
        assert_eq!(without("Mali and Malians, in Mali", "Mali"), format!("{NAME} and Malians, in {NAME}"));
        assert_eq!(without("Oman, not Toman or OmanOman", "Oman"), format!("{NAME}, not Toman or OmanOman"));
        assert_eq!(without("لكينيا وكينيا", "كينيا"), format!("ل{NAME} و{NAME}"));
    }

    #[test]
    fn the_odd_one_out_is_told_by_what_it_has_in_common_with_the_usual_letter() {
        let (usual, other) =
            ("We write to you. We ask you to speak. We thank you.", "We write to you. We ask you to speak. The weather is fine.");
        let (usual, other, odd) = (marks(usual, &[]), marks(other, &[]), marks("Lorem ipsum. Dolor sit amet.", &[]));
        let found = standings(&[("en", &odd), ("en", &usual), ("en", &other), ("en", &usual)]);
        assert_eq!(found[0], Standing { same: 0, percent: Some(0) });
        assert_eq!(found[1], Standing { same: 1, percent: Some(100) });
        assert!((60..90).contains(&found[2].percent.unwrap()) && !found[2].is_unlike(), "{found:?}");
        assert!(found[0].is_unlike() && !found[1].is_unlike());
    }

    proptest! {
        #[test]
        fn only_the_same_words_are_the_same(texts in proptest::collection::vec("([a-c]{1,3}\\. ){0,5}", 2..12)) {
            let all: Vec<Marks> = texts.iter().map(|text| marks(text, &[])).collect();
            let letters: Vec<(&str, &Marks)> = all.iter().map(|marks| ("en", marks)).collect();
            let found = standings(&letters);
            let most = found.iter().map(|standing| standing.same).max().unwrap();
            for (at, standing) in found.iter().enumerate() {
                prop_assert_eq!(standing.same, texts.iter().filter(|text| **text == texts[at]).count() - 1);
                prop_assert!(standing.percent.unwrap() <= 100);
                prop_assert!(standing.percent != Some(100) || standing.same == most, "only the usual words are all there is in common");
            }
        }
    }
}
