//! Public page of one state: where it stands and why, issue by issue, with every public fact and its source. Must not show what is not
//! public, nor a count of signatories that gives one away.

use actix_web::{HttpRequest, HttpResponse, http::header::LOCATION, web};
use chrono::NaiveDate;
use serde::Serialize;

use super::{
    board::{self, Item, Record},
    pages::answer,
    selection::Selection,
    views::{self, RowView, SourceView},
};
use crate::{
    campaigns::{self, CalendarEvent, Current},
    domain::{
        evidence::EvidenceKind,
        headline::{self, CountRow},
        language::Language,
        position::{Reason, SILENT},
    },
    platform::{
        Platform,
        http::{
            forms::{self, FormErrorView},
            frame::Frame,
            problem::Problem,
            visitor::Visitor,
        },
    },
    signing::counts,
    states::{self, Directory, directory::StateEntry},
};

#[derive(Serialize)]
struct StatePage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    is_now: bool,
    day: NaiveDate,
    query: super::selection::Query,
    name: String,
    /// Where it says more than the name.
    formal: Option<String>,
    within: String,
    iso3: String,
    un_status: String,
    groups: Vec<GroupView>,
    position: RowView,
    /// own, group, silent or none: names the rule's words.
    why: &'static str,
    /// What else the rule made of the facts, in its order: names the words `publishing-step-<key>`.
    steps: Vec<&'static str>,
    deciding: Vec<FactView>,
    issues: Vec<IssueView>,
    own: Vec<FactView>,
    via_group: Vec<FactView>,
    cosponsorships: Vec<FactView>,
    signers: Option<u32>,
    threshold: i64,
    event: Option<EventView>,
    write_href: String,
    now_href: String,
    board_href: String,
}

#[derive(Serialize)]
struct GroupView {
    name: String,
    href: String,
}

/// One public fact as a page shows it.
#[derive(Clone, Debug, Serialize)]
pub struct FactView {
    #[serde(flatten)]
    source: SourceView,
    summary: String,
    language: Option<String>,
    event: Option<String>,
    capacity: &'static str,
    direction: Option<StanceView>,
    scope: &'static str,
    confidence: &'static str,
}

#[derive(Clone, Debug, Serialize)]
struct StanceView {
    stance: &'static str,
    sign: &'static str,
    label: String,
}

#[derive(Serialize)]
struct IssueView {
    label: String,
    href: String,
    stance: StanceView,
    via_group: bool,
    source: Option<SourceView>,
    day: NaiveDate,
}

/// The next event, for several pages.
#[derive(Debug, Serialize)]
pub struct EventView {
    name: String,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
    precision: String,
    status: String,
}

impl EventView {
    /// In the reader's language.
    pub fn of(event: &CalendarEvent, language: Language) -> Self {
        Self {
            name: event.names.get(language).to_owned(),
            starts_on: event.starts_on,
            ends_on: event.ends_on.filter(|end| *end != event.starts_on && event.precision == "day"),
            precision: event.precision.clone(),
            status: event.status.clone(),
        }
    }
}

#[allow(clippy::too_many_arguments)]
pub(super) async fn show(
    request: HttpRequest,
    visitor: Visitor,
    path: web::Path<(String, String)>,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    record: web::Data<board::Register>,
    counts: web::Data<counts::Register>,
) -> Result<HttpResponse, Problem> {
    let (_, iso3) = path.into_inner();
    let (campaign, states) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let Some(state) = states.state(&iso3) else {
        let capital = iso3.to_ascii_uppercase();
        let known = states.state(&capital).ok_or(Problem::NotFound)?;
        let to = format!("/{}/states/{}", visitor.language, known.iso3);
        return Ok(HttpResponse::PermanentRedirect().insert_header((LOCATION, to)).finish());
    };
    let selection = Selection::read(forms::query(&request)?, &campaign, &states, platform.clock.now());
    let render = async || {
        let record = record.get(&platform, &campaign).await?;
        let signers = counts.get(&platform, &campaign).await?;
        let view = view(&platform, &request, visitor.language, &campaign, &states, state, &record, &signers.rows, &selection);
        Ok(platform.site.templates.render("positions/state.html", visitor.language, &view)?)
    };
    answer(&platform, &request, &selection, render).await
}

