//! The marks letters set between their parts, by language. Letters ask the catalogues of the interface for nothing: those lack a language of letters
//! (R39). Must not hold words.

use crate::domain::language::Language;

/// What stands between a label and its value.
pub const fn colon(language: Language) -> &'static str {
    match language {
        Language::Fr => "\u{a0}: ",
        Language::Zh => "：",
        _ => ": ",
    }
}

/// What stands between the parts of one entry, or a place and a date.
pub const fn comma(language: Language) -> &'static str {
    match language {
        Language::Ar => "، ",
        Language::Zh => "，",
        _ => ", ",
    }
}

/// What stands between two sentences.
pub const fn full_stop(language: Language) -> &'static str {
    match language {
        Language::Zh => "。",
        _ => ". ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::i18n;

    /// R39: a letter is marked off as a page in its language is, and in a language without pages as one would be.
    #[test]
    fn letters_set_the_marks_that_pages_set() {
        for language in Language::INTERFACE {
            let of_pages = ["site-colon", "site-comma", "site-full-stop"].map(|key| i18n::word(language, key));
            assert_eq!([colon(language), comma(language), full_stop(language)], of_pages.each_ref().map(String::as_str), "{language}");
        }
        assert_eq!([colon(Language::Pt), comma(Language::Pt), full_stop(Language::Pt)], [": ", ", ", ". "]);
    }
}
