//! Texts that keep their own direction in documents for word processors, which know no isolates: a name's brackets would change sides. Must not set anything.

use serde::Serialize;

use crate::domain::language::Language;

/// A text with its own direction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Directed {
    /// As it is.
    pub text: String,
    /// Whether it runs from right to left.
    pub rtl: bool,
    /// The same between marks of its direction where the page has the other.
    pub marked: String,
}

impl Directed {
    /// A value on a page of this language.
    pub fn of(text: String, language: Language) -> Self {
        let first = text.chars().find(|character| character.is_alphabetic());
        let rtl = first.is_some_and(|first| matches!(first, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'));
        let mark = if rtl { '\u{200F}' } else { '\u{200E}' };
        let marked = if rtl == is_rtl(language) { text.clone() } else { format!("{mark}{text}{mark}") };
        Self { text, rtl, marked }
    }

    /// A sentence on a page of this language, in pieces: what stands between isolates has its own direction, the rest the page's.
    pub fn pieces(prose: &str, language: Language) -> Vec<Self> {
        let mut pieces = Vec::new();
        let own = |text: &str| Self { text: text.to_owned(), rtl: is_rtl(language), marked: text.to_owned() };
        let mut rest = prose;
        while let Some((before, after)) = rest.split_once(['\u{2066}', '\u{2067}', '\u{2068}']) {
            pieces.push(own(before));
            let (inside, tail) = after.split_once('\u{2069}').unwrap_or((after, ""));
            pieces.push(Self::of(inside.to_owned(), language));
            rest = tail;
        }
        pieces.push(own(rest));
        pieces.retain(|piece| !piece.text.is_empty());
        pieces
    }
}

fn is_rtl(language: Language) -> bool {
    language.direction() == "rtl"
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]
    use super::*;

    /// R84: a Latin name in an Arabic sentence is a piece of its own, and nothing of the sentence is lost.
    #[test]
    fn what_stands_between_isolates_keeps_its_direction() {
        let pieces = Directed::pieces("نكتب باسم \u{2068}Example Society (demo)\u{2069} إليكم", Language::Ar);
        let texts: Vec<_> = pieces.iter().map(|piece| (piece.text.as_str(), piece.rtl)).collect();
        assert_eq!(texts, [("نكتب باسم ", true), ("Example Society (demo)", false), (" إليكم", true)]);
        assert!(pieces[1].marked.starts_with('\u{200E}'));
        assert_eq!(Directed::pieces("plain", Language::En).len(), 1);
        assert_eq!(Directed::pieces("a \u{2068}b", Language::En).len(), 2, "one that is not closed loses nothing");
    }
}
