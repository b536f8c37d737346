//! The data of `templates/typst/letter.typ`: every word on the page comes from here, in the letter's language. Must not decide any.
//!
//! Two kinds of text. *Values* (names, address lines, references, places) may be in any script and are isolated from the direction of
//! the page by the template. *Prose* (paragraphs, asks, notes) runs in the direction of the page; a foreign value inside prose, such as
//! a Latin name in an Arabic sentence, must come between U+2068 and U+2069 (which Fluent puts round its variables by itself).
//! Empty strings and lists, and `None`, leave no gap.

use serde::{Deserialize, Serialize};

use crate::domain::language::Language;

/// The direction of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Left to right
    #[default]
    Ltr,
    /// Right to left
    Rtl,
}

impl From<Language> for Direction {
    fn from(language: Language) -> Self {
        match language.direction() {
            "rtl" => Self::Rtl,
            _ => Self::Ltr,
        }
    }
}

/// One letter with its annex.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LetterPage {
    /// Language of the page and of the document
    pub language: Language,
    /// Region of the language, as in `PT`, where it is written in more than one way
    pub region: Option<String>,
    /// Must be the language's own: [`LetterPage::new`] sees to it
    pub direction: Direction,
    /// Title of the document, shown in the window's title bar
    pub title: String,
    /// Who writes
    pub letterhead: Letterhead,
    /// Place and date, prose
    pub place_date: String,
    /// Our reference
    pub reference: Option<Labelled>,
    /// Address block, one value a line
    pub addressee: Vec<String>,
    /// "Unofficial translation", prose
    pub translation_mark: Option<String>,
    /// Subject, prose; the only heading of the letter itself
    pub subject: String,
    /// Salutation, prose
    pub salutation: String,
    /// The letter before the asks, prose
    pub paragraphs: Vec<String>,
    /// What is asked for
    pub asks: Option<Asks>,
    /// The letter after the asks (offer of a meeting, wish for a reply), prose
    pub offer: Vec<String>,
    /// Closing formula, prose
    pub closing: String,
    /// Who signs
    pub signature: Signature,
    /// Enclosures, values
    pub enclosures: Option<LabelledList>,
    /// Who else gets the letter, values
    pub cc: Option<LabelledList>,
    /// How to see that the letter is genuine, prose; a link in it comes between isolates in a right-to-left letter
    pub verification: Option<String>,
    /// Page and number of pages, prose with `{{ page }}` and `{{ pages }}`; where empty, the numbers alone
    pub page_numbers: String,
    /// The signers
    pub annex: Option<Annex>,
}

impl LetterPage {
    /// An empty letter in `language`.
    pub fn new(language: Language) -> Self {
        Self { language, region: language.region().map(str::to_owned), direction: language.into(), ..Self::default() }
    }
}

/// Who writes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Letterhead {
    /// Name of the sender, a value
    pub name: String,
    /// Address, telephone, web page: one value a line
    pub lines: Vec<String>,
}

/// A value and the word before it; the template sets the mark between them as the language does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Labelled {
    /// The word, prose
    pub label: String,
    /// The value
    pub value: String,
}

/// Values and the word before them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabelledList {
    /// The word, prose
    pub label: String,
    /// The values
    pub items: Vec<String>,
}

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asks {
    /// The sentence before them, prose; stays with the first
    pub intro: String,
    /// The asks, prose, numbered by the template
    pub items: Vec<String>,
}

/// Who signs, values; room for a hand-written signature is left above.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Signature {
    /// Name
    pub name: String,
    /// Function
    pub role: String,
    /// Organisation
    pub organisation: String,
}

/// The signers, on pages of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Annex {
    /// Title, prose
    pub title: String,
    /// How many, as of when, prose
    pub counts: String,
    /// Groups of signers in the order they are to be read: the addressee's own country first
    pub sections: Vec<AnnexSection>,
    /// How many are counted and not named, prose
    pub withheld: Option<String>,
}

/// Signers of one country or kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AnnexSection {
    /// Heading, prose
    pub heading: String,
    /// Its signers
    pub entries: Vec<AnnexEntry>,
}

/// One signer, values; all but the name may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AnnexEntry {
    /// Name
    pub name: String,
    /// Name in the signer's own script, where it differs
    pub original_name: String,
    /// Country or city
    pub place: String,
    /// An individual's institution, for identification only
    pub affiliation: String,
}
