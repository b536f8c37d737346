//! What changed between two texts, word by word, in paragraphs a person can read. Must not know what the texts are.

use serde::Serialize;
use similar::{Algorithm, ChangeTag, DiffTag, TextDiff, capture_diff_slices};

/// Of two paragraphs with less in common, one is new and the other gone.
const ALIKE: f32 = 0.5;

/// What became of some words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// They stand in both.
    Same,
    /// Only in the new text.
    Added,
    /// Only in the old text.
    Removed,
}

/// Words of one fate, in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// What became of them.
    pub fate: Fate,
    /// The words, with the blanks between them.
    pub text: String,
}

/// A paragraph of either text or of both.
pub type Paragraph = Vec<Part>;

/// The paragraphs of both texts, which are parted by empty lines. Nothing is left out: the same words and the added ones make the new text, the same
/// and the removed ones the old. Those that are alike stand as one with the words that changed; the others come and go whole.
pub fn difference(old: &str, new: &str) -> Vec<Paragraph> {
    let parted = |text| -> Vec<&str> { str::split(text, "\n\n").filter(|paragraph| !paragraph.is_empty()).collect() };
    let (old, new) = (parted(old), parted(new));
    let mut found = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let (old, new) = (old.get(op.old_range()).unwrap_or_default(), new.get(op.new_range()).unwrap_or_default());
        match op.tag() {
            DiffTag::Equal => found.extend(new.iter().map(|text| whole(Fate::Same, text))),
            DiffTag::Delete => found.extend(old.iter().map(|text| whole(Fate::Removed, text))),
            DiffTag::Insert => found.extend(new.iter().map(|text| whole(Fate::Added, text))),
            DiffTag::Replace => rewritten(old, new, &mut found),
        }
    }
    found
}

fn whole(fate: Fate, text: &str) -> Paragraph {
    vec![Part { fate, text: text.to_owned() }]
}

/// Pairs the paragraphs that are alike, in their order, as many as can be.
fn rewritten(old: &[&str], new: &[&str], found: &mut Vec<Paragraph>) {
    let alike = |one: &str, other: &str| TextDiff::from_unicode_words(one, other).ratio() > ALIKE;
    // best[i][j]: how many pairs the paragraphs from i and from j on can make.
    let mut best = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    let at = |best: &[Vec<usize>], i: usize, j: usize| best.get(i).and_then(|row| row.get(j)).copied().unwrap_or_default();
    for (i, one) in old.iter().enumerate().rev() {
        for (j, other) in new.iter().enumerate().rev() {
            let paired = if alike(one, other) { at(&best, i + 1, j + 1) + 1 } else { 0 };
            let most = paired.max(at(&best, i + 1, j)).max(at(&best, i, j + 1));
            if let Some(cell) = best.get_mut(i).and_then(|row| row.get_mut(j)) {
                *cell = most;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    loop {
        match (old.get(i), new.get(j)) {
            (Some(one), Some(other)) if alike(one, other) && at(&best, i, j) == at(&best, i + 1, j + 1) + 1 => {
                found.push(words(one, other));
                (i, j) = (i + 1, j + 1);
            }
            (Some(one), other) if other.is_none() || at(&best, i + 1, j) >= at(&best, i, j + 1) => {
                found.push(whole(Fate::Removed, one));
                i += 1;
            }
            (_, Some(other)) => {
                found.push(whole(Fate::Added, other));
                j += 1;
            }
            (_, None) => return,
        }
    }
}

/// The words of two paragraphs as one.
fn words(old: &str, new: &str) -> Paragraph {
    let mut paragraph = Paragraph::new();
    for change in TextDiff::from_unicode_words(old, new).iter_all_changes() {
        let fate = match change.tag() {
            ChangeTag::Equal => Fate::Same,
            ChangeTag::Insert => Fate::Added,
            ChangeTag::Delete => Fate::Removed,
        };
        match paragraph.last_mut() {
            Some(part) if part.fate == fate => part.text.push_str(change.value()),
            _ => paragraph.push(Part { fate, text: change.value().to_owned() }),
        }
    }
    paragraph
}

/// Whether anything differs.
pub fn differs(paragraphs: &[Paragraph]) -> bool {
    paragraphs.iter().flatten().any(|part| part.fate != Fate::Same)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    fn marked(old: &str, new: &str) -> Vec<String> {
        let mark = |part: &Part| match part.fate {
            Fate::Same => part.text.clone(),
            Fate::Added => format!("+{}+", part.text),
            Fate::Removed => format!("-{}-", part.text),
        };
        difference(old, new).iter().map(|paragraph| paragraph.iter().map(mark).collect()).collect()
    }

    #[test]
    fn a_changed_word_is_marked_and_the_rest_stands() {
        assert_eq!(marked("We ask every state.", "We urge every state."), ["We -ask-+urge+ every state."]);
        assert_eq!(marked("نطلب من كل دولة", "نناشد كل دولة").concat().matches('+').count(), 2, "as words or as a whole");
        assert_eq!(marked("请每个国家支持", "请每个国家大力支持"), ["请每个国家+大力+支持"], "a text without blanks");
    }

    #[test]
    fn an_added_paragraph_stands_by_itself() {
        assert_eq!(marked("One.\n\nThree.", "One.\n\nTwo.\n\nThree.").len(), 3);
        assert!(!differs(&difference("One.\n\nTwo.", "One.\n\nTwo.")) && differs(&difference("One.", "Two.")));
        assert!(difference("", "").is_empty());
    }

    #[test]
    fn paragraphs_with_nothing_in_common_come_and_go_whole() {
        let (old, new) =
            ("Title\n\nMurder, torture and rape.\n\nWe ask every state.", "Title\n\nStates begin with victims.\n\nWe urge every state.");
        assert_eq!(
            marked(old, new),
            ["Title", "-Murder, torture and rape.-", "+States begin with victims.+", "We -ask-+urge+ every state."]
        );
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_from_the_difference(old in "([a-c] ?|\n\n){0,30}", new in "([a-c] ?|\n\n){0,30}") {
            let side = |left_out: Fate| {
                let words = difference(&old, &new).into_iter().flatten().filter(|part| part.fate != left_out).map(|part| part.text);
                words.collect::<String>().replace('\n', "")
            };
            prop_assert_eq!(side(Fate::Removed), new.replace('\n', ""));
            prop_assert_eq!(side(Fate::Added), old.replace('\n', ""));
        }
    }
}
