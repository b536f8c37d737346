//! Public page of all states: map and table of the same rows, filters in the address, breakdowns, momentum, any day. Must not show what is
//! not public: it reads through [`Record`].

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    web,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::{
    board::{self, Record},
    momentum_view::{self, Column, Counts, Window},
    selection::{DIRECTED, ISSUE_KEYS, Query, Selection},
    state_page,
    views::{self, RowView},
};
use crate::{
    campaigns::{self, Current},
    domain::language::Language,
    platform::{
        Platform,
        documents::csv::Sheet,
        http::{
            forms::{self, FormErrorView},
            frame::Frame,
            problem::Problem,
            visitor::Visitor,
        },
        i18n,
    },
    states::{self, Directory},
};

/// The room's public addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/{lang:en|fr|es|ru|ar|zh}/states", web::get().to(show))
        .route("/{lang:en|fr|es|ru|ar|zh}/states.csv", web::get().to(sheet))
        .route("/{lang:en|fr|es|ru|ar|zh}/states/{iso3}", web::get().to(state_page::show));
}

#[derive(Serialize)]
struct StatesPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    query: Query,
    is_now: bool,
    day: NaiveDate,
    recorded: Option<DateTime<Utc>>,
    issue: Option<String>,
    rows: Vec<RowView>,
    tiles: Vec<RowView>,
    rest: String,
    total: usize,
    counts: Vec<CountView>,
    regions: Vec<BreakdownRow>,
    issues: Vec<IssueRow>,
    /// Nobody coded which way any state leans on any issue: a table of noughts would say that none does.
    issues_undirected: bool,
    momentum: Vec<Column>,
    cumulative: bool,
    cumulative_href: String,
    session_href: String,
    csv_href: String,
    clear_href: String,
    stances: Vec<Choice>,
    groups: Vec<Choice>,
    issue_choices: Vec<Choice>,
}

#[derive(Serialize)]
struct CountView {
    code: String,
    stance: &'static str,
    sign: &'static str,
    label: String,
    count: i64,
    href: String,
}

#[derive(Serialize)]
struct BreakdownRow {
    label: String,
    href: String,
    #[serde(flatten)]
    counts: Counts,
    by_key: Vec<i64>,
}

#[derive(Serialize)]
struct IssueRow {
    label: String,
    href: String,
    counts: Vec<i64>,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    text: String,
}

async fn show(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    record: web::Data<board::Register>,
) -> Result<HttpResponse, Problem> {
    let (campaign, states) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let selection = Selection::read(forms::query(&request)?, &campaign, &states, platform.clock.now());
    let render = async || {
        let record = record.get(&platform, &campaign).await?;
        let view = view(&platform, &request, visitor.language, &campaign, &states, &record, &selection);
        Ok(platform.site.templates.render("positions/states.html", visitor.language, &view)?)
    };
    answer(&platform, &request, &selection, render).await
}

/// A board as asked for, kept for a moment; or, where the address asks for something that is not there, one that says so and is not kept.
pub(super) async fn answer(
    platform: &Platform,
    request: &HttpRequest,
    selection: &Selection,
    render: impl AsyncFnOnce() -> Result<String, Problem>,
) -> Result<HttpResponse, Problem> {
    if selection.errors.is_empty() {
        return platform.pages.page(request, render).await;
    }
    let html = render().await?;
    Ok(HttpResponse::build(StatusCode::UNPROCESSABLE_ENTITY).content_type("text/html; charset=utf-8").body(html))
}

