//! The words for kinds of work and for actions of the trail, which are stored as names of ours. What has no words shows its name. Must not know
//! what they do.

use crate::{domain::language::Language, platform::i18n};

/// A kind of work in words: `letters.dispatch`.
pub(super) fn kind(language: Language, name: &str) -> String {
    words(language, "accounts-kind-", name)
}

/// An action of the trail in words: `round.released`.
pub(super) fn action(language: Language, name: &str) -> String {
    words(language, "accounts-action-", name)
}

fn words(language: Language, prefix: &str, name: &str) -> String {
    let key = format!("{prefix}{}", name.replace(['.', '_'], "-"));
    let words = i18n::word(language, &key);
    if words == key { name.to_owned() } else { words }
}

#[cfg(test)]
#[path = "known_tests.rs"]
mod tests;
