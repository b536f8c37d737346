//! One letter: blocks chosen, sentences filled, what is wrong with it found. Must not query, typeset or send.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::facts::Known;
use crate::{
    campaigns::current::CalendarEvent,
    domain::{
        blocks::{Part, StateFacts},
        campaign::{Campaign, is_past},
        headline::Headline,
        language::Language,
        letter::PostKind,
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
    /// Keys of the blocks it was made of.
    pub blocks: Vec<String>,
}

/// A mail that is complete without its attachment.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Email {
    /// With the reference.
    pub subject: String,
    /// The whole letter as plain text.
    pub text: String,
}

/// Something the checks found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Names a message, `letters-finding-<code>`.
    pub code: String,
    /// Stops approval.
    pub blocks: bool,
    /// What exactly.
    pub detail: String,
}

impl Finding {
    /// Something that stops approval.
    pub fn blocker(code: &str, detail: impl Into<String>) -> Self {
        Self { code: code.to_owned(), blocks: true, detail: detail.into() }
    }
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
/// Drafts one letter. What is wrong with it comes with it; nothing is left out in silence.
pub fn draft(
    occasion: &Occasion<'_>,
    state: &StateEntry,
    region_name: &str,
    known: &Known,
    post: PostKind,
    language: Language,
    sender: &Sender,
    reference: &str,
) -> (Content, Vec<Finding>) {
    let mut findings = Vec::new();
    let values = values(occasion, state, region_name, known, language, sender, reference);
    let fill = |text: &str, place: &str, findings: &mut Vec<Finding>| match phrase::fill(text, |name| values.get(name).map(String::as_str))
    {
        Ok(filled) => filled.trim().to_owned(),
        Err(fault) => {
            findings.push(Finding::blocker("unresolved", format!("{place}: {fault}")));
            String::new()
        }
    };
    let facts = StateFacts { post: post.condition_key().to_owned(), ..known.facts.clone() };
    let mut content = Content { page: LetterPage::new(language), ..Content::default() };
    let chosen = occasion.words.blocks.select(&facts).unwrap_or_else(|faults| {
        findings.extend(faults.into_iter().map(|fault| Finding::blocker("slot", fault.to_string())));
        Vec::new()
    });
    let mut asks = Asks::default();
    let mut opening = Vec::new();
    let mut body: Vec<String> = Vec::new();
    for block in chosen {
        content.blocks.push(block.key.clone());
        let Some(text) = occasion.words.text(language, &block.key) else {
            findings.push(Finding::blocker("translation", format!("{}: {language}", block.key)));
            continue;
        };
        let text = fill(text, &block.key, &mut findings);
        match block.part {
            Part::Subject => content.page.subject = text,
            Part::Opening => opening.push(text),
            Part::Body => body.push(text),
            Part::Ask if block.items => asks.items.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned)),
            Part::Ask => asks.intro = text,
            Part::Offer | Part::Closing => content.page.offer.push(text),
        }
    }
    let space = if language == Language::Zh { "" } else { " " };
    content.page.paragraphs = [opening.join(space), body.join(space)].into_iter().filter(|text| !text.is_empty()).collect();
    content.page.asks = Some(asks).filter(|asks| !asks.items.is_empty());
    match occasion.words.address.form(post, language) {
        Some(form) => {
            content.page.addressee = form.lines.iter().map(|line| fill(line, "address", &mut findings)).collect();
            content.page.salutation = format!("{}{}", fill(&form.salutation, "salutation", &mut findings), form.salutation_end);
            content.page.closing = fill(&form.closing, "closing", &mut findings);
        }
        None => findings.push(Finding::blocker("translation", format!("form of address, {language}"))),
    }
    dress(occasion, language, sender, reference, &mut content, &mut findings, &fill);
    check(occasion, &content, &mut findings);
    (content, findings)
}

type Fill<'f> = dyn Fn(&str, &str, &mut Vec<Finding>) -> String + 'f;