fn view<'p>(
    platform: &'p Platform,
    request: &HttpRequest,
    language: Language,
    campaign: &Current,
    states: &Directory,
    record: &Record,
    selection: &Selection,
) -> StatesPage<'p> {
    let path = format!("/{language}/states");
    let all = views::rows(campaign, states, record, selection, language);
    let of: Vec<&str> = all.iter().map(|row| row.iso3.as_str()).collect();
    let momentum = momentum_view::columns(campaign, record, &of, selection.at, selection.window, language);
    let (regions, issues) = (regions(states, &all, selection, &path, language), issues(campaign, record, &all, selection, &path, language));
    let counts = counts(&all, selection, &path, language);
    let rows: Vec<RowView> = all.into_iter().filter(|row| selection.query.stance.is_empty() || row.key == selection.query.stance).collect();
    let mut tiles = rows.clone();
    tiles.sort_by_key(|tile| (tile.y, tile.x));
    let title = i18n::word(language, "publishing-states-title");
    let choice = |value: &str, text: &str| Choice { value: value.to_owned(), text: text.to_owned() };
    StatesPage {
        page: platform.site.frame(language, request.path(), title),
        errors: selection.errors.view(language),
        query: selection.query.clone(),
        is_now: selection.is_now,
        day: selection.at.day,
        recorded: (!selection.query.recorded.is_empty()).then_some(selection.at.known),
        issue: campaign.config.issue(&selection.query.issue).map(|issue| issue.label.get(language).to_owned()),
        rest: rest(states, &rows),
        total: of_total(states),
        rows,
        tiles,
        counts,
        regions,
        issues_undirected: issues.iter().all(|row| row.counts.iter().take(DIRECTED).all(|count| *count == 0)),
        issues,
        momentum,
        cumulative: selection.window == Window::Cumulative,
        cumulative_href: format!("{}#momentum", selection.href(&path, |query| query.window.clear())),
        session_href: format!("{}#momentum", selection.href(&path, |query| "session".clone_into(&mut query.window))),
        csv_href: selection.href(&format!("/{language}/states.csv"), |query| query.window.clear()),
        clear_href: path,
        stances: stance_keys(campaign, selection).into_iter().map(|key| choice(&key, &words(&key, selection, language).2)).collect(),
        groups: states.groups().map(|group| choice(&group.code, group.names.get(language))).collect(),
        issue_choices: campaign.config.issue.iter().map(|issue| choice(&issue.code, issue.label.get(language))).collect(),
    }
}

fn of_total(states: &Directory) -> usize {
    states.states().len()
}

fn stance_keys(campaign: &Current, selection: &Selection) -> Vec<String> {
    if selection.query.issue.is_empty() {
        campaign.config.stance.iter().map(|stance| stance.key.clone()).collect()
    } else {
        ISSUE_KEYS.iter().map(|key| (*key).to_owned()).collect()
    }
}

fn words(key: &str, selection: &Selection, language: Language) -> (&'static str, &'static str, String) {
    if selection.query.issue.is_empty() {
        return views::stance_words(key, language);
    }
    let (_, look, sign, label) = views::issue_words(key.parse().ok(), language);
    (look, sign, label)
}

/// The legend with numbers: each leads to its states.
fn counts(rows: &[RowView], selection: &Selection, path: &str, language: Language) -> Vec<CountView> {
    let keys: Vec<&str> =
        if selection.query.issue.is_empty() { Counts::default().pairs().map(|(key, _)| key).to_vec() } else { ISSUE_KEYS.to_vec() };
    let count = |key: &&str| {
        let (stance, sign, label) = words(key, selection, language);
        CountView {
            code: (*key).to_owned(),
            stance,
            sign,
            label,
            count: i64::try_from(rows.iter().filter(|row| row.key == **key).count()).unwrap_or(i64::MAX),
            href: selection.href(path, |query| (*key).clone_into(&mut query.stance)),
        }
    };
    keys.iter().map(count).collect()
}

/// The selection's states by regional group; those in none come last.
fn regions(states: &Directory, rows: &[RowView], selection: &Selection, path: &str, language: Language) -> Vec<BreakdownRow> {
    let mut by_region: BTreeMap<(bool, &str), (Counts, Vec<i64>)> = BTreeMap::new();
    for row in rows {
        let (counts, by_key) =
            by_region.entry((row.region.is_empty(), row.region.as_str())).or_insert_with(|| (Counts::default(), vec![0; ISSUE_KEYS.len()]));
        counts.add(&row.key);
        if let Some(number) = ISSUE_KEYS.iter().position(|key| *key == row.key).and_then(|at| by_key.get_mut(at)) {
            *number += 1;
        }
    }
    let row = |((_, code), (counts, by_key)): ((bool, &str), (Counts, Vec<i64>))| BreakdownRow {
        label: states
            .group(code)
            .map_or_else(|| i18n::word(language, "publishing-region-none"), |group| group.names.get(language).to_owned()),
        href: states.group(code).map_or_else(String::new, |group| selection.href(path, |query| query.group.clone_from(&group.code))),
        counts,
        by_key,
    };
    by_region.into_iter().map(row).collect()
}

