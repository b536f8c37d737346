//! Names as people type them: what may be printed, and the key under which two spellings are the same name (R11). The order of names
//! is in `collation`. Must not merge anything: it proposes, a person decides.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Shortest and longest printed name, in characters.
pub const NAME_LENGTH: std::ops::RangeInclusive<usize> = 2..=200;

/// What is wrong with a typed name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// Nothing there.
    #[error("the name is empty")]
    Empty,
    /// Under two characters.
    #[error("the name is too short")]
    TooShort,
    /// Over two hundred characters.
    #[error("the name is too long")]
    TooLong,
    /// A control character, a line break among them.
    #[error("the name holds a control character")]
    Control,
    /// A character that turns the direction of what follows.
    #[error("the name holds a character that changes the direction of the text")]
    Direction,
    /// A character no font can show: unassigned to text, or private.
    #[error("the name holds a character that cannot be printed")]
    Unprintable,
    /// Neither letter nor digit.
    #[error("the name holds no letter")]
    NoLetter,
}

impl NameFault {
    /// The key of the words shown beside the field.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "name-empty",
            Self::TooShort => "name-too-short",
            Self::TooLong => "name-too-long",
            Self::Control => "name-control",
            Self::Direction => "name-direction",
            Self::Unprintable => "name-unprintable",
            Self::NoLetter => "name-no-letter",
        }
    }
}

/// A name fit to be printed: trimmed, composed, single spaces.
pub fn clean_name(typed: &str) -> Result<String, NameFault> {
    let name = clean_line(typed, *NAME_LENGTH.end())?;
    if name.is_empty() {
        return Err(NameFault::Empty);
    }
    if name.chars().count() < *NAME_LENGTH.start() {
        return Err(NameFault::TooShort);
    }
    if !name.chars().any(char::is_alphanumeric) {
        return Err(NameFault::NoLetter);
    }
    Ok(name)
}

/// The same, where something has to be said.
///
/// # Errors
/// As [`clean_line`], and [`NameFault::Empty`].
pub fn required_line(typed: &str, longest: usize) -> Result<String, NameFault> {
    clean_line(typed, longest).and_then(|line| if line.is_empty() { Err(NameFault::Empty) } else { Ok(line) })
}

/// Any one-line text of at most `longest` characters, cleaned like a name; may come out empty.
pub fn clean_line(typed: &str, longest: usize) -> Result<String, NameFault> {
    let trimmed = typed.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    // Refused before it is composed: a megabyte is not worth the work.
    if trimmed.chars().take(longest * 4 + 1).count() > longest * 4 {
        return Err(NameFault::TooLong);
    }
    let mut clean = String::with_capacity(trimmed.len());
    let mut length = 0;
    for character in trimmed.nfc() {
        if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
            return Err(NameFault::Control);
        }
        if turns_direction(character) {
            return Err(NameFault::Direction);
        }
        if is_unprintable(character) {
            return Err(NameFault::Unprintable);
        }
        if is_invisible(character) || (character.is_whitespace() && clean.ends_with(' ')) {
            continue;
        }
        clean.push(if character.is_whitespace() { ' ' } else { character });
        length += 1;
    }
    if length > longest { Err(NameFault::TooLong) } else { Ok(clean) }
}

/// Embeddings, overrides and isolates: they can make a page read otherwise than it is written.
pub(super) fn turns_direction(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Marks without width that come along when text is copied. Joiners stay: Persian and Indic names need them.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{AD}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{61C}' | '\u{2060}' | '\u{FEFF}')
}

fn is_unprintable(character: char) -> bool {
    let code = u32::from(character);
    matches!(code, 0xE000..=0xF8FF | 0xF_0000..=0x10_FFFF | 0xFDD0..=0xFDEF | 0xFFF9..=0xFFFD | 0xE_0000..=0xE_0FFF)
        || code & 0xFFFE == 0xFFFE
}

