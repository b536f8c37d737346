//! What the templates of boards may see: words, signs, addresses and sources of public facts. Must not be filled from anything but a
//! [`super::board::Record`], which holds public evidence only.

use chrono::NaiveDate;
use serde::Serialize;

use super::board::{Item, Record};
use super::selection::Selection;
use crate::{
    campaigns::Current,
    domain::{evidence::IssueStance, language::Language},
    platform::i18n,
    states::{Directory, directory::StateEntry},
};

/// A state on the board. Tile and table row are made from the same one, so that they cannot differ (R67).
#[derive(Clone, Debug, Serialize)]
pub struct RowView {
    /// Its code.
    pub iso3: String,
    /// Its short name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// Key of the stance: of the scale, or of the issue.
    pub key: String,
    /// Which look of the style sheet it takes.
    pub stance: &'static str,
    /// The stance in a word.
    pub label: String,
    /// Its sign.
    pub sign: &'static str,
    /// Key of the confidence, where there is a position.
    pub confidence: Option<&'static str>,
    /// Only through a group.
    pub via_group: bool,
    /// That group's name.
    pub via: Option<String>,
    /// Since when.
    pub since: Option<NaiveDate>,
    /// How exactly that is known.
    pub since_precision: String,
    /// The newest deciding source.
    pub source: Option<SourceView>,
    /// Cell of the map.
    pub x: i32,
    /// Cell of the map.
    pub y: i32,
    /// Code on the tile.
    pub code: String,
    /// Regional group.
    #[serde(skip)]
    pub region: String,
}

/// A fact and where it can be read.
#[derive(Clone, Debug, Serialize)]
pub struct SourceView {
    /// When it happened.
    pub day: NaiveDate,
    /// How exactly that is known.
    pub precision: String,
    /// Key of the kind of act.
    pub kind: String,
    /// Symbol of the document.
    pub document: Option<String>,
    /// Address, where it is one that a link may carry.
    pub url: Option<String>,
    /// Host of the address.
    pub host: Option<String>,
    /// Name of the group that spoke.
    pub group: Option<String>,
}

/// The look, sign and word of a level of the scale.
pub fn stance_words(key: &str, language: Language) -> (&'static str, &'static str, String) {
    let (look, sign) = match key {
        "strong_support" => ("strong_support", "++"),
        "support" => ("support", "+"),
        "neutral" => ("neutral", "0"),
        "oppose" => ("oppose", "−"),
        "strong_oppose" => ("strong_oppose", "−−"),
        "silent" => ("silent", "·"),
        _ => ("no_data", ""),
    };
    (look, sign, i18n::word(language, &format!("site-stance-{look}")))
}

/// The look, sign and word of a stance on one issue.
pub fn issue_words(stance: Option<IssueStance>, language: Language) -> (&'static str, &'static str, &'static str, String) {
    let (key, look, sign) = match stance {
        Some(IssueStance::Supports) => ("supports", "support", "+"),
        Some(IssueStance::Open) => ("open", "neutral", "±"),
        Some(IssueStance::Opposes) => ("opposes", "oppose", "−"),
        Some(IssueStance::Unclear) => ("unclear", "silent", "?"),
        None => ("no_data", "no_data", ""),
    };
    (key, look, sign, i18n::word(language, &format!("publishing-issue-{key}")))
}

/// All rows of the board in the reader's alphabet, before the filter by stance.
pub fn rows(campaign: &Current, states: &Directory, record: &Record, selection: &Selection, language: Language) -> Vec<RowView> {
    let of_group = states.by_name(language).filter(|state| selection.has_group(states, &state.iso3));
    if selection.query.issue.is_empty() {
        of_group.map(|state| overall_row(campaign, states, record, state, selection, language)).collect()
    } else {
        of_group.map(|state| issue_row(states, record, state, selection, language)).collect()
    }
}

/// One state's row by its overall position.
pub fn overall_row(
    campaign: &Current,
    states: &Directory,
    record: &Record,
    state: &StateEntry,
    selection: &Selection,
    language: Language,
) -> RowView {
    let standing = record.standing(campaign, &state.iso3, selection.at);
    let (stance, sign, label) = stance_words(&standing.position.stance, language);
    let source = standing.newest.map(|item| source(item, states, language));
    RowView {
        key: standing.position.stance,
        confidence: source.as_ref().map(|_| standing.position.confidence.key()),
        via_group: standing.position.via_group,
        via: source.as_ref().filter(|_| standing.position.via_group).and_then(|source| source.group.clone()),
        since_precision: precision_on(record, state, selection, standing.position.since),
        since: standing.position.since,
        source,
        ..bare_row(state, selection, language, stance, sign, label)
    }
}

/// A day must not look more exact than its source.
fn precision_on(record: &Record, state: &StateEntry, selection: &Selection, day: Option<NaiveDate>) -> String {
    let item = record.known(&state.iso3, selection.at).find(|item| Some(item.fact.occurred_on) == day && item.fact.counts_overall());
    item.map_or_else(String::new, |item| item.row.precision.clone())
}

fn issue_row(states: &Directory, record: &Record, state: &StateEntry, selection: &Selection, language: Language) -> RowView {
    let position = record.issues(&state.iso3, selection.at).remove(&selection.query.issue);
    let (key, stance, sign, label) = issue_words(position.as_ref().map(|position| position.stance), language);
    let newest = position.as_ref().and_then(|position| position.deciding.first().copied());
    let item = newest.and_then(|id| record.known(&state.iso3, selection.at).find(|item| item.fact.id == id));
    let source = item.map(|item| source(item, states, language));
    let via_group = position.as_ref().is_some_and(|position| position.via_group);
    RowView {
        key: key.to_owned(),
        via: source.as_ref().filter(|_| via_group).and_then(|source| source.group.clone()),
        via_group,
        since_precision: item.map_or_else(String::new, |item| item.row.precision.clone()),
        since: position.map(|position| position.last_spoke),
        source,
        ..bare_row(state, selection, language, stance, sign, label)
    }
}

fn bare_row(
    state: &StateEntry,
    selection: &Selection,
    language: Language,
    stance: &'static str,
    sign: &'static str,
    label: String,
) -> RowView {
    RowView {
        iso3: state.iso3.clone(),
        name: state.forms.name(language).to_owned(),
        href: state_href(&state.iso3, selection, language),
        key: String::new(),
        stance,
        label,
        sign,
        confidence: None,
        via_group: false,
        via: None,
        since: None,
        since_precision: String::new(),
        source: None,
        x: state.tile.0,
        y: state.tile.1,
        code: state.iso3.clone(),
        region: state.region.clone(),
    }
}

/// A state's page, as of the same times as the board.
fn state_href(iso3: &str, selection: &Selection, language: Language) -> String {
    selection.href(&format!("/{language}/states/{iso3}"), |query| {
        (query.stance, query.group, query.issue, query.window) = Default::default();
    })
}

/// An item's source as pages show it.
pub fn source(item: &Item, states: &Directory, language: Language) -> SourceView {
    let url = item.row.source_url.clone().filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    let group = item.row.group_code.as_deref().and_then(|code| states.group(code)).map(|group| group.names.get(language).to_owned());
    SourceView {
        day: item.fact.occurred_on,
        precision: item.row.precision.clone(),
        kind: item.row.kind.clone(),
        document: item.row.document.clone().filter(|document| !document.is_empty()),
        host: url.as_deref().and_then(|url| url.split('/').nth(2)).map(|host| host.trim_start_matches("www.").to_owned()),
        url,
        group: group.or_else(|| item.row.group_name.clone()).filter(|name| !name.is_empty()),
    }
}