/// The selection's states by issue: how many support it, are open, oppose it, or were not clear.
fn issues(campaign: &Current, record: &Record, rows: &[RowView], selection: &Selection, path: &str, language: Language) -> Vec<IssueRow> {
    let positions: Vec<_> = rows.iter().map(|row| record.issues(&row.iso3, selection.at)).collect();
    let of_issue = |issue: &crate::domain::campaign::Issue| {
        let counts = ISSUE_KEYS.iter().map(|key| {
            let here =
                positions.iter().filter(|by_issue| by_issue.get(&issue.code).map_or("no_data", |position| position.stance.key()) == *key);
            i64::try_from(here.count()).unwrap_or(i64::MAX)
        });
        IssueRow {
            label: issue.label.get(language).to_owned(),
            href: selection.href(path, |query| {
                query.stance.clear();
                query.issue.clone_from(&issue.code);
            }),
            counts: counts.collect(),
        }
    };
    let mut table: Vec<IssueRow> = campaign.config.issue.iter().map(of_issue).collect();
    let spoke = |row: &IssueRow| row.counts.iter().take(4).sum::<i64>();
    table.retain(|row| spoke(row) > 0);
    table.sort_by_key(|row| std::cmp::Reverse(spoke(row)));
    table
}

/// The cells of all states that the filters leave out: one faint shape behind the tiles, so that the map keeps its form.
fn rest(states: &Directory, rows: &[RowView]) -> String {
    let shown: std::collections::BTreeSet<&str> = rows.iter().map(|row| row.iso3.as_str()).collect();
    states.states().iter().filter(|state| !shown.contains(state.iso3.as_str())).map(|state| cell(state.tile)).collect()
}

/// A cell of the map as part of a path.
pub fn cell((x, y): (i32, i32)) -> String {
    format!("M{} {}h36v36h-36z", x * 40 + 2, y * 40 + 2)
}

/// The table as a sheet, formula-safe (R18), with the same filters.
async fn sheet(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    record: web::Data<board::Register>,
) -> Result<HttpResponse, Problem> {
    let (campaign, states) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let selection = Selection::read(forms::query(&request)?, &campaign, &states, platform.clock.now());
    if !selection.errors.is_empty() {
        return Err(Problem::Bad("bad-query"));
    }
    let record = record.get(&platform, &campaign).await?;
    let rows = views::rows(&campaign, &states, &record, &selection, visitor.language);
    let mut sheet = Sheet::new(true);
    let head = [
        "iso3",
        "state",
        "stance",
        "stance_label",
        "confidence",
        "since",
        "since_precision",
        "via_group",
        "group",
        "source_date",
        "source_date_precision",
        "source_document",
        "source_url",
        "as_of",
    ];
    sheet.row(head).map_err(anyhow::Error::from)?;
    let as_of = selection.at.day.to_string();
    for row in rows.iter().filter(|row| selection.query.stance.is_empty() || row.key == selection.query.stance) {
        let source = row.source.as_ref();
        let cells = [
            row.iso3.clone(),
            row.name.clone(),
            row.key.clone(),
            row.label.clone(),
            row.confidence.unwrap_or_default().to_owned(),
            row.since.map(|day| day.to_string()).unwrap_or_default(),
            row.since.map(|_| row.since_precision.clone()).unwrap_or_default(),
            row.via_group.to_string(),
            row.via.clone().unwrap_or_default(),
            source.map(|source| source.day.to_string()).unwrap_or_default(),
            source.map(|source| source.precision.clone()).unwrap_or_default(),
            source.and_then(|source| source.document.clone()).unwrap_or_default(),
            source.and_then(|source| source.url.clone()).unwrap_or_default(),
            as_of.clone(),
        ];
        sheet.row(cells).map_err(anyhow::Error::from)?;
    }
    let body = sheet.take().map_err(anyhow::Error::from)?;
    let name = format!("attachment; filename=\"states-{as_of}.csv\"");
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/csv; charset=utf-8")).insert_header((CONTENT_DISPOSITION, name)).body(body))
}
