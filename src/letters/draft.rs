//! One letter: blocks chosen, sentences filled. What is missing is left as it stands, for the checks to find. Must not judge, query,
//! typeset or send.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    addressing::{self, Recipient},
    facts::Known,
    punctuation::{colon, comma},
};
use crate::{
    campaigns::current::CalendarEvent,
    domain::{
        blocks::{LetterKind, Part, StateFacts},
        campaign::Campaign,
        checks::DraftedBlock,
        edit::Edit,
        event_days::EventDays,
        headline::Headline,
        language::Language,
        phrase,
        wording::LetterWords,
    },
    platform::{
        formats,
        typeset::letter::{Asks, Labelled, LabelledList, LetterPage, Letterhead, Signature},
    },
    states::directory::StateEntry,
};

/// What a letter says, on paper and by mail. The annex is made from the wave when the letter is typeset.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Content {
    /// The page.
    pub page: LetterPage,
    /// The mail that carries it.
    pub email: Email,
    /// The paragraphs as they were drafted, each with its block: what the checks read, now and at approval.
    #[serde(default)]
    pub drafted: Vec<DraftedBlock>,
    /// The fact of the record it quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoted: Option<Quoted>,
    /// What the register knew of the holder of the post; empty: it goes to the office.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addressed_by: Vec<String>,
    /// The earlier letter it reminds of, with its reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminds: Option<(Uuid, String)>,
    /// The days of its event as they were when it was drafted (R40).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts_to: Option<EventDays>,
    /// Places outside the paragraphs whose variables had no value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unfilled: Vec<String>,
    /// Paragraphs that a person wrote for this letter and that it no longer has, by key, with their words (R34).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orphans: Vec<(String, String)>,
}

/// A fact of the record that a letter quotes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quoted {
    /// Key of the evidence.
    pub evidence: Uuid,
    /// Its day.
    pub day: NaiveDate,
    /// Document symbol or name of the occasion.
    pub source: String,
}

/// A mail that is complete without its attachment.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Email {
    /// With the reference.
    pub subject: String,
    /// The whole letter as plain text.
    pub text: String,
}

/// Who writes: the campaign's secretariat, or another organisation in its own name.
#[derive(Clone, Debug)]
pub struct Sender {
    /// Name of the organisation.
    pub name: String,
    /// Lines of its address.
    pub lines: Vec<String>,
    /// Place of the date line.
    pub place: String,
    /// Who signs.
    pub signatory: String,
    /// Where answers go.
    pub reply_to: String,
}

impl Sender {
    /// The campaign's own secretariat.
    pub fn secretariat(campaign: &Campaign, language: Language) -> Self {
        let sender = &campaign.sender;
        let mut lines = sender.address.get(language.code()).cloned().unwrap_or_default();
        lines.extend([sender.email.clone(), sender.website.clone()]);
        Self {
            name: sender.name.get(language).to_owned(),
            lines,
            place: sender.place.get(language).to_owned(),
            signatory: sender.signatory.get(language).to_owned(),
            reply_to: sender.email.clone(),
        }
    }
}

/// What all letters of a round share.
#[derive(Debug)]
pub struct Occasion<'a> {
    /// The campaign.
    pub campaign: &'a Campaign,
    /// The words.
    pub words: &'a LetterWords,
    /// What the letters count down to.
    pub event: &'a CalendarEvent,
    /// Counts of the wave they cite.
    pub counts: &'a Headline,
    /// Number of that wave.
    pub wave: i32,
    /// The date on the letters.
    pub dated_on: NaiveDate,
    /// Where a reader checks that a letter is genuine.
    pub check_url: String,
}

#[allow(clippy::too_many_arguments)]
/// Drafts one letter. A variable without a value stays in its sentence, a paragraph without words stays empty: the checks stop both.
pub fn draft(
    occasion: &Occasion<'_>,
    state: &StateEntry,
    region_name: &str,
    known: &Known,
    recipient: &Recipient<'_>,
    language: Language,
    sender: &Sender,
    reference: &str,
    edits: &[Edit],
) -> Content {
    let mut values = values(occasion, language, sender);
    values.extend(values_of_state(state, region_name, known, language));
    values.insert("reference", reference.to_owned());
    if let Some(earlier) = recipient.earlier {
        values.insert("earlier.date", formats::day(language, earlier.left_on));
        values.insert("earlier.reference", earlier.reference.clone());
    }
    let fill = |text: &str| filled(text, &values);
    let facts =
        StateFacts { post: recipient.post.condition_key().to_owned(), reminder: recipient.earlier.is_some(), ..known.facts.clone() };
    let mut content = paragraphs(occasion, language, &facts, edits, &fill, &|text| quoted_in(text, known, language));
    if let Some(form) = occasion.words.address.form(recipient.post, language) {
        addressing::address(&mut content.page, form, recipient, &fill);
    }
    content.reminds = recipient.earlier.map(|earlier| (earlier.letter, earlier.reference.clone()));
    content.addressed_by = addressing::addressed_by(recipient.entry);
    dress(occasion, language, sender, reference, &mut content, &fill);
    content
}