/// Letterhead, date, reference, signature, and the mail.
fn dress(
    occasion: &Occasion<'_>,
    language: Language,
    sender: &Sender,
    reference: &str,
    content: &mut Content,
    findings: &mut Vec<Finding>,
    fill: &Fill<'_>,
) {
    let Some(labels) = occasion.words.labels.languages.get(&language) else {
        findings.push(Finding::blocker("translation", format!("labels, {language}")));
        return;
    };
    let label = |key: &str| labels.page.get(key).cloned().unwrap_or_default();
    let colon = if language == Language::Fr {
        "\u{a0}:"
    } else if language == Language::Zh {
        "："
    } else {
        ":"
    };
    let page = &mut content.page;
    page.title = format!("{} – {reference}", page.subject);
    page.letterhead = Letterhead { name: sender.name.clone(), lines: sender.lines.clone() };
    let date = formats::day(language, occasion.dated_on);
    let comma = if language == Language::Ar {
        "، "
    } else if language == Language::Zh {
        "，"
    } else {
        ", "
    };
    page.place_date = if sender.place.is_empty() { date } else { format!("{}{comma}{date}", sender.place) };
    page.reference = Some(Labelled { label: format!("{}{colon}", label("reference")), value: reference.to_owned() });
    let is_unofficial = language != occasion.campaign.authoritative;
    page.translation_mark = is_unofficial.then(|| label("unofficial")).filter(|text| !text.is_empty());
    page.signature = Signature { name: String::new(), role: sender.signatory.clone(), organisation: sender.name.clone() };
    page.enclosures = Some(LabelledList { label: format!("{}{colon}", label("enclosure")), items: vec![label("annex_title")] });
    let email = |key: &str| labels.email.get(key).map_or("", String::as_str);
    let with = |text: &str, findings: &mut Vec<Finding>| {
        let text = text.replace("{{ subject }}", &page_subject(page)).replace("{{ check_url }}", &occasion.check_url);
        fill(&text.replace("{{ reply_address }}", &sender.reply_to), "mail", findings)
    };
    let subject = with(email("subject"), findings);
    let frame = [
        with(email("attached"), findings),
        with(email("check"), findings),
        with(email("reply"), findings),
        with(email("reference"), findings),
    ];
    content.page.verification = Some(frame.get(1).cloned().unwrap_or_default());
    content.email = Email { subject, text: plain_text(&content.page, &frame) };
}

fn page_subject(page: &LetterPage) -> String {
    page.subject.clone()
}

/// The whole letter as text, for the mail and for those who cannot open the file.
pub fn plain_text(page: &LetterPage, frame: &[String]) -> String {
    let mut parts: Vec<String> = vec![page.addressee.join("\n"), page.place_date.clone(), page.subject.clone()];
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

fn values(
    occasion: &Occasion<'_>,
    state: &StateEntry,
    region_name: &str,
    known: &Known,
    language: Language,
    sender: &Sender,
    reference: &str,
) -> HashMap<&'static str, String> {
    let forms = state.forms.in_language(language);
    let number = |count: u32| formats::number(language, i64::from(count));
    let event = occasion.event;
    let mut values = HashMap::from([
        ("state.name", forms.name),
        ("state.formal", forms.formal),
        ("state.run", forms.run),
        ("state.of", forms.of),
        ("state.in", forms.within),
        ("state.adjective", forms.adjective),
        ("state.region", region_name.to_owned()),
        ("event.name", event.names.get(language).to_owned()),
        ("event.date", formats::day_to(language, event.starts_on, &event.precision)),
        ("wave.organisations", number(occasion.counts.organisations)),
        ("wave.individuals", number(occasion.counts.individuals)),
        ("wave.countries", number(occasion.counts.countries)),
        ("wave.date", formats::day(language, occasion.counts.as_of.date_naive())),
        ("wave.number", occasion.wave.to_string()),
        ("local.organisations", number(known.facts.local_signers)),
        ("sender.name", sender.name.clone()),
        ("reference", reference.to_owned()),
    ]);
    if let Some(last) = &known.last_statement {
        values.insert("record.date", last.date(language));
        values.insert("record.summary_source", last.source.clone());
    }
    values
}

/// R31: placeholders, brackets and past dates stop a letter.
fn check(occasion: &Occasion<'_>, content: &Content, findings: &mut Vec<Finding>) {
    let event = occasion.event;
    if event.status == "past" || is_past(event.last_day(), &event.precision, occasion.dated_on) {
        findings.push(Finding::blocker("past-date", event.key.clone()));
    }
    let page = &content.page;
    let asks = page.asks.iter().flat_map(|asks| asks.items.iter().chain([&asks.intro]));
    let texts = page
        .paragraphs
        .iter()
        .chain(&page.offer)
        .chain(&page.addressee)
        .chain([&page.subject, &page.salutation, &page.closing])
        .chain(asks);
    for text in texts {
        if let Some(hole) = placeholder(text) {
            findings.push(Finding::blocker("placeholder", hole));
        }
    }
    if page.subject.is_empty() || page.salutation.is_empty() || page.closing.is_empty() || page.asks.is_none() {
        findings.push(Finding::blocker("incomplete", ""));
    }
}

/// What looks like a hole somebody meant to fill: `[STATE]`, `{{ … }}`, `XXX`, `TODO`.
fn placeholder(text: &str) -> Option<String> {
    let around = |at: usize| text.get(at..).unwrap_or_default().chars().take(40).collect();
    let bracket = text.find('[').filter(|&at| {
        let inside = text.get(at + 1..).and_then(|rest| rest.split(']').next()).unwrap_or_default();
        inside.chars().any(char::is_alphabetic)
    });
    let marks = ["{{", "}}", "XXX", "TODO", "____", "<<"];
    bracket.or_else(|| marks.iter().find_map(|mark| text.find(mark))).map(around)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R31
    #[test]
    fn a_hole_somebody_meant_to_fill_is_found() {
        for text in ["Dear [STATE],", "on {{ event.date }}", "by XXX", "[name of minister]"] {
            assert!(placeholder(text).is_some(), "{text}");
        }
        for text in ["Resolution 79/122 [2]", "a plain sentence"] {
            assert!(placeholder(text).is_none(), "{text}");
        }
    }
}
