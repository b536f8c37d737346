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

/// A kind of thing the trail is about: `round`.
pub(super) fn subject(language: Language, name: &str) -> String {
    words(language, "accounts-subject-", name)
}

/// A detail's label: `held_back`.
pub(super) fn detail(language: Language, name: &str) -> String {
    words(language, "accounts-detail-", name)
}

/// A detail's value, where it is a key of ours: `total_only`. Those of other rooms have their words there.
pub(super) fn value(language: Language, name: &str) -> String {
    const KINDS: [&str; 6] = ["accounts-value-", "accounts-role-", "roll-state-", "signing-visibility-", "letters-channel-", "roll-item-"];
    let found = KINDS.iter().map(|prefix| words(language, prefix, name)).find(|words| words != name);
    found.unwrap_or_else(|| name.to_owned())
}

fn words(language: Language, prefix: &str, name: &str) -> String {
    let key = format!("{prefix}{}", name.replace(['.', '_'], "-"));
    let words = i18n::word(language, &key);
    if words == key { name.to_owned() } else { words }
}

#[cfg(test)]
#[path = "known_tests.rs"]
mod tests;