#[allow(clippy::too_many_arguments)]
fn view<'p>(
    platform: &'p Platform,
    request: &HttpRequest,
    language: Language,
    campaign: &Current,
    states: &Directory,
    state: &StateEntry,
    record: &Record,
    signers: &[CountRow],
    selection: &Selection,
) -> StatePage<'p> {
    let standing = record.standing(campaign, &state.iso3, selection.at);
    let position = views::overall_row(campaign, states, record, state, selection, language);
    let fact = |item: &Item| fact(item, campaign, states, language);
    let known: Vec<&Item> = record.known(&state.iso3, selection.at).collect();
    let deciding = standing.position.deciding.iter().filter_map(|id| known.iter().find(|item| item.fact.id == *id)).map(|item| fact(item));
    let forms = state.forms.in_language(language);
    let threshold = campaign.config.sign_on.small_cell_threshold;
    let table = headline::country_table(signers, campaign.config.sign_on.smallest_cell());
    let why = match (standing.position.stance.as_str(), standing.position.via_group) {
        (SILENT, _) => "silent",
        (_, _) if standing.position.deciding.is_empty() => "none",
        (_, true) => "group",
        (_, false) => "own",
    };
    let groups = states.groups_of(&state.iso3, selection.at.day);
    let board = format!("/{language}/states");
    let today = platform.clock.now().date_naive();
    StatePage {
        page: platform.site.frame(language, request.path(), forms.name.clone()),
        errors: selection.errors.view(language),
        is_now: selection.is_now,
        day: selection.at.day,
        query: selection.query.clone(),
        formal: Some(forms.formal).filter(|formal| *formal != forms.name),
        within: forms.within,
        iso3: state.iso3.clone(),
        un_status: state.un_status.clone(),
        groups: groups
            .iter()
            .filter_map(|code| states.group(code))
            .map(|group| GroupView {
                name: group.names.get(language).to_owned(),
                href: selection.href(&board, |query| query.group.clone_from(&group.code)),
            })
            .collect(),
        position,
        why,
        steps: steps(&standing.position.reasons),
        deciding: deciding.collect(),
        issues: issues(campaign, states, record, state, selection, language),
        own: known.iter().filter(|item| item.fact.is_own()).map(|item| fact(item)).collect(),
        via_group: known.iter().filter(|item| !item.fact.is_own()).map(|item| fact(item)).collect(),
        cosponsorships: known
            .iter()
            .filter(|item| item.fact.kind == EvidenceKind::Cosponsorship && item.fact.is_own())
            .map(|item| fact(item))
            .collect(),
        signers: table.rows.iter().find(|row| row.iso3 == state.iso3).and_then(|row| row.figure),
        threshold,
        event: campaign.next_event(today).map(|event| EventView::of(event, language)),
        write_href: format!("/{language}/write?state={}", state.iso3),
        now_href: format!("{board}/{}", state.iso3),
        board_href: selection.href(&board, |_| {}),
        name: forms.name,
    }
}

/// The reasons that the sentence of `why` does not say already.
fn steps(reasons: &[Reason]) -> Vec<&'static str> {
    let said = [Reason::OwnActs, Reason::ViaGroup, Reason::NoEvidence, Reason::SaidNothing];
    reasons.iter().filter(|reason| !said.contains(reason)).map(|reason| reason.key()).collect()
}

fn issues(
    campaign: &Current,
    states: &Directory,
    record: &Record,
    state: &StateEntry,
    selection: &Selection,
    language: Language,
) -> Vec<IssueView> {
    let by_issue = record.issues(&state.iso3, selection.at);
    let view = |issue: &crate::domain::campaign::Issue| {
        let position = by_issue.get(&issue.code)?;
        let (_, stance, sign, label) = views::issue_words(Some(position.stance), language);
        let newest = position.deciding.first();
        let item = newest.and_then(|id| record.known(&state.iso3, selection.at).find(|item| item.fact.id == *id));
        Some(IssueView {
            label: issue.label.get(language).to_owned(),
            href: selection.href(&format!("/{language}/states"), |query| query.issue.clone_from(&issue.code)),
            stance: StanceView { stance, sign, label },
            via_group: position.via_group,
            source: item.map(|item| views::source(item, states, language)),
            day: position.last_spoke,
        })
    };
    campaign.config.issue.iter().filter_map(view).collect()
}

fn fact(item: &Item, campaign: &Current, states: &Directory, language: Language) -> FactView {
    let named = item.row.event.as_deref().and_then(|key| campaign.event(key)).map(|event| event.names.get(language).to_owned());
    FactView {
        source: views::source(item, states, language),
        summary: item.row.summary.clone(),
        language: item.row.language.clone(),
        event: named
            .or_else(|| item.row.event_label.as_deref().map(|label| campaign.config.meeting(label).get(language).to_owned()))
            .filter(|label| !label.is_empty()),
        capacity: item.fact.capacity.key(),
        direction: item.fact.direction.as_deref().map(|key| {
            let (stance, sign, label) = views::stance_words(key, language);
            StanceView { stance, sign, label }
        }),
        scope: item.fact.scope.key(),
        confidence: item.fact.confidence.key(),
    }
}
