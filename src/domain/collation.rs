//! The order of names in the reader's language (R20): Å after Z in Swedish, Ñ after N in Spanish, İ after I in Turkish. Must not be
//! replaced by comparing bytes; where a database has to order, it uses [`sort_key`], which is the same for every language.

use std::cmp::Ordering;

use icu_collator::{
    Collator, CollatorBorrowed,
    options::{CollatorOptions, Strength},
};
use icu_locale_core::Locale;

use super::{keyed::keyed, name};

keyed! {
    /// Which form of a name decides its place.
    NameForm {
        /// As printed, in its own script.
        OwnScript = "own_script",
        /// The Latin form, where the signer gave one.
        Latin = "latin",
    }
}

/// No collation data: the program was built without them.
#[derive(Debug, thiserror::Error)]
#[error("no collation data for {0}")]
pub struct NoCollation(String);

/// How names are ordered for one reader.
pub struct NameOrder {
    collator: CollatorBorrowed<'static>,
    articles: &'static [&'static str],
}

impl NameOrder {
    /// The order of `language` (a BCP 47 tag; an unknown one gives the order common to all languages). With `skip_articles`,
    /// "The Justice Project" stands under J.
    pub fn new(language: &str, skip_articles: bool) -> Result<Self, NoCollation> {
        let locale: Locale = language.parse().unwrap_or(Locale::UNKNOWN);
        let mut options = CollatorOptions::default();
        options.strength = Some(Strength::Tertiary);
        let collator = Collator::try_new((&locale).into(), options).map_err(|_| NoCollation(language.to_owned()))?;
        let articles = if skip_articles { articles_of(language) } else { &[] };
        Ok(Self { collator, articles })
    }

    /// Which of two names comes first. Names that collate alike are ordered by their characters, so that a list never flickers.
    pub fn compare(&self, one: &str, other: &str) -> Ordering {
        self.collator.compare(self.stem(one), self.stem(other)).then_with(|| one.cmp(other))
    }

    /// Sorts a list by the name each item has.
    pub fn sort_by<T>(&self, items: &mut [T], name_of: impl Fn(&T) -> &str) {
        items.sort_by(|one, other| self.compare(name_of(one), name_of(other)));
    }

    fn stem<'n>(&self, name: &'n str) -> &'n str {
        for article in self.articles {
            let Some(start) = name.get(..article.len()) else { continue };
            let rest = name.get(article.len()..).unwrap_or_default();
            if start.to_lowercase() == *article && rest.chars().next().is_some_and(char::is_alphanumeric) {
                return rest;
            }
        }
        name
    }
}

/// Articles with what parts them from the name.
fn articles_of(language: &str) -> &'static [&'static str] {
    match language.get(..2).unwrap_or_default() {
        "en" => &["the ", "a ", "an "],
        "fr" => &["le ", "la ", "les ", "l'", "l’"],
        "es" => &["el ", "la ", "los ", "las "],
        "ar" => &["ال"],
        _ => &[],
    }
}

/// The text that decides a name's place.
pub fn placed<'n>(form: NameForm, printed: &'n str, latin: Option<&'n str>) -> &'n str {
    match (form, latin) {
        (NameForm::Latin, Some(latin)) if !latin.is_empty() => latin,
        _ => printed,
    }
}

