//! Short references that people quote in mails and read out on the telephone: `CAH-S7K3-M9QC-4TXB`. They lead a reply back to its
//! letter however its subject was altered (R37). Must not be taken for a secret: it names a thing, it opens nothing.

use std::fmt;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

use super::keyed::keyed;

/// 31 characters, none of which is taken for another (no 0 1 I L O). A prime number of them, so that the check
/// character finds every single wrong character and every two neighbours that changed places.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// Kind, ten characters, check.
const LENGTH: usize = 12;
const GROUP: usize = 4;

keyed! {
    /// What a reference points at.
    ReferenceKind {
        /// A signature.
        Signature = "S",
        /// A letter (a démarche).
        Letter = "D",
    }
}

impl ReferenceKind {
    const fn letter(self) -> u8 {
        match self {
            Self::Signature => b'S',
            Self::Letter => b'D',
        }
    }
}

/// A reference without the campaign's prefix.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference([u8; LENGTH]);

impl Reference {
    /// The reference of the thing `id`. `attempt` is 0, or higher when the one before is taken.
    pub fn of(kind: ReferenceKind, id: Uuid, attempt: u8) -> Self {
        let digest = Sha256::new().chain_update([kind.letter(), attempt]).chain_update(id.as_bytes()).finalize();
        let mut number = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let mut code = [kind.letter(); LENGTH];
        for place in code.iter_mut().take(LENGTH - 1).skip(1) {
            *place = character(number % 31);
            number /= 31;
        }
        let check = check_of(&code);
        if let Some(last) = code.last_mut() {
            *last = check;
        }
        Self(code)
    }

    /// What it points at.
    pub fn kind(&self) -> ReferenceKind {
        if self.0.first() == Some(&b'S') { ReferenceKind::Signature } else { ReferenceKind::Letter }
    }

    /// With the campaign's prefix, as printed and stored: `CAH-S7K3-M9QC-4TXB`.
    pub fn with_prefix(&self, prefix: &str) -> String {
        format!("{prefix}-{self}")
    }

    fn from_code(code: [u8; LENGTH]) -> Option<Self> {
        let known = code.first().is_some_and(|first| matches!(first, b'S' | b'D'));
        (known && code.iter().all(|c| value(*c).is_some()) && code.last() == Some(&check_of(&code))).then_some(Self(code))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, character) in self.0.iter().enumerate() {
            if at > 0 && at % GROUP == 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(*character))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({self})")
    }
}

/// All references in a text such as a mail's subject, in their order, each once.
///
/// Capitals, full-width forms, brackets, spaces, any kind of dash or none, and anything around them do no harm; a wrong character
/// does. A found reference need not exist: whoever looks it up decides. In "and CAH-D7K3-M9QC-4TXB" the d of "and" starts a code as well, and one in 31
/// such has a fitting check character; so every one is given, whatever it shares with another.
pub fn find_references(text: &str) -> Vec<Reference> {
    let characters: Vec<char> = text.nfkc().flat_map(char::to_uppercase).filter(|c| !is_invisible(*c)).collect();
    let mut found = Vec::new();
    let mut rest = characters.as_slice();
    while let Some((_, tail)) = rest.split_first() {
        if let Some(reference) = read_code(rest).filter(|reference| !found.contains(reference)) {
            found.push(reference);
        }
        rest = tail;
    }
    found
}

/// Reads twelve characters of the alphabet with separators between.
fn read_code(text: &[char]) -> Option<Reference> {
    let mut code = [0; LENGTH];
    let mut filled = 0;
    for (at, character) in text.iter().enumerate() {
        if let Some(byte) = u8::try_from(*character).ok().filter(|byte| value(*byte).is_some()) {
            *code.get_mut(filled)? = byte;
            filled += 1;
            if filled == LENGTH {
                let ends = text.get(at + 1).is_none_or(|next| !next.is_alphanumeric());
                return Reference::from_code(code).filter(|_| ends);
            }
        } else if filled == 0 || !is_separator(*character) {
            return None;
        }
    }
    None
}

fn is_separator(character: char) -> bool {
    character.is_whitespace() || matches!(character, '-' | '_' | '.' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}')
}

/// Soft hyphens, joiners and direction marks that mail programs slip in.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

fn character(value: u64) -> u8 {
    usize::try_from(value).ok().and_then(|at| ALPHABET.get(at)).copied().unwrap_or(b'2')
}

fn value(character: u8) -> Option<u64> {
    ALPHABET.iter().position(|known| *known == character).and_then(|at| u64::try_from(at).ok())
}

/// The weighted sum of all characters but the last, modulo 31. Weights differ from place to place and from 0.
fn check_of(code: &[u8; LENGTH]) -> u8 {
    let sum: u64 = code.iter().take(LENGTH - 1).zip(2_u64..).map(|(c, weight)| weight * value(*c).unwrap_or(0)).sum();
    character(sum % 31)
}

#[cfg(test)]
#[path = "reference_tests.rs"]
mod tests;
