//! A letter that thanks for a meeting (R42), from the campaign's words and by the rules of address. It knows the day and whom one met by office, and
//! nothing of what was said: whoever wants more in it types it. Must not store or send anything.

use chrono::NaiveDate;

use super::{
    addressing::{self, Recipient},
    draft::{self, Sender},
};
use crate::{
    domain::{campaign::Campaign, language::Language, letter::PostKind, phrase, wording::LetterWords},
    entities::addressee,
    platform::{
        formats,
        typeset::letter::{LetterPage, Letterhead, Signature},
    },
    states::directory::StateEntry,
};

/// Whom one thanks, and for what.
#[derive(Clone, Copy, Debug)]
pub struct Thanks<'a> {
    /// The campaign.
    pub campaign: &'a Campaign,
    /// Its forms of address and labels.
    pub words: &'a LetterWords,
    /// The state.
    pub state: &'a StateEntry,
    /// The office.
    pub post: PostKind,
    /// What the register says of it.
    pub entry: Option<&'a addressee::Model>,
    /// The language of the letter.
    pub language: Language,
    /// The day of the meeting.
    pub met_on: NaiveDate,
    /// The date on the letter.
    pub dated_on: NaiveDate,
}

/// Why there is no letter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ThanksError {
    /// The campaign has no words of thanks.
    #[error("the campaign has no words of thanks")]
    NoWords,
    /// The campaign has no form of address for the office.
    #[error("no form of address")]
    NoForm,
    /// A sentence of the campaign has a hole.
    #[error(transparent)]
    Phrase(#[from] phrase::PhraseFault),
}

/// The letter; `typed` are paragraphs of a person's own, which stand after the first.
///
/// # Errors
/// See [`ThanksError`].
pub fn letter(thanks: &Thanks<'_>, typed: &str) -> Result<LetterPage, ThanksError> {
    let language = thanks.language;
    let words = thanks.campaign.thanks.as_ref().ok_or(ThanksError::NoWords)?;
    let form = thanks.words.address.form(thanks.post, language).ok_or(ThanksError::NoForm)?;
    let sender = Sender::secretariat(thanks.campaign, language);
    let met_on = formats::day(language, thanks.met_on);
    let said = |text: &str| {
        phrase::fill(text, |name| match name {
            "meeting.date" => Some(met_on.as_str()),
            "sender.name" => Some(sender.name.as_str()),
            _ => None,
        })
    };
    let mut page = LetterPage::new(language);
    let forms = thanks.state.forms.in_language(language);
    let of_state = |name: &str| match name {
        "state.name" => Some(forms.name.as_str()),
        "state.formal" => Some(forms.formal.as_str()),
        "state.run" => Some(forms.run.as_str()),
        "state.of" => Some(forms.of.as_str()),
        "state.in" => Some(forms.within.as_str()),
        "state.adjective" => Some(forms.adjective.as_str()),
        _ => None,
    };
    let fill = |text: &str| phrase::fill(text, of_state).unwrap_or_else(|_| text.to_owned());
    addressing::address(&mut page, form, &Recipient::of_coalition(thanks.post, thanks.entry, None), &fill);
    page.subject = said(words.subject.get(language))?;
    page.title = page.subject.clone();
    page.paragraphs = paragraphs(&said(words.text.get(language))?);
    let after_first = page.paragraphs.len().min(1);
    page.paragraphs.splice(after_first..after_first, paragraphs(typed));
    page.place_date = draft::place_date(&sender.place, language, thanks.dated_on);
    let labels = thanks.words.labels.languages.get(&language);
    page.translation_mark = labels
        .filter(|_| language != thanks.campaign.authoritative)
        .and_then(|labels| labels.page.get("unofficial").cloned())
        .filter(|mark| !mark.is_empty());
    page.page_numbers = labels.and_then(|labels| labels.page.get("page").cloned()).unwrap_or_default();
    page.signature = Signature { name: String::new(), role: sender.signatory, organisation: sender.name.clone() };
    page.letterhead = Letterhead { name: sender.name, lines: sender.lines };
    Ok(page)
}

fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n").map(|paragraph| paragraph.trim().to_owned()).filter(|paragraph| !paragraph.is_empty()).collect()
}
