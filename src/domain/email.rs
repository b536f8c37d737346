//! E-mail addresses as people type them, and names of files that every mail program can keep (R37). Must not print an address in a log:
//! `Debug` shows none.

use std::fmt;

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;
use validator::ValidateEmail;

use super::{language::Language, name};

/// An address of sound shape, its domain in small letters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

/// What is wrong with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailFault {
    /// Nothing there.
    #[error("the address is empty")]
    Empty,
    /// Over 254 characters.
    #[error("the address is too long")]
    TooLong,
    /// Not of the form `name@example.org`.
    #[error("this is not an address")]
    Shape,
}

impl EmailFault {
    /// The key of the words shown beside the field.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "email-empty",
            Self::TooLong => "email-too-long",
            Self::Shape => "email-shape",
        }
    }
}

impl EmailAddress {
    /// Reads what was typed: full-width characters, spaces around it and a `mailto:` do no harm. Two addresses, a display name or a
    /// line break are refused.
    pub fn parse(typed: &str) -> Result<Self, EmailFault> {
        if typed.len() > 2_000 {
            return Err(EmailFault::TooLong);
        }
        let text: String = typed.nfkc().collect();
        let text = text.trim();
        let text = text.get(..7).filter(|start| start.eq_ignore_ascii_case("mailto:")).map_or(text, |start| text.trim_start_matches(start));
        if text.is_empty() {
            return Err(EmailFault::Empty);
        }
        if text.len() > 254 {
            return Err(EmailFault::TooLong);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(EmailFault::Shape)?;
        // An address that mail programs would quote or encode invites confusion: plain ones only.
        let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        let dots_sound = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
        let domain_sound = domain.is_ascii() && domain.contains('.') && !domain.contains('_');
        if !local.chars().all(plain) || !dots_sound || !domain_sound || !text.validate_email() {
            return Err(EmailFault::Shape);
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    /// The address to write to.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The form under which two spellings of one mailbox are the same; for keyed hashes and comparison, not for writing to.
    pub fn comparable(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

/// Letters, digits and single dashes only, from any text; empty when nothing is left.
pub fn ascii_stem(text: &str) -> String {
    let mut stem = String::new();
    for character in name::without_marks(text).chars() {
        if character.is_ascii_alphanumeric() {
            stem.push(character);
        } else if !stem.is_empty() && !stem.ends_with('-') {
            stem.push('-');
        }
        if stem.len() >= 60 {
            break;
        }
    }
    stem.trim_end_matches('-').to_owned()
}

/// The name of a letter's file: `CAH-KEN-fr-2026-11-23.pdf`. Safe in every mail program and on every disk.
pub fn file_name(prefix: &str, iso3: &str, language: Language, date: NaiveDate, extension: &str) -> String {
    let parts = [ascii_stem(prefix), ascii_stem(iso3), language.code().to_owned(), date.to_string()];
    let stem: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{}.{}", stem.join("-"), ascii_stem(extension))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_is_kept_as_typed_but_for_its_domain() {
        let address = EmailAddress::parse("  Mailto:Awa.Ndiaye+cah@Exemple.ORG ").unwrap();
        assert_eq!(address.as_str(), "Awa.Ndiaye+cah@exemple.org");
        assert_eq!(address.domain(), "exemple.org");
        assert_eq!(address.comparable(), "awa.ndiaye+cah@exemple.org");
        assert_eq!(EmailAddress::parse("ａｗａ＠ｅｘｅｍｐｌｅ．ｏｒｇ").unwrap().as_str(), "awa@exemple.org");
    }

    #[test]
    fn what_is_not_one_address_is_refused() {
        for typed in [
            "awa",
            "awa@",
            "@exemple.org",
            "awa@exemple",
            "a@b@c.org",
            "Awa <awa@exemple.org>",
            "awa@exemple.org, b@exemple.org",
            "awa@exemple.org\nBcc: b@exemple.org",
            "a..b@exemple.org",
            ".a@exemple.org",
            "a b@exemple.org",
            "\"a b\"@exemple.org",
            "awa@-exemple.org",
            "awa@exem ple.org",
            "awa@exemple..org",
            "awa@exemple_x.org",
        ] {
            assert_eq!(EmailAddress::parse(typed), Err(EmailFault::Shape), "{typed}");
        }
        assert_eq!(EmailAddress::parse("  "), Err(EmailFault::Empty));
        assert_eq!(EmailAddress::parse(&format!("{}@exemple.org", "a".repeat(300))), Err(EmailFault::TooLong));
        assert!(EmailAddress::parse(&format!("{}@exemple.org", "a".repeat(65))).is_err());
    }

    #[test]
    fn an_address_does_not_print_itself() {
        assert!(!format!("{:?}", EmailAddress::parse("awa@exemple.org").unwrap()).contains("awa"));
    }

    /// R37
    #[test]
    fn a_letters_file_name_is_ascii_with_country_and_date() {
        let date = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        assert_eq!(file_name("CAH", "KEN", Language::Fr, date, "pdf"), "CAH-KEN-fr-2026-11-23.pdf");
        assert_eq!(file_name("Côte d’Ivoire / ..", "CIV", Language::Ar, date, "pdf"), "Cote-d-Ivoire-CIV-ar-2026-11-23.pdf");
    }

    proptest! {
        #[test]
        fn no_text_makes_an_unsafe_file_name(prefix in "\\PC{0,80}", iso3 in "\\PC{0,10}") {
            let name = file_name(&prefix, &iso3, Language::En, NaiveDate::MIN, "pdf");
            prop_assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.'));
            prop_assert!(!name.starts_with(['.', '-']) && !name.contains(".."));
        }

        #[test]
        fn parsing_twice_changes_nothing(typed in "[a-zA-Z.+]{1,10}@[a-zA-Z.-]{1,12}") {
            if let Ok(address) = EmailAddress::parse(&typed) {
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address));
            }
        }
    }
}