/// Drafts the one letter to all states (R44). It knows nothing of any of them, so a block that speaks of one keeps its variable, for the checks to
/// find. It has no reference: nobody is asked to quote one, and nothing vouches for a letter that anybody may copy.
pub fn draft_open(occasion: &Occasion<'_>, language: Language, sender: &Sender) -> Content {
    let values = values(occasion, language, sender);
    let fill = |text: &str| filled(text, &values);
    let facts = StateFacts { letter: LetterKind::Open, ..StateFacts::default() };
    let mut content = paragraphs(occasion, language, &facts, &[], &fill, &|_| None);
    if let Some(form) = occasion.words.address.open.get(&language) {
        content.page.addressee = form.lines.clone();
        content.page.salutation = format!("{}{}", form.salutation, form.salutation_end);
        content.page.closing.clone_from(&form.closing);
    }
    dress(occasion, language, sender, "", &mut content, &fill);
    content.unfilled.retain(|place| !place.starts_with(FRAME));
    let page = &mut content.page;
    page.title.clone_from(&page.subject);
    (page.reference, page.verification) = (None, None);
    content.email = Email { subject: page.subject.clone(), text: plain_text(&content.page, &[]) };
    content
}

/// The sentence with its variables; as it stands where one has no value.
fn filled(text: &str, values: &HashMap<&'static str, String>) -> String {
    phrase::fill(text, |name| values.get(name).map(String::as_str)).map_or_else(|_| text.trim().to_owned(), |full| full.trim().to_owned())
}

/// The letter's own paragraphs on a fresh page.
fn paragraphs(
    occasion: &Occasion<'_>,
    language: Language,
    facts: &StateFacts,
    edits: &[Edit],
    fill: &dyn Fn(&str) -> String,
    quoted: &dyn Fn(&str) -> Option<Quoted>,
) -> Content {
    let mut content = Content { page: LetterPage::new(language), counts_to: Some(occasion.event.days()), ..Content::default() };
    let mut asks = Asks::default();
    let mut opening = Vec::new();
    let mut body: Vec<String> = Vec::new();
    for block in occasion.words.blocks.blocks.iter().filter(|block| block.fits(facts)) {
        let text = occasion.words.text(language, &block.key).map(fill);
        let drafted = DraftedBlock { key: block.key.clone(), part: block.part, text, edited: None };
        let drafted = match edits.iter().find(|edit| edit.block == block.key) {
            Some(edit) => edit.over(drafted),
            None => drafted,
        };
        let text = drafted.text.clone().filter(|text| !text.is_empty());
        content.drafted.push(drafted);
        let Some(text) = text else { continue };
        if let Some(fact) = occasion.words.text(language, &block.key).and_then(quoted) {
            content.quoted = Some(fact);
        }
        match block.part {
            Part::Subject => content.page.subject = text,
            Part::Opening => opening.push(text),
            Part::Body => body.push(text),
            Part::Ask if block.items => asks.items.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned)),
            Part::Ask => asks.intro = text,
            Part::Offer | Part::Closing => content.page.offer.extend(parted(&text)),
        }
    }
    let orphans = edits.iter().filter(|edit| !content.drafted.iter().any(|drafted| drafted.key == edit.block));
    content.orphans = orphans.map(|edit| (edit.block.clone(), edit.text.clone())).collect();
    let space = if language == Language::Zh { "" } else { " " };
    content.page.paragraphs = [opening.join(space), body.join(space)].iter().flat_map(|text| parted(text)).collect();
    content.page.asks = Some(asks).filter(|asks| !asks.items.is_empty());
    content
}

/// Paragraphs that a person parted by empty lines.
fn parted(text: &str) -> impl Iterator<Item = String> {
    text.split("\n\n").filter(|part| !part.is_empty()).map(str::to_owned)
}

/// The public act that a paragraph quotes: the state's last statement, or what it did at the event that the round follows.
fn quoted_in(text: &str, known: &Known, language: Language) -> Option<Quoted> {
    let names = phrase::variables(text).ok()?;
    let speaks_of = |group: &str| names.iter().any(|name| name.starts_with(group));
    let act = if speaks_of("act.") { known.act.as_ref() } else { known.last_statement.as_ref().filter(|_| speaks_of("record.")) }?;
    Some(Quoted { evidence: act.evidence, day: act.date, source: act.source.get(language).to_owned() })
}

