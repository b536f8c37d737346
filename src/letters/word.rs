//! A letter as a document for word processors: the same words as its PDF, for whoever puts it on their own paper (R35). Must not choose words, nor
//! vouch for anything: what is issued is the PDF.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::punctuation::{colon, comma};
use crate::{
    domain::language::Language,
    platform::{
        documents::{directed::Directed, docx},
        templates::Templates,
        typeset::letter::{Annex, LabelledList, LetterPage},
    },
};

/// Its media type (ECMA-376).
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

type Pieces = Vec<Directed>;

#[derive(Serialize)]
struct WordLetter {
    title: String,
    made_at: String,
    latin_lang: &'static str,
    rtl: bool,
    comma: String,
    letterhead: Directed,
    /// Empty: room is left for a letterhead of the writer's own.
    letterhead_lines: Pieces,
    addressee: Pieces,
    place_date: Pieces,
    reference_label: Option<String>,
    reference: Directed,
    translation_mark: Option<Pieces>,
    subject: Pieces,
    salutation: Pieces,
    paragraphs: Vec<Pieces>,
    asks_intro: Option<Pieces>,
    asks: Vec<Pieces>,
    offer: Vec<Pieces>,
    closing: Pieces,
    signature: Pieces,
    notes: Vec<Pieces>,
    annex: Option<WordAnnex>,
}

#[derive(Serialize)]
struct WordAnnex {
    title: Pieces,
    notes: Vec<Pieces>,
    sections: Vec<WordSection>,
}

#[derive(Serialize)]
struct WordSection {
    heading: Pieces,
    /// Each in its parts: name, place, institution.
    entries: Vec<Pieces>,
}

/// The file.
///
/// # Errors
/// When a template has a fault.
pub fn document(templates: &Templates, page: &LetterPage, made_at: DateTime<Utc>) -> anyhow::Result<Vec<u8>> {
    let language = page.language;
    let letter = WordLetter::of(page, made_at);
    Ok(docx::package(docx::Parts {
        document: &templates.render("documents/letter_document.xml", language, &letter)?,
        styles: &templates.render("documents/letter_styles.xml", language, &letter)?,
        core: &templates.render("documents/core.xml", language, &letter)?,
    })?)
}

impl WordLetter {
    fn of(page: &LetterPage, made_at: DateTime<Utc>) -> Self {
        let language = page.language;
        let prose = |text: &str| Directed::pieces(text, language);
        let values =
            |lines: &[String]| lines.iter().filter(|line| !line.is_empty()).map(|line| Directed::of(line.clone(), language)).collect();
        let list = |list: &LabelledList| {
            let mut pieces = prose(&format!("{}{}", list.label, colon(language)));
            for (at, item) in list.items.iter().enumerate() {
                pieces.extend((at > 0).then(|| prose("; ")).into_iter().flatten());
                pieces.push(Directed::of(item.clone(), language));
            }
            pieces
        };
        let signature = &page.signature;
        let notes = page.enclosures.iter().chain(&page.cc).filter(|note| !note.items.is_empty()).map(list);
        Self {
            title: page.title.clone(),
            made_at: made_at.to_rfc3339_opts(SecondsFormat::Secs, true),
            latin_lang: docx::latin_language(language),
            rtl: language.direction() == "rtl",
            comma: comma(language).to_owned(),
            letterhead: Directed::of(page.letterhead.name.clone(), language),
            letterhead_lines: values(&page.letterhead.lines),
            addressee: values(&page.addressee),
            place_date: prose(&page.place_date),
            reference_label: page.reference.as_ref().map(|reference| format!("{}{}", reference.label, colon(language))),
            reference: page.reference.as_ref().map(|reference| Directed::of(reference.value.clone(), language)).unwrap_or_default(),
            translation_mark: page.translation_mark.as_deref().map(prose),
            subject: prose(&page.subject),
            salutation: prose(&page.salutation),
            paragraphs: page.paragraphs.iter().map(|text| prose(text)).collect(),
            asks_intro: page.asks.as_ref().map(|asks| prose(&asks.intro)),
            asks: page.asks.iter().flat_map(|asks| &asks.items).map(|text| prose(text)).collect(),
            offer: page.offer.iter().map(|text| prose(text)).collect(),
            closing: prose(&page.closing),
            signature: values(&[signature.name.clone(), signature.role.clone(), signature.organisation.clone()]),
            notes: notes.chain(page.verification.as_deref().map(prose)).collect(),
            annex: page.annex.as_ref().map(|annex| WordAnnex::of(annex, language)),
        }
    }
}

impl WordAnnex {
    fn of(annex: &Annex, language: Language) -> Self {
        let prose = |text: &str| Directed::pieces(text, language);
        let value = |text: &str| Directed::of(text.to_owned(), language);
        let sections = annex.sections.iter().map(|section| WordSection {
            heading: prose(&section.heading),
            entries: section
                .entries
                .iter()
                .map(|entry| {
                    let name = if entry.original_name.is_empty() {
                        entry.name.clone()
                    } else {
                        format!("{} ({})", entry.name, entry.original_name)
                    };
                    [name.as_str(), &entry.place, &entry.affiliation].into_iter().filter(|part| !part.is_empty()).map(value).collect()
                })
                .collect(),
        });
        let notes = [Some(annex.counts.as_str()), annex.withheld.as_deref()].into_iter().flatten().filter(|note| !note.is_empty());
        Self { title: prose(&annex.title), notes: notes.map(prose).collect(), sections: sections.collect() }
    }
}