/// A name in comparable form, for a database to order by: small letters without marks. Right enough for paging through a long list;
/// a list shown to a reader is put in order by [`NameOrder`].
pub fn sort_key(name: &str) -> String {
    name::without_marks(name).to_lowercase()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    const FIXED: [&str; 14] =
        ["Zeta", "Åland", "Ärla", "Łódź", "Luz", "Ñandú", "Nube", "Çağdaş", "Cuba", "Éclair", "İzmir", "Irmak", "Über", "Umut"];

    fn sorted(language: &str) -> Vec<&'static str> {
        let mut names = FIXED.to_vec();
        NameOrder::new(language, false).unwrap().sort_by(&mut names, |name| name);
        names
    }

    /// R20
    #[test]
    fn swedish_puts_its_own_letters_last() {
        assert_eq!(
            sorted("sv"),
            ["Çağdaş", "Cuba", "Éclair", "Irmak", "İzmir", "Łódź", "Luz", "Ñandú", "Nube", "Umut", "Über", "Zeta", "Åland", "Ärla"]
        );
    }

    /// R20
    #[test]
    fn spanish_knows_a_letter_after_n() {
        assert_eq!(
            sorted("es"),
            ["Åland", "Ärla", "Çağdaş", "Cuba", "Éclair", "Irmak", "İzmir", "Łódź", "Luz", "Nube", "Ñandú", "Über", "Umut", "Zeta"]
        );
    }

    /// R20
    #[test]
    fn turkish_parts_c_from_c_cedilla_and_the_two_letters_i() {
        assert_eq!(
            sorted("tr"),
            ["Åland", "Ärla", "Cuba", "Çağdaş", "Éclair", "Irmak", "İzmir", "Łódź", "Luz", "Ñandú", "Nube", "Umut", "Über", "Zeta"]
        );
    }

    /// R20
    #[test]
    fn french_sees_accents_only_between_equals() {
        assert_eq!(
            sorted("fr"),
            ["Åland", "Ärla", "Çağdaş", "Cuba", "Éclair", "Irmak", "İzmir", "Łódź", "Luz", "Ñandú", "Nube", "Über", "Umut", "Zeta"]
        );
    }

    /// R20
    #[test]
    fn a_page_puts_its_own_script_first() {
        let mut names = ["العدالة", "Justice", "Справедливость", "正义"];
        for (language, first) in [("es", "Justice"), ("ar", "العدالة"), ("ru", "Справедливость"), ("zh", "正义")] {
            NameOrder::new(language, false).unwrap().sort_by(&mut names, |name| name);
            assert_eq!(names[0], first, "{language}");
        }
    }

    /// R20
    #[test]
    fn a_leading_article_can_be_skipped() {
        let mut names = ["The Zebra Fund", "Justice Now", "An Assembly", "Theatre of the Law"];
        NameOrder::new("en", true).unwrap().sort_by(&mut names, |name| name);
        assert_eq!(names, ["An Assembly", "Justice Now", "Theatre of the Law", "The Zebra Fund"]);
        let mut as_written = ["The Bar", "Justice Now"];
        NameOrder::new("en", false).unwrap().sort_by(&mut as_written, |name| name);
        assert_eq!(as_written, ["Justice Now", "The Bar"]);
        NameOrder::new("en", true).unwrap().sort_by(&mut as_written, |name| name);
        assert_eq!(as_written, ["The Bar", "Justice Now"]);
        let mut french = ["Ligue", "L’Avenir", "Les Juristes", "La"];
        NameOrder::new("fr", true).unwrap().sort_by(&mut french, |name| name);
        assert_eq!(french, ["L’Avenir", "Les Juristes", "La", "Ligue"]);
    }

    /// R20
    #[test]
    fn a_name_stands_under_its_latin_form_where_that_is_chosen() {
        assert_eq!(placed(NameForm::Latin, "العدالة", Some("Al-Adala")), "Al-Adala");
        assert_eq!(placed(NameForm::OwnScript, "العدالة", Some("Al-Adala")), "العدالة");
        assert_eq!(placed(NameForm::Latin, "العدالة", None), "العدالة");
    }

    #[test]
    fn an_unknown_language_still_orders() {
        for language in ["", "xx", "not a tag", "\u{0}"] {
            let order = NameOrder::new(language, true).unwrap();
            assert_eq!(order.compare("Åland", "Zeta"), Ordering::Less);
        }
    }

    proptest! {
        #[test]
        fn the_order_is_total(one in "\\PC{0,20}", other in "\\PC{0,20}") {
            let order = NameOrder::new("en", true).unwrap();
            prop_assert_eq!(order.compare(&one, &other), order.compare(&other, &one).reverse());
            prop_assert_eq!(order.compare(&one, &other) == Ordering::Equal, one == other);
        }
    }
}