/// Letterhead, date, reference, signature, and the mail.
fn dress(
    occasion: &Occasion<'_>,
    language: Language,
    sender: &Sender,
    reference: &str,
    content: &mut Content,
    fill: &dyn Fn(&str) -> String,
) {
    let Some(labels) = occasion.words.labels.languages.get(&language) else {
        content.unfilled.push("labels".to_owned());
        return;
    };
    let label = |key: &str| labels.page.get(key).cloned().unwrap_or_default();
    let page = &mut content.page;
    page.title = format!("{} – {reference}", page.subject);
    page.letterhead = Letterhead { name: sender.name.clone(), lines: sender.lines.clone() };
    page.place_date = place_date(&sender.place, language, occasion.dated_on);
    page.reference = Some(Labelled { label: label("reference"), value: reference.to_owned() });
    let is_unofficial = language != occasion.campaign.authoritative;
    page.translation_mark = is_unofficial.then(|| label("unofficial")).filter(|text| !text.is_empty());
    page.signature = Signature { name: String::new(), role: sender.signatory.clone(), organisation: sender.name.clone() };
    let has_annex = occasion.campaign.sign_on.names_to_governments;
    page.enclosures = has_annex.then(|| LabelledList { label: label("enclosure"), items: vec![label("enclosed_list")] });
    page.page_numbers = label("page");
    let subject_line = page.subject.clone();
    let with = |key: &str| {
        let text = labels.email.get(key).map_or("", String::as_str);
        let text = text.replace("{{ subject }}", &subject_line).replace("{{ check_url }}", &occasion.check_url);
        fill(&text.replace("{{ reply_address }}", &sender.reply_to))
    };
    let subject = with("subject");
    let frame = ["attached", "check", "reply", "reference"].map(with);
    page.verification = frame.get(1).cloned();
    let places = ["subject", "attached", "check", "reply", "reference"].into_iter().zip([&subject].into_iter().chain(&frame));
    let unfilled = places.filter(|(_, text)| text.is_empty() || text.contains("{{")).map(|(key, _)| format!("{FRAME}{key}"));
    content.unfilled.extend(unfilled);
    content.email = Email { subject, text: plain_text(&content.page, &frame) };
}

/// The line of place and date; the date alone where there is no place.
pub(super) fn place_date(place: &str, language: Language, dated_on: NaiveDate) -> String {
    let date = formats::day(language, dated_on);
    let comma = comma(language);
    if place.is_empty() { date } else { format!("{place}{comma}{date}") }
}
/// Before the key of a sentence of the mail that carries a letter.
const FRAME: &str = "mail: ";

/// The whole letter as text, for the mail and for those who cannot open the file.
pub fn plain_text(page: &LetterPage, frame: &[String]) -> String {
    // The closing asks for "the reference above", so it stands above here too.
    let reference = page.reference.as_ref().map(|reference| {
        let colon = colon(page.language);
        format!("{}{colon}{}", reference.label, reference.value)
    });
    let dated = [Some(page.place_date.clone()), reference].into_iter().flatten().collect::<Vec<_>>().join("\n");
    let mut parts: Vec<String> = vec![page.addressee.join("\n"), dated, page.subject.clone()];
    parts.extend(page.translation_mark.clone());
    parts.push(page.salutation.clone());
    parts.extend(page.paragraphs.iter().cloned());
    if let Some(asks) = &page.asks {
        let items = (1..).zip(&asks.items).map(|(number, item)| format!("{number}. {item}")).collect::<Vec<_>>().join("\n");
        parts.push(format!("{}\n{items}", asks.intro));
    }
    parts.extend(page.offer.iter().cloned());
    parts.push(page.closing.clone());
    parts.push([page.signature.role.as_str(), page.signature.organisation.as_str()].join("\n"));
    if !frame.is_empty() {
        parts.push("--".to_owned());
        parts.push(frame.join("\n"));
    }
    parts.into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// What all letters of a round may say.
fn values(occasion: &Occasion<'_>, language: Language, sender: &Sender) -> HashMap<&'static str, String> {
    let number = |count: u32| formats::number(language, i64::from(count));
    let event = occasion.event;
    HashMap::from([
        ("event.name", event.names.get(language).to_owned()),
        ("event.date", formats::day_to(language, event.starts_on, &event.precision)),
        ("wave.organisations", number(occasion.counts.organisations)),
        ("wave.individuals", number(occasion.counts.individuals)),
        ("wave.countries", number(occasion.counts.countries)),
        ("wave.date", formats::day(language, occasion.counts.as_of.date_naive())),
        ("wave.number", occasion.wave.to_string()),
        ("sender.name", sender.name.clone()),
    ])
}

/// What a letter may say of its state.
fn values_of_state(state: &StateEntry, region_name: &str, known: &Known, language: Language) -> HashMap<&'static str, String> {
    let forms = state.forms.in_language(language);
    let mut values = HashMap::from([
        ("state.name", forms.name),
        ("state.formal", forms.formal),
        ("state.run", forms.run),
        ("state.of", forms.of),
        ("state.in", forms.within),
        ("state.adjective", forms.adjective),
        ("state.region", region_name.to_owned()),
        ("local.organisations", formats::number(language, i64::from(known.facts.local_signers))),
    ]);
    if let Some(act) = &known.act {
        values.insert("act.date", act.date_in(language));
        values.insert("act.source", act.source.get(language).to_owned());
    }
    if let Some(last) = &known.last_statement {
        values.insert("record.date", last.date_in(language));
        values.insert("record.summary_source", last.source.get(language).to_owned());
    }
    values
}
