//! The home page: what is asked, who signed, where states stand, the next date, two actions, what moved last. Must stay light: the map here
//! is one shape per stance, and the map one can walk through stands on the page of the states.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::{
    campaigns,
    domain::headline::Headline,
    platform::{
        Platform,
        http::{frame::Frame, problem::Problem, visitor::Visitor},
    },
    positions::{
        board::{self, AsOf},
        momentum_view::Counts,
        pages::cell,
        state_page::EventView,
        views::{self, SourceView},
    },
    signing::{counts, moments::DeadlineView},
    states,
};

/// How many moves the page shows.
const MOVES: usize = 5;

#[derive(Serialize)]
struct HomePage<'a> {
    page: Frame<'a>,
    summary: String,
    headline: Headline,
    as_of: DateTime<Utc>,
    day: NaiveDate,
    shapes: Vec<Shape>,
    total: usize,
    with_data: i64,
    event: Option<EventView>,
    moves: Vec<MoveView>,
    statement_title: Option<String>,
    open: bool,
    deadline: DeadlineView,
}

/// All tiles of one stance in one path, with its count.
#[derive(Serialize)]
struct Shape {
    stance: &'static str,
    path: String,
    count: i64,
    href: String,
}

#[derive(Serialize)]
struct MoveView {
    name: String,
    href: String,
    from: String,
    to: String,
    first: bool,
    source: SourceView,
    event: Option<String>,
}

pub(super) async fn show(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    record: web::Data<board::Register>,
    counts: web::Data<counts::Register>,
) -> Result<HttpResponse, Problem> {
    let language = visitor.language;
    let render = async || {
        let (campaign, states) = (campaigns.get(&platform).await?, states.get(&platform).await?);
        let now = platform.clock.now();
        let at = AsOf { day: now.date_naive(), known: now };
        let record = record.get(&platform, &campaign).await?;
        let headline = counts.get(&platform, &campaign).await?.headline(&campaign, &states);
        let standings = record.standings(&campaign, states.states().iter().map(|state| state.iso3.as_str()), at);
        let mut numbers = Counts::default();
        for standing in &standings {
            numbers.add(&standing.position.stance);
        }
        let shape = |(stance, count): (&'static str, i64)| Shape {
            stance,
            path: standings
                .iter()
                .filter(|standing| standing.position.stance == stance)
                .filter_map(|standing| states.state(standing.iso3))
                .map(|state| cell(state.tile))
                .collect(),
            count,
            href: format!("/{language}/states?stance={stance}"),
        };
        let moves = record.moves(&campaign, at, MOVES).into_iter().map(|moved| MoveView {
            name: states.name(&moved.item.fact.iso3, language).to_owned(),
            href: format!("/{language}/states/{}", moved.item.fact.iso3),
            first: moved.from == "no_data",
            from: moved.from,
            to: moved.to,
            source: views::source(moved.item, &states, language),
            event: moved.item.row.event.as_deref().and_then(|key| campaign.event(key)).map(|event| event.names.get(language).to_owned()),
        });
        let title = campaign.config.name.get(language).to_owned();
        let view = HomePage {
            page: platform.site.frame(language, request.path(), title),
            summary: campaign.config.summary.get(language).to_owned(),
            as_of: headline.as_of,
            headline,
            day: at.day,
            shapes: numbers.pairs().map(shape).into_iter().collect(),
            total: states.states().len(),
            with_data: numbers.pairs().iter().filter(|(stance, _)| !matches!(*stance, "silent" | "no_data")).map(|(_, count)| count).sum(),
            event: campaign.next_event(at.day).map(|event| EventView::of(event, language)),
            moves: moves.collect(),
            statement_title: campaign.text.translations.get(&language).map(|text| text.title.clone()),
            open: campaign.text.stage == "open",
            deadline: DeadlineView::of(&campaign, language, now),
        };
        Ok(platform.site.templates.render("publishing/home.html", language, &view)?)
    };
    platform.pages.page(&request, render).await
}
