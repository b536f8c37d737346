//! What a person makes of one block of the campaign's letters: new words, another place, other conditions. Must not judge whether they fit; `wording`
//! and `vocabulary` do.

use std::collections::{BTreeMap, BTreeSet};

use super::{blocks::Block, language::Language, wording::LetterWords};

/// A block as a person wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockChange {
    /// The block; its key says which one.
    pub block: Block,
    /// Its words by language.
    pub texts: BTreeMap<Language, String>,
    /// Languages whose words still say what the language that counts says now.
    pub still_right: BTreeSet<Language>,
    /// Key of the block it stands after; none: it is the first.
    pub after: Option<String>,
}

impl LetterWords {
    /// The words with this block in place of the one with its key, or with it as well. Where the language that counts says something else than before,
    /// languages whose words stay as they were are behind it until somebody says that they are still right.
    #[must_use]
    pub fn with(&self, change: &BlockChange, authoritative: Language) -> Self {
        let mut words = self.clone();
        let key = &change.block.key;
        let before = |language: Language| self.text(language, key);
        let new_meaning = before(authoritative).is_some_and(|text| change.texts.get(&authoritative).map(String::as_str) != Some(text));
        words.blocks.blocks.retain(|block| block.key != *key);
        let after = change.after.as_deref().and_then(|after| words.blocks.blocks.iter().position(|block| block.key == after));
        words.blocks.blocks.insert(after.map_or(0, |at| at + 1), change.block.clone());
        for (language, text) in &change.texts {
            let Some(texts) = words.texts.get_mut(language) else { continue };
            let is_kept = before(*language) == Some(text.as_str());
            if *language == authoritative || !is_kept || change.still_right.contains(language) {
                texts.behind.remove(key);
            } else if new_meaning {
                texts.behind.insert(key.clone());
            }
            texts.text.insert(key.clone(), text.clone());
        }
        words
    }

    /// The words without a block.
    #[must_use]
    pub fn without(&self, key: &str) -> Self {
        let mut words = self.clone();
        words.blocks.blocks.retain(|block| block.key != key);
        for texts in words.texts.values_mut() {
            texts.text.remove(key);
            texts.behind.remove(key);
        }
        words
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;
    use crate::domain::{
        blocks::{BlockFile, LetterKind, Part},
        text::TranslationStatus,
        wording::{AddressFile, BlockTexts, LabelFile},
    };

    fn block(key: &str) -> Block {
        Block { key: key.into(), part: Part::Body, slot: None, items: false, letters: vec![LetterKind::Before], when: None, unless: None }
    }

    fn words() -> LetterWords {
        let texts = |prefix: &str| BlockTexts {
            translation: TranslationStatus::Unofficial,
            text: ["a", "b"].map(|key| (key.to_owned(), format!("{prefix} {key}"))).into(),
            behind: BTreeSet::new(),
        };
        LetterWords {
            blocks: BlockFile { version: 1, blocks: vec![block("a"), block("b")] },
            texts: BTreeMap::from([(Language::En, texts("en")), (Language::Fr, texts("fr"))]),
            address: AddressFile { version: 1, posts: BTreeMap::new(), open: BTreeMap::new() },
            labels: LabelFile { version: 1, languages: BTreeMap::new() },
        }
    }

    fn change(key: &str, en: &str, fr: &str, after: Option<&str>) -> BlockChange {
        let texts = [(Language::En, en.to_owned()), (Language::Fr, fr.to_owned())].into();
        BlockChange { block: block(key), texts, still_right: BTreeSet::new(), after: after.map(str::to_owned) }
    }

    fn keys(words: &LetterWords) -> Vec<&str> {
        words.blocks.blocks.iter().map(|block| block.key.as_str()).collect()
    }

    /// R39: no language silently says what the authoritative one no longer says.
    #[test]
    fn a_translation_is_behind_until_somebody_has_looked() {
        let words = words();
        let changed = words.with(&change("b", "en other", "fr b", Some("a")), Language::En);
        assert!(changed.is_behind(Language::Fr, "b") && !changed.is_behind(Language::En, "b") && !changed.is_behind(Language::Fr, "a"));
        // Saved again as it stands it is behind still; said to be right, or written anew, it is not.
        assert!(changed.with(&change("b", "en other", "fr b", Some("a")), Language::En).is_behind(Language::Fr, "b"));
        let looked = BlockChange { still_right: [Language::Fr].into(), ..change("b", "en other", "fr b", Some("a")) };
        assert!(!changed.with(&looked, Language::En).is_behind(Language::Fr, "b"));
        assert!(!changed.with(&change("b", "en other", "fr autre", Some("a")), Language::En).is_behind(Language::Fr, "b"));
        assert!(!words.with(&change("b", "en b", "fr b", Some("a")), Language::En).is_behind(Language::Fr, "b"), "nothing changed");
    }

    #[test]
    fn a_block_is_added_moved_and_taken_out() {
        let words = words();
        assert_eq!(keys(&words.with(&change("c", "en c", "fr c", Some("a")), Language::En)), ["a", "c", "b"]);
        assert_eq!(keys(&words.with(&change("b", "en b", "fr b", None), Language::En)), ["b", "a"]);
        let without = words.without("a");
        assert_eq!((keys(&without), without.texts[&Language::Fr].text.len()), (vec!["b"], 1));
        assert!(
            !words.with(&change("c", "en c", "fr c", None), Language::En).is_behind(Language::Fr, "c"),
            "a new block is behind nothing"
        );
    }
}
