//! The calendar as a page and as a feed for calendar programs. Must not fill in the missing part of an inexact date.

use actix_web::{HttpRequest, HttpResponse, http::header::CONTENT_TYPE, web};
use chrono::NaiveDate;
use serde::Serialize;

use crate::{
    campaigns::{self, CalendarEvent, Current},
    domain::language::Language,
    platform::{
        Platform,
        documents::ics::{self, Entry},
        http::{frame::Frame, problem::Problem, visitor::Visitor},
        i18n,
    },
};

#[derive(Serialize)]
struct CalendarPage<'a> {
    page: Frame<'a>,
    coming: Vec<EventView>,
    past: Vec<EventView>,
    feed: String,
}

#[derive(Serialize)]
struct EventView {
    name: String,
    kind: String,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
    precision: String,
    status: String,
    forum: Option<String>,
    url: Option<String>,
}

pub(super) async fn show(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
) -> Result<HttpResponse, Problem> {
    let language = visitor.language;
    let render = async || {
        let campaign = campaigns.get(&platform).await?;
        let today = platform.clock.now().date_naive();
        let view = |event: &CalendarEvent| event_view(event, &campaign, language);
        let is_coming = |event: &&CalendarEvent| event.last_day() >= today && event.status != "past";
        let view = CalendarPage {
            page: platform.site.frame(language, request.path(), i18n::word(language, "publishing-calendar-title")),
            coming: campaign.events.iter().filter(is_coming).map(view).collect(),
            past: campaign.events.iter().rev().filter(|event| !is_coming(event)).map(view).collect(),
            feed: format!("/{language}/calendar.ics"),
        };
        Ok(platform.site.templates.render("publishing/calendar.html", language, &view)?)
    };
    platform.pages.page(&request, render).await
}

fn event_view(event: &CalendarEvent, campaign: &Current, language: Language) -> EventView {
    let forum = event.forum.as_deref().and_then(|key| campaign.config.forum.iter().find(|forum| forum.key == key));
    EventView {
        name: event.names.get(language).to_owned(),
        kind: event.kind.clone(),
        starts_on: event.starts_on,
        ends_on: event.ends_on.filter(|end| *end != event.starts_on && event.precision == "day"),
        precision: event.precision.clone(),
        status: event.status.clone(),
        forum: forum.map(|forum| forum.name.get(language).to_owned()),
        url: event.source_address().map(str::to_owned),
    }
}

/// Events whose day is known, as entries of whole days (R40). The others stand on the page only: an entry of a calendar has a day.
pub(super) async fn feed(
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
) -> Result<HttpResponse, Problem> {
    let campaign = campaigns.get(&platform).await?;
    let entry = |event: &CalendarEvent| Entry {
        uid: format!("{}@{}", event.id, campaign.config.slug),
        first: event.starts_on,
        last: event.last_day(),
        summary: event.names.get(visitor.language).to_owned(),
        description: String::new(),
        url: event.source_address().map(str::to_owned),
        revision: event.revision,
        changed_at: event.changed_at,
    };
    let entries: Vec<Entry> = campaign.events.iter().filter(|event| event.precision == "day").map(entry).collect();
    let body = ics::write(campaign.config.name.get(visitor.language), &entries, platform.clock.now());
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, ics::MEDIA_TYPE)).body(body))
}
