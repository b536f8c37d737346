//! What must happen to words before they are set: characters that no font shows, controls that break a line or turn it round.
//! Must not change how anything reads otherwise.

use std::borrow::Cow;

use serde_json::Value;
use typst::text::{FontBook, is_default_ignorable};

/// Stands for a character that no font here shows.
const REPLACEMENT: char = '\u{FFFD}';
const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_ISOLATE: char = '\u{2069}';

/// Which characters some font shows: sorted ranges, both ends included.
pub(super) struct Coverage(Vec<(u32, u32)>);

impl Coverage {
    /// The union of all fonts of a book.
    pub(super) fn of(book: &FontBook) -> Self {
        let mut characters: Vec<u32> = (0..).map_while(|index| book.info(index)).flat_map(|font| font.coverage.iter()).collect();
        characters.sort_unstable();
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for character in characters {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 >= character => *last = character,
                _ => ranges.push((character, character)),
            }
        }
        Self(ranges)
    }

    fn contains(&self, character: char) -> bool {
        let code = u32::from(character);
        let after = self.0.partition_point(|(first, _)| *first <= code);
        after.checked_sub(1).and_then(|index| self.0.get(index)).is_some_and(|(_, last)| code <= *last)
    }

    fn shows(&self, character: char) -> bool {
        character.is_whitespace() || character.is_control() || is_default_ignorable(character) || self.contains(character)
    }
}

/// The characters of `text` that no font shows, each once, in order of appearance.
pub(super) fn uncovered(coverage: &Coverage, text: &str) -> Vec<char> {
    let mut found = Vec::new();
    collect_uncovered(coverage, text, &mut found);
    found
}

fn collect_uncovered(coverage: &Coverage, text: &str, found: &mut Vec<char>) {
    for character in text.chars() {
        if !coverage.shows(character) && !found.contains(&character) {
            found.push(character);
        }
    }
}

/// `text` without the characters that no font shows, and without the marks that only joined or coloured them. As it is where nothing to be
/// read would remain: an empty line hides that somebody stood there.
pub(super) fn settable<'a>(coverage: &Coverage, text: &'a str) -> Cow<'a, str> {
    if text.is_ascii() || text.chars().all(|character| coverage.shows(character)) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut dropped = false;
    for character in text.chars() {
        dropped = !coverage.shows(character) || (dropped && is_default_ignorable(character));
        if !dropped {
            kept.push(character);
        }
    }
    if kept.chars().any(char::is_alphanumeric) {
        Cow::Owned(kept.split_whitespace().collect::<Vec<_>>().join(" "))
    } else {
        Cow::Borrowed(text)
    }
}

/// Makes every string of `data` printable in place and returns the characters that had to give way to U+FFFD.
pub(super) fn make_printable(coverage: &Coverage, data: &mut Value) -> Vec<char> {
    let mut found = Vec::new();
    walk(coverage, data, &mut found);
    found
}

fn walk(coverage: &Coverage, value: &mut Value, found: &mut Vec<char>) {
    match value {
        Value::String(text) if !text.bytes().all(|byte| (0x20..0x7F).contains(&byte)) => {
            collect_uncovered(coverage, text, found);
            *text = printable(coverage, text);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(coverage, item, found)),
        Value::Object(fields) => fields.values_mut().for_each(|field| walk(coverage, field, found)),
        _ => {}
    }
}

/// Overrides and embeddings of direction go, because they would turn round what stands after them; isolates stay where they pair up,
/// because our own sentences use them; a control character becomes a space.
fn printable(coverage: &Coverage, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open = 0_usize;
    for character in text.chars() {
        match character {
            '\u{202A}'..='\u{202E}' => {}
            '\u{2066}'..=FIRST_STRONG_ISOLATE => {
                open += 1;
                out.push(character);
            }
            POP_ISOLATE => {
                if open > 0 {
                    open -= 1;
                    out.push(character);
                }
            }
            '\u{2028}' | '\u{2029}' => out.push(' '),
            _ if character.is_control() => out.push(' '),
            _ if coverage.shows(character) => out.push(character),
            _ => out.push(REPLACEMENT),
        }
    }
    out.extend(std::iter::repeat_n(POP_ISOLATE, open));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latin() -> Coverage {
        Coverage(vec![(0x20, 0x17F), (0xFFFD, 0xFFFD)])
    }

    #[test]
    fn what_no_font_shows_is_reported_once_and_replaced() {
        let mut data = serde_json::json!({ "name": "Zoë 🦄🦄", "lines": ["漢"], "count": 3 });
        assert_eq!(make_printable(&latin(), &mut data), ['漢', '🦄']);
        assert_eq!(data, serde_json::json!({ "name": "Zoë \u{FFFD}\u{FFFD}", "lines": ["\u{FFFD}"], "count": 3 }));
    }

    #[test]
    fn a_name_is_set_without_what_no_font_shows_and_never_vanishes() {
        let latin = latin();
        assert_eq!(settable(&latin, "Zoë 👩\u{200D}⚖\u{FE0F} & 🦄 Trust"), "Zoë & Trust");
        assert_eq!(settable(&latin, "🦄Trust"), "Trust");
        assert_eq!(settable(&latin, "漢 – 🦄"), "漢 – 🦄", "nothing to be read would remain");
        assert_eq!(settable(&latin, "Zoë  Trust"), "Zoë  Trust");
    }

    #[test]
    fn an_override_of_direction_goes_and_an_unpaired_isolate_is_closed() {
        assert_eq!(printable(&latin(), "a\u{202E}b\u{2069}c\u{2067}d"), "abc\u{2067}d\u{2069}");
        assert_eq!(printable(&latin(), "\u{2068}paired\u{2069} stays"), "\u{2068}paired\u{2069} stays");
    }

    #[test]
    fn a_control_character_becomes_a_space() {
        assert_eq!(printable(&latin(), "a\u{0}b\tc\nd\u{2028}e"), "a b c d e");
    }
}
