//! Names as a row of words in Latin letters, each with its weight and with the sounds that remain when spelling is uncertain. For comparison only; must
//! not be shown to anybody.

use std::{collections::HashMap, sync::LazyLock};

use any_ascii::any_ascii;

use super::{
    name::name_key,
    name_words::{COMPOUNDS, FILLERS, MEANINGS},
};

/// What a word shared by many names weighs; any other weighs 1.
const LITTLE: f64 = 0.35;
/// What the name of the own country weighs.
const LEAST: f64 = 0.2;
/// Words of one name that are compared; names are of two hundred letters at most.
const MOST_WORDS: usize = 24;

static MEANING: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| MEANINGS.iter().flat_map(|(meaning, words)| words.iter().map(|word| (*word, *meaning))).collect());
/// Chinese words are found within a run of signs, the longest first.
static CHINESE: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let all = MEANINGS.iter().flat_map(|(meaning, words)| words.iter().map(|word| (*word, *meaning)));
    let mut found: Vec<_> = all.filter(|(word, _)| word.chars().all(is_chinese) && word.chars().count() > 1).collect();
    found.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    found
});

/// One word of a name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    /// In small Latin letters; of a word many names share, its meaning.
    pub(super) latin: String,
    /// What remains of the sound.
    pub(super) sounds: String,
    /// How much it says.
    pub(super) weight: f64,
    /// The name of the own country.
    pub(super) of_country: bool,
}

impl Word {
    /// Whether it tells one name from many.
    pub(super) fn tells(&self) -> bool {
        self.weight >= 1.0
    }
}

/// The words of a name; `countries` are names of the country it is in.
pub(super) fn words(name: &str, countries: &[String]) -> Vec<Word> {
    let mut key = name_key(&without_elisions(name));
    for (compound, plain) in COMPOUNDS {
        if key.contains(compound) {
            key = key.replace(compound, plain);
        }
    }
    for (word, meaning) in CHINESE.iter() {
        if key.contains(word) {
            key = key.replace(word, &format!(" {meaning} "));
        }
    }
    key.split_whitespace().filter(|word| !FILLERS.contains(word)).take(MOST_WORDS).map(|typed| word(typed, countries)).collect()
}

fn word(typed: &str, countries: &[String]) -> Word {
    let bare = without_arabic_article(typed);
    let prefixed = ["ل", "ب", "و"].into_iter().find_map(|joined| MEANING.get(without_arabic_article(typed.strip_prefix(joined)?)));
    let latin = latin(bare);
    let meaning = MEANING.get(bare).or_else(|| MEANING.get(typed)).or(prefixed).or_else(|| MEANING.get(latin.as_str()));
    if let Some(meaning) = meaning.copied().or_else(|| misspelled(bare)) {
        let weight = if meaning.starts_with('@') { 1.0 } else { LITTLE };
        return Word { latin: meaning.to_owned(), sounds: format!("={meaning}"), weight, of_country: false };
    }
    let of_country = countries.iter().any(|country| is_of(&latin, country));
    if of_country {
        return Word { latin: "@".to_owned(), sounds: "@".to_owned(), weight: LEAST, of_country };
    }
    // "Al-Haq", "Al Haq" and "Alhaq" are one.
    let latin = latin.strip_prefix("al").filter(|rest| rest.len() > 1).map_or_else(|| latin.clone(), str::to_owned);
    let sounds = sounds(&latin);
    Word { weight: 1.0, latin, sounds, of_country }
}

/// The meaning of a long word with one letter wrong.
fn misspelled(typed: &str) -> Option<&'static str> {
    let letters: Vec<char> = typed.chars().collect();
    if letters.len() < 7 {
        return None;
    }
    let near = |word: &&&'static str| {
        let known: Vec<char> = word.chars().collect();
        known.first() == letters.first()
            && known.len().abs_diff(letters.len()) <= 1
            && known.len() >= 7
            && known.last() == letters.last()
            && distance(&known, &letters) <= 1
    };
    MEANINGS.iter().find_map(|(meaning, words)| words.iter().find(near).map(|_| *meaning))
}

/// "l'homme", "d’Ivoire", "dell'uomo": the article is a word of its own.
fn without_elisions(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        let elided = word.split_once(['\'', '’']).filter(|(article, rest)| {
            rest.chars().count() > 2 && matches!(article.to_lowercase().as_str(), "l" | "d" | "qu" | "all" | "dell" | "nell" | "sull")
        });
        text.push_str(elided.map_or(word, |(_, rest)| rest));
        text.push(' ');
    }
    text
}

/// A state's name, as [`words`] compares it: the whole, and what it is called for short ("Syrian Arab Republic").
pub(super) fn country(name: &str) -> impl Iterator<Item = String> {
    let key = name_key(name);
    let parts: Vec<String> = key.split_whitespace().map(|word| latin(without_arabic_article(word))).collect();
    let first = parts.first().filter(|first| parts.len() > 1 && first.len() > 3 && !SHARED_BY_STATES.contains(&first.as_str()));
    [Some(parts.concat()).filter(|whole| whole.len() > 2), first.cloned()].into_iter().flatten()
}

