//! Address block, salutation and closing of one letter: by the office's own form where nobody is known, by the rules of address where the register knows
//! a holder, by the register's own words where it has some (R28). Must not query, and must not judge whether an entry is too old.

use super::reminding::Earlier;
use crate::{
    domain::{
        address::{self, Reader, Relation, Writers},
        letter::PostKind,
        wording::AddressForm,
    },
    entities::addressee,
    platform::typeset::letter::LetterPage,
    states::forms,
};

/// Whom a letter is for.
#[derive(Clone, Copy, Debug)]
pub struct Recipient<'a> {
    /// The office.
    pub post: PostKind,
    /// What the register says of it.
    pub entry: Option<&'a addressee::Model>,
    /// To whoever writes.
    pub relation: Relation,
    /// The letter they got before and have not answered.
    pub earlier: Option<&'a Earlier>,
}

impl<'a> Recipient<'a> {
    /// Of the coalition's own letters, which are of no state.
    pub fn of_coalition(post: PostKind, entry: Option<&'a addressee::Model>, earlier: Option<&'a Earlier>) -> Self {
        Self { post, entry, relation: Relation::Foreign, earlier }
    }

    fn reader(&self) -> Reader<'a> {
        let said = |text: &'a Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let entry = self.entry;
        Reader {
            rank: entry.and_then(|entry| said(&entry.rank)).and_then(|key| key.parse().ok()).unwrap_or_else(|| address::rank_of(self.post)),
            gender: entry.and_then(|entry| said(&entry.gender)).and_then(|key| key.parse().ok()),
            name: entry.and_then(|entry| said(&entry.holder_name)),
            relation: self.relation,
        }
    }

    /// Whether the register knows anything of a person; else the letter goes to the office.
    fn is_known(&self) -> bool {
        self.entry.is_some_and(|entry| !person(entry).iter().all(Option::is_none))
    }
}

/// Everything of an entry that changes how a letter speaks: a letter drafted by another one is addressed wrongly.
pub fn person(entry: &addressee::Model) -> [Option<&str>; 7] {
    [&entry.holder_name, &entry.honorific, &entry.title, &entry.rank, &entry.gender, &entry.salutation, &entry.closing]
        .map(|text| text.as_deref().map(str::trim).filter(|text| !text.is_empty()))
}

/// The same as it is kept with a letter; empty where nobody is known.
pub fn addressed_by(entry: Option<&addressee::Model>) -> Vec<String> {
    let person = entry.map(person).filter(|person| person.iter().any(Option::is_some));
    person.map(|person| person.map(|text| text.unwrap_or_default().to_owned()).into()).unwrap_or_default()
}

/// Addresses the page. `fill` puts the state into the lines of the office.
pub fn address(page: &mut LetterPage, form: &AddressForm, recipient: &Recipient<'_>, fill: &dyn Fn(&str) -> String) {
    let reader = recipient.reader();
    let lines = |lines: &[String]| lines.iter().map(|line| fill(line)).collect::<Vec<_>>();
    page.addressee = lines(&form.lines);
    page.salutation = format!("{}{}", fill(&form.salutation), form.salutation_end);
    page.closing = fill(&form.closing);
    if !recipient.is_known() && recipient.relation == Relation::Foreign {
        return;
    }
    let language = page.language;
    let rules = forms::of_address().in_language(language.code());
    let by_rules = rules.and_then(|rules| rules.address(&reader, Writers::Several));
    let entry = recipient.entry;
    let own = |text: Option<&String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let mut line = None;
    let mut office = own(entry.and_then(|entry| entry.title.as_ref()));
    if let Some(said) = by_rules {
        (page.salutation, page.closing) = (said.salutation, said.closing);
        (line, office) = (said.line, office.or(said.office));
    }
    let honorific = own(entry.and_then(|entry| entry.honorific.as_ref()));
    if let (Some(honorific), Some(name)) = (honorific, reader.name) {
        line = Some(format!("{honorific} {name}"));
    }
    // Words of a person's own are in the language their entry names, and in no other.
    if let Some(entry) = entry.filter(|entry| entry.language.as_deref() == Some(language.code())) {
        page.salutation = own(entry.salutation.as_ref()).unwrap_or_else(|| std::mem::take(&mut page.salutation));
        page.closing = own(entry.closing.as_ref()).unwrap_or_else(|| std::mem::take(&mut page.closing));
    }
    if let Some(office) = office {
        page.addressee = [office].into_iter().chain(lines(form.place_lines())).collect();
    } else if let Some(first) = form.first_line(reader.gender).filter(|_| reader.name.is_some() || reader.gender.is_some()) {
        page.addressee = [fill(first)].into_iter().chain(page.addressee.drain(..).skip(1)).collect();
    }
    page.addressee.splice(0..0, line);
}
