//! The calendar as a page and as a feed for calendar programs. Must not fill in the missing part of an inexact date.

use actix_web::{HttpRequest, HttpResponse, http::header::CONTENT_TYPE, web};
use chrono::{Days, NaiveDate};
use serde::Serialize;

use crate::{
    campaigns::{self, CalendarEvent, Current},
    domain::language::Language,
    platform::{
        Platform,
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
        url: event.source_url.clone().filter(|url| url.starts_with("https://") || url.starts_with("http://")),
    }
}

/// Events whose day is known, as all-day entries (RFC 5545). The others stand on the page only.
pub(super) async fn feed(
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
) -> Result<HttpResponse, Problem> {
    let campaign = campaigns.get(&platform).await?;
    let stamp = platform.clock.now().format("%Y%m%dT%H%M%SZ").to_string();
    let mut lines = vec!["BEGIN:VCALENDAR".to_owned(), "VERSION:2.0".to_owned(), "PRODID:-//Demarche//Calendar//EN".to_owned()];
    lines.push(format!("X-WR-CALNAME:{}", escaped(campaign.config.name.get(visitor.language))));
    for event in campaign.events.iter().filter(|event| event.precision == "day") {
        let after = event.last_day().checked_add_days(Days::new(1)).unwrap_or(event.last_day());
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}@{}", event.id, campaign.config.slug),
            format!("DTSTAMP:{stamp}"),
            format!("DTSTART;VALUE=DATE:{}", event.starts_on.format("%Y%m%d")),
            format!("DTEND;VALUE=DATE:{}", after.format("%Y%m%d")),
            format!("SUMMARY:{}", escaped(event.names.get(visitor.language))),
            "END:VEVENT".to_owned(),
        ]);
    }
    lines.push("END:VCALENDAR".to_owned());
    let body: String = lines.iter().map(|line| folded(line)).collect();
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/calendar; charset=utf-8")).body(body))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// A content line of at most 75 octets, continued on lines that begin with a space.
fn folded(line: &str) -> String {
    let (mut out, mut length) = (String::with_capacity(line.len() + 8), 0);
    for c in line.chars() {
        if length + c.len_utf8() > 74 {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_and_marks_escaped() {
        let line = folded(&format!("SUMMARY:{}", "é".repeat(100)));
        assert!(line.split("\r\n").all(|part| part.len() <= 75), "{line}");
        assert_eq!(line.replace("\r\n ", "").trim_end(), format!("SUMMARY:{}", "é".repeat(100)));
        assert_eq!(escaped("a, b; c\\"), "a\\, b\\; c\\\\");
    }
}
