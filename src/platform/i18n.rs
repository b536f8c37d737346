//! Words people read, from the Fluent catalogues under `assets/locales`. Must not format dates or numbers: that is `formats`.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
};

use fluent_templates::{LanguageIdentifier, Loader, fluent_bundle::FluentValue, langid, static_loader};
use rust_embed::RustEmbed;

use crate::domain::language::Language;

static_loader! {
    static WORDS = {
        locales: "./assets/locales",
        fallback_language: "en",
        customise: |bundle| { let _ = bundle.add_builtins(); },
    };
}

// Without the invisible isolates: right for subject lines, file names and typeset text, which do their own isolation.
static_loader! {
    static PLAIN_WORDS = {
        locales: "./assets/locales",
        fallback_language: "en",
        customise: |bundle| { bundle.set_use_isolating(false); let _ = bundle.add_builtins(); },
    };
}

/// Arguments of a message.
pub type Args = HashMap<Cow<'static, str>, FluentValue<'static>>;

const fn identifier(language: Language) -> LanguageIdentifier {
    match language {
        Language::En => langid!("en"),
        Language::Fr => langid!("fr"),
        Language::Es => langid!("es"),
        Language::Ru => langid!("ru"),
        Language::Ar => langid!("ar"),
        Language::Zh => langid!("zh"),
        Language::Pt => langid!("pt"),
    }
}

/// The message `key`, each argument isolated by direction: for HTML. A missing key shows itself; a test holds the catalogues together. So does every key
/// in a language that pages are not in: it has no catalogue, and no message of it is silently English (R39).
pub fn text(language: Language, key: &str, args: &Args) -> String {
    let found = language.is_of_interface().then(|| WORDS.try_lookup_with_args(&identifier(language), key, args));
    found.flatten().unwrap_or_else(|| key.to_owned())
}

/// The message `key` without arguments.
pub fn word(language: Language, key: &str) -> String {
    language.is_of_interface().then(|| WORDS.try_lookup(&identifier(language), key)).flatten().unwrap_or_else(|| key.to_owned())
}

/// The message `key` without isolates: for subjects, plain-text mails and documents.
pub fn plain(language: Language, key: &str, args: &Args) -> String {
    let found = language.is_of_interface().then(|| PLAIN_WORDS.try_lookup_with_args(&identifier(language), key, args));
    found.flatten().unwrap_or_else(|| key.to_owned())
}

#[derive(RustEmbed)]
#[folder = "assets/locales/"]
#[include = "*/*.ftl"]
struct Catalogues;

/// The keys a language's own catalogues hold, for the check that all languages hold the same.
pub fn keys(language: Language) -> BTreeSet<String> {
    let folder = format!("{language}/");
    let files = Catalogues::iter().filter(|name| name.starts_with(&folder)).filter_map(|name| Catalogues::get(&name));
    let mut keys = BTreeSet::new();
    for file in files {
        for line in String::from_utf8_lossy(&file.data).lines() {
            if let Some((key, _)) = line.split_once('=').filter(|_| line.starts_with(|c: char| c.is_ascii_alphabetic())) {
                keys.insert(key.trim().to_owned());
            }
        }
    }
    keys
}

/// Arguments from pairs of words.
pub fn args<const N: usize>(pairs: [(&'static str, FluentValue<'static>); N]) -> Args {
    pairs.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_language_says_everything() {
        let english = keys(Language::En);
        assert!(english.len() > 100, "the catalogues were not found");
        for language in Language::INTERFACE {
            let own = keys(language);
            let missing: Vec<_> = english.difference(&own).collect();
            let extra: Vec<_> = own.difference(&english).collect();
            assert!(missing.is_empty() && extra.is_empty(), "{language} lacks {missing:?} and has {extra:?} alone");
        }
    }

    /// R39: a letter that asked for a message of the interface in Portuguese would show it, and not English.
    #[test]
    fn a_language_without_a_catalogue_has_no_message() {
        let none = Args::new();
        let key = "site-colon";
        assert_ne!(word(Language::En, key), key);
        assert_eq!([word(Language::Pt, key), text(Language::Pt, key, &none), plain(Language::Pt, key, &none)], [key; 3]);
    }

    /// A mark that opens a line of its own looks torn off: French sets a space before it at which no line breaks.
    #[test]
    fn french_marks_of_two_parts_follow_a_space_that_does_not_break() {
        let names = Catalogues::iter().filter(|name| name.starts_with("fr/"));
        let mut read = 0;
        for name in names {
            let file = Catalogues::get(&name).unwrap();
            for line in String::from_utf8_lossy(&file.data).lines().filter(|line| !line.starts_with('#')) {
                let is_message = line.starts_with(|c: char| c.is_ascii_alphabetic());
                let text = line.split_once('=').filter(|_| is_message).map_or(line, |(_, text)| text);
                let text: Vec<char> = text.replace("{\"\\u00A0\"}", "\u{a0}").chars().collect();
                for (at, mark) in text.iter().enumerate().filter(|(_, mark)| ":;!?»".contains(**mark)) {
                    // Within an address or a time no space follows, and none stands before.
                    let ends_a_word = text.get(at + 1).is_none_or(|next| next.is_whitespace() || matches!(next, '{' | '<' | '"'));
                    let before = at.checked_sub(1).and_then(|at| text.get(at));
                    let narrow = matches!(mark, ';' | '!' | '?');
                    let good = before.is_some_and(|c| *c == '\u{202f}' || (!narrow && *c == '\u{a0}'));
                    assert!(!ends_a_word || good, "{name}: {line}");
                    read += 1;
                }
            }
        }
        assert!(read > 50, "the French catalogues were not found");
    }
}
