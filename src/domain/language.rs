//! The languages pages, mails and letters exist in. Letters may be in one more than pages, so that no code is a language as such: it is read either as
//! one of pages or as one of letters. Must not hold words: those are in the catalogues.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An official language of the United Nations, or another that letters are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English
    #[default]
    En,
    /// French
    Fr,
    /// Spanish
    Es,
    /// Russian
    Ru,
    /// Arabic
    Ar,
    /// Chinese
    Zh,
    /// Portuguese, of letters alone
    Pt,
}

/// Not one of the languages this program speaks.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown language")]
pub struct UnknownLanguage;

impl Language {
    /// The languages of pages, of mails to signers and of accounts, in the order a switcher shows them: the six of the United Nations.
    pub const INTERFACE: [Self; 6] = [Self::En, Self::Fr, Self::Es, Self::Ru, Self::Ar, Self::Zh];
    /// The languages a letter to a government may be in: those six, and Portuguese (R39).
    pub const LETTERS: [Self; 7] = [Self::En, Self::Fr, Self::Es, Self::Ru, Self::Ar, Self::Zh, Self::Pt];

    /// The language of a page, a mail to a signer or an account with this code.
    ///
    /// # Errors
    /// [`UnknownLanguage`] for any other, those of letters alone among them.
    pub fn of_interface(code: &str) -> Result<Self, UnknownLanguage> {
        Self::INTERFACE.into_iter().find(|language| language.code() == code).ok_or(UnknownLanguage)
    }

    /// The language of a letter with this code.
    ///
    /// # Errors
    /// [`UnknownLanguage`] for any other.
    pub fn of_letters(code: &str) -> Result<Self, UnknownLanguage> {
        Self::LETTERS.into_iter().find(|language| language.code() == code).ok_or(UnknownLanguage)
    }

    /// Whether pages are in it too.
    pub fn is_of_interface(self) -> bool {
        Self::INTERFACE.contains(&self)
    }

    /// The BCP 47 tag.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
            Self::Es => "es",
            Self::Ru => "ru",
            Self::Ar => "ar",
            Self::Zh => "zh",
            Self::Pt => "pt",
        }
    }

    /// The language's own name, which is what a switcher shows in every language.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Fr => "Français",
            Self::Es => "Español",
            Self::Ru => "Русский",
            Self::Ar => "العربية",
            Self::Zh => "中文",
            Self::Pt => "Português",
        }
    }

    /// The value of HTML's `dir`.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::Ar => "rtl",
            _ => "ltr",
        }
    }

    /// The region letters are written for, where the language is written in more than one way: ISO 3166-1 alpha-2.
    pub const fn region(self) -> Option<&'static str> {
        match self {
            Self::Pt => Some("PT"),
            _ => None,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R39: letters may be in Portuguese, pages may not.
    #[test]
    fn a_code_is_read_as_a_language_of_pages_or_as_one_of_letters() {
        assert!(Language::INTERFACE.iter().all(|language| {
            Language::of_interface(language.code()) == Ok(*language)
                && Language::of_letters(language.code()) == Ok(*language)
                && language.is_of_interface()
        }));
        assert_eq!(Language::of_letters("pt"), Ok(Language::Pt));
        assert_eq!(Language::of_interface("pt"), Err(UnknownLanguage));
        assert!(!Language::Pt.is_of_interface());
        for code in ["", "PT", "pt-PT", "pt-BR", "de"] {
            assert_eq!((Language::of_letters(code), Language::of_interface(code)), (Err(UnknownLanguage), Err(UnknownLanguage)), "{code}");
        }
    }
}
