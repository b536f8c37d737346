//! What changed between two texts, word by word, in paragraphs a person can read. Must not know what the texts are.

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

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
/// and the removed ones the old.
pub fn difference(old: &str, new: &str) -> Vec<Paragraph> {
    let diff = TextDiff::from_unicode_words(old, new);
    let (mut paragraphs, mut last) = (Vec::new(), Paragraph::new());
    for change in diff.iter_all_changes() {
        let fate = match change.tag() {
            ChangeTag::Equal => Fate::Same,
            ChangeTag::Insert => Fate::Added,
            ChangeTag::Delete => Fate::Removed,
        };
        for (at, piece) in change.value().split("\n\n").enumerate() {
            if at > 0 && !last.is_empty() {
                paragraphs.push(std::mem::take(&mut last));
            }
            match last.last_mut() {
                _ if piece.is_empty() => {}
                Some(part) if part.fate == fate => part.text.push_str(piece),
                _ => last.push(Part { fate, text: piece.to_owned() }),
            }
        }
    }
    paragraphs.extend(Some(last).filter(|last| !last.is_empty()));
    paragraphs
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
        assert_eq!(marked("نطلب من كل دولة", "نناشد كل دولة").concat().matches('+').count(), 2);
        assert_eq!(marked("请每个国家支持", "请每个国家大力支持"), ["请每个国家+大力+支持"], "a text without blanks");
    }

    #[test]
    fn an_added_paragraph_stands_by_itself() {
        assert_eq!(marked("One.\n\nThree.", "One.\n\nTwo.\n\nThree.").len(), 3);
        assert!(!differs(&difference("One.\n\nTwo.", "One.\n\nTwo.")) && differs(&difference("One.", "Two.")));
        assert!(difference("", "").is_empty());
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