/// Legal forms at the end of a name that do not tell two organisations apart.
const LEGAL_FORMS: &[&str] = &[
    "ac",
    "aisbl",
    "asbl",
    "assoc",
    "association",
    "av",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "ev",
    "gemeinnutzige",
    "ggmbh",
    "gmbh",
    "inc",
    "incorporated",
    "limited",
    "llc",
    "ltd",
    "ngo",
    "nvo",
    "ong",
    "onlus",
    "ops",
    "oy",
    "plc",
    "rf",
    "ry",
    "sa",
    "sarl",
    "spa",
    "srl",
    "vzw",
    "zs",
    "нко",
    "ано",
    "нпо",
];

/// Articles at the beginning, and words for "and" anywhere, in the languages names come in.
const ARTICLES: &[&str] =
    &["a", "an", "das", "de", "der", "die", "el", "het", "il", "la", "las", "le", "les", "lo", "los", "o", "os", "the"];
const AND: &[&str] = &["and", "e", "et", "i", "und", "y", "и"];

/// The form in which accents, case, punctuation, kind of apostrophe, legal form and leading article no longer matter (R11).
/// Two names with the same key are candidates for being one; what else has to be asked stands in `resemblance`.
pub fn name_key(name: &str) -> String {
    let folded = fold(name);
    let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty() && !AND.contains(word)).collect();
    if words.len() > 1 && words.first().is_some_and(|word| ARTICLES.contains(word)) {
        words.remove(0);
    }
    while words.len() > 1 && words.last().is_some_and(|word| LEGAL_FORMS.contains(word)) {
        words.pop();
    }
    words.join(" ")
}

/// Small letters without marks, words parted by one space, abbreviations drawn together ("e. V." is "ev").
fn fold(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut letters = without_marks(name);
    letters.make_ascii_lowercase();
    for character in letters.chars().flat_map(char::to_lowercase) {
        match character {
            // "d'Ivoire", "l’Homme", "women's", "Qur'an": the kind of apostrophe must not matter, nor its absence inside a word.
            '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | 'ʻ' | '′' | '＇' | '.' | '·' | 'ـ' => {}
            'ς' => text.push('σ'),
            'ى' => text.push('ي'),
            'ة' => text.push('ه'),
            other if other.is_alphanumeric() => text.push(other),
            _ => text.push(' '),
        }
    }
    join_initials(&without_elided_article(name, text))
}

/// "L'Association" folds to "lassociation"; where the original has the apostrophe, the article goes.
fn without_elided_article(name: &str, folded: String) -> String {
    let mut start = name.trim_start().chars();
    let elided = matches!(start.next(), Some('l' | 'L')) && matches!(start.next(), Some('\'' | '’' | '‘' | '´' | 'ʼ' | '＇'));
    if elided { folded.trim_start().chars().skip(1).collect() } else { folded }
}

fn join_initials(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut after_initial = false;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let initial = word.len() == 1;
        let continues = initial && after_initial;
        if !joined.is_empty() && !continues {
            joined.push(' ');
        }
        joined.push_str(word);
        after_initial = initial;
    }
    joined
}

/// Compatibility form without combining marks; letters whose mark is part of them (ø, ł, ß, ı) written plainly. Case stays.
pub fn without_marks(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        match character {
            'ß' => plain.push_str("ss"),
            'ẞ' => plain.push_str("SS"),
            'æ' => plain.push_str("ae"),
            'Æ' => plain.push_str("AE"),
            'œ' => plain.push_str("oe"),
            'Œ' => plain.push_str("OE"),
            'þ' => plain.push_str("th"),
            'Þ' => plain.push_str("TH"),
            'ø' => plain.push('o'),
            'Ø' => plain.push('O'),
            'ł' => plain.push('l'),
            'Ł' => plain.push('L'),
            'đ' | 'ð' => plain.push('d'),
            'Đ' | 'Ð' => plain.push('D'),
            'ħ' => plain.push('h'),
            'Ħ' => plain.push('H'),
            'ı' => plain.push('i'),
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
#[path = "name_tests.rs"]
mod tests;