/// First words of states' names that say nothing by themselves.
const SHARED_BY_STATES: &[&str] = &[
    "burkina",
    "cabo",
    "central",
    "costa",
    "cote",
    "democratic",
    "emirats",
    "emiratos",
    "estados",
    "etats",
    "equatorial",
    "guinea",
    "guinee",
    "iles",
    "islas",
    "marshall",
    "north",
    "nouvelle",
    "nueva",
    "papua",
    "republic",
    "republica",
    "republique",
    "royaume",
    "reino",
    "saint",
    "sainte",
    "santa",
    "sierra",
    "solomon",
    "south",
    "sudafrica",
    "timor",
    "trinidad",
    "united",
];

/// "Kenya", "Kenyan", "marocaine", "mexicana": the country's name, or an adjective made of it.
fn is_of(word: &str, country: &str) -> bool {
    let shared = word.bytes().zip(country.bytes()).take_while(|(one, other)| one == other).count();
    word == country || shared >= 4 && (shared == country.len() || shared * 10 >= word.len().max(country.len()) * 6)
}

/// Small Latin letters and digits only.
pub(super) fn latin(text: &str) -> String {
    any_ascii(text).chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn without_arabic_article(word: &str) -> &str {
    let long_enough = |rest: &&str| rest.chars().count() > 1;
    ["وال", "بال", "لل", "ال"].into_iter().find_map(|article| word.strip_prefix(article).filter(long_enough)).unwrap_or(word)
}

pub(super) fn is_chinese(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}')
}

/// Consonants that stay when vowels, doubled letters and the customs of romanisation are taken away. Digits stay as they are.
fn sounds(latin: &str) -> String {
    let mut plain = latin.to_owned();
    for (written, sound) in [
        ("cae", "se"),
        ("shch", "S"),
        ("tsch", "S"),
        ("sch", "S"),
        ("tch", "S"),
        ("ch", "S"),
        ("sh", "S"),
        ("zh", "J"),
        ("dj", "J"),
        ("kh", "X"),
        ("gh", "g"),
        ("ph", "f"),
        ("th", "t"),
        ("dh", "d"),
        ("ts", "s"),
        ("tz", "s"),
        ("ck", "k"),
        ("ce", "se"),
        ("ci", "si"),
        ("cy", "sy"),
        ("qu", "k"),
        ("ks", "k"),
        ("x", "k"),
        ("c", "k"),
        ("q", "k"),
        ("z", "s"),
        ("j", "J"),
        ("X", "k"),
    ] {
        if plain.contains(written) {
            plain = plain.replace(written, sound);
        }
    }
    let kept = skeleton(&plain, "aeiouwyh");
    if kept.len() > 1 {
        return kept;
    }
    // Of a short word every consonant counts, the faint ones too.
    let kept = skeleton(&plain, "aeiou");
    if kept.len() > 1 { kept } else { latin.to_owned() }
}

/// What is left without some letters, and of doubled ones one.
fn skeleton(plain: &str, without: &str) -> String {
    let mut kept = String::with_capacity(plain.len());
    for sound in plain.chars().filter(|c| !without.contains(*c)) {
        if sound.is_ascii_digit() || !kept.ends_with(sound) {
            kept.push(sound);
        }
    }
    kept
}

/// How alike two words are, from 0 to 1.
pub(super) fn alike(one: &Word, other: &Word) -> f64 {
    if one.latin == other.latin {
        return 1.0;
    }
    // A number is another number, a meaning another meaning.
    let fixed = |word: &Word| !word.tells() || word.latin.bytes().any(|b| b.is_ascii_digit());
    if fixed(one) || fixed(other) {
        return 0.0;
    }
    let (a, b): (Vec<char>, Vec<char>) = (one.latin.chars().collect(), other.latin.chars().collect());
    let longest = a.len().max(b.len()) as f64;
    let spelled = 1.0 - distance(&a, &b) as f64 / longest;
    let shared = a.iter().zip(&b).take_while(|(one, other)| one == other).count();
    let sound = match one.sounds.len() {
        length if one.sounds != other.sounds || length < 2 => 0.0,
        2 => 0.8,
        _ => 0.92,
    };
    let begun = if shared >= 4 && shared as f64 / longest >= 0.6 { 0.85 } else { 0.0 };
    // One letter in five may be a slip, in short words none.
    let slip = if spelled >= 0.8 && longest >= 5.0 { spelled } else { 0.0 };
    slip.max(sound).max(begun)
}

/// Letters to change, add, leave out or swap to make one word of the other.
pub(super) fn distance(one: &[char], other: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, a) in one.iter().enumerate() {
        let mut next = Vec::with_capacity(last.len());
        next.push(row + 1);
        for (column, b) in other.iter().enumerate() {
            let at = |line: &[usize], place: usize| line.get(place).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&last, column) + usize::from(a != b)).min(at(&last, column + 1) + 1).min(at(&next, column) + 1);
            let swapped = row > 0 && column > 0 && Some(a) == other.get(column - 1) && one.get(row - 1) == Some(b);
            if swapped {
                best = best.min(at(&before_last, column - 1) + 1);
            }
            next.push(best);
        }
        before_last = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or_default()
}
