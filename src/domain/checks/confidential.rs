//! Sentences that must stand in no letter: those of evidence that is not public, of replies, of notes about meetings (R32). Must keep no
//! word of them in a finding, and cannot recognise what is told in other words.

use std::collections::HashMap;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Letters by which a sentence is looked up.
const START: usize = 8;
/// How long a sentence must be to tell anything: twenty letters, or eight characters of a script that writes words with one each.
const LEAST_WEIGHT: usize = 40;

/// The sentences, ready to be looked for. Looking through a text costs one look-up a letter of it, however many sentences there are.
#[derive(Clone, Debug, Default)]
pub struct Confidential {
    by_start: HashMap<Vec<char>, Vec<Vec<char>>>,
}

impl Confidential {
    /// All sentences of these texts that are long enough to be recognised.
    pub fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut by_start: HashMap<Vec<char>, Vec<Vec<char>>> = HashMap::new();
        for sentence in texts.into_iter().flat_map(sentences).map(|sentence| squeezed(&sentence)) {
            let weight: usize = sentence.iter().map(|c| if *c >= '\u{2E80}' { 5 } else { 2 }).sum();
            if let Some(start) = sentence.get(..START).filter(|_| weight >= LEAST_WEIGHT) {
                let known = by_start.entry(start.to_vec()).or_default();
                if !known.contains(&sentence) {
                    known.push(sentence);
                }
            }
        }
        Self { by_start }
    }

    /// Whether one of the sentences stands in the text, whatever its case, spaces and punctuation.
    pub fn is_in(&self, text: &str) -> bool {
        if self.by_start.is_empty() {
            return false;
        }
        let text = squeezed(text);
        text.windows(START).enumerate().any(|(at, start)| {
            let known = self.by_start.get(start).into_iter().flatten();
            text.get(at..).is_some_and(|rest| known.into_iter().any(|sentence| rest.starts_with(sentence)))
        })
    }
}

/// A full stop ends a sentence where a space follows: `A/C.6/79` is one word.
fn sentences(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let ends = match character {
            '!' | '?' | ';' | '\n' | '。' | '！' | '？' | '；' | '؟' | '؛' => true,
            '.' => characters.peek().is_none_or(|next| next.is_whitespace()),
            _ => false,
        };
        if ends {
            found.push(String::new());
        } else if let Some(last) = found.last_mut() {
            last.push(character);
        }
    }
    found
}

fn squeezed(text: &str) -> Vec<char> {
    text.nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric() && !is_combining_mark(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R32
    #[test]
    fn one_sentence_of_a_note_is_found_whatever_its_dress_and_in_any_script() {
        let notes = [
            "Met the deputy on 3 March. The minister will abstain if the vote is called! (Not for print)",
            "Посол сообщил, что делегация воздержится",
            "大使表示代表团将弃权，请勿外传",
            "أكد السفير أن الوفد سيمتنع عن التصويت.",
        ];
        let secret = Confidential::of(notes);
        for text in [
            "We hear: the MINISTER  will\nabstain, if the vote is called.",
            "… посол сообщил что Делегация воздержится …",
            "据悉大使表示代表团将弃权请勿外传。",
            "وقد أكّد السفير أن الوفد سيمتنع عن التصويت",
        ] {
            assert!(secret.is_in(text), "{text}");
        }
        for text in ["The minister will speak if the vote is called.", "A/C.6/79/L.2", "", "大使", "Met the deputy"] {
            assert!(!secret.is_in(text), "{text}");
        }
    }

    #[test]
    fn a_few_words_that_anybody_may_write_are_no_secret() {
        let secret = Confidential::of(["They support it.", "Yes", "", "支持该公约"]);
        assert!(!secret.is_in("We are glad that they support it. 我们支持该公约。"));
        assert!(!Confidential::default().is_in("anything"));
    }
}
