//! The public pages about states, and the front of the house.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use demarche::{
    accounts::Role,
    entities::{campaign, evidence, signature},
};
use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use crate::{
    on_both_databases,
    support::{Program, reading::Answer},
};

const LANGUAGES: [&str; 6] = ["en", "fr", "es", "ru", "ar", "zh"];
const PAGES: [&str; 8] =
    ["", "/states", "/states/KEN", "/states/VAT", "/states?issue=legal_persons&window=session", "/calendar", "/method", "/genuine"];

struct Fact<'a> {
    iso3: &'a str,
    direction: &'a str,
    day: &'a str,
    visibility: &'a str,
    summary: &'a str,
}

async fn record(program: &Program, fact: Fact<'_>) -> Uuid {
    let db = program.app.platform.database.write();
    let campaign = campaign::Entity::find().one(db).await.unwrap().unwrap();
    let id = Uuid::now_v7();
    let at: DateTime<Utc> = program.app.platform.clock.now();
    let row = evidence::ActiveModel {
        id: Set(id),
        campaign_id: Set(campaign.id),
        import_key: Set(Some(format!("test-{id}"))),
        iso3: Set(fact.iso3.to_owned()),
        kind: Set("statement".to_owned()),
        direction: Set(Some(fact.direction.to_owned())),
        occurred_on: Set(fact.day.parse::<NaiveDate>().unwrap()),
        precision: Set("day".to_owned()),
        forum: Set(None),
        session: Set(None),
        event: Set(None),
        event_label: Set(None),
        document: Set(Some("TEST/1".to_owned())),
        source_url: Set(Some("https://source.example.org/test".to_owned())),
        source_kind: Set(None),
        scope: Set("overall".to_owned()),
        duplicate_of: Set(None),
        capacity: Set("national".to_owned()),
        group_code: Set(None),
        group_name: Set(None),
        summary: Set(fact.summary.to_owned()),
        language: Set(None),
        coder: Set("test".to_owned()),
        confidence: Set("high".to_owned()),
        visibility: Set(fact.visibility.to_owned()),
        note: Set(None),
        recorded_at: Set(at),
        recorded_by: Set(None),
        ended_at: Set(None),
        end_reason: Set(None),
        superseded_by: Set(None),
        content_hash: Set(id.simple().to_string()),
    };
    evidence::Entity::insert(row).exec_without_returning(db).await.unwrap();
    id
}

/// A state that the shipped record says nothing about, so that a test's own facts decide.
async fn state_without_data(program: &Program) -> String {
    let page = program.browser().get("/en/states?stance=no_data").await;
    let link = page.attributes("#states tbody th a", "href").into_iter().next().expect("some state has no data");
    link.split('/').nth(3).unwrap().split('?').next().unwrap().to_owned()
}

fn pairs(page: &Answer, selector: &str) -> BTreeSet<(String, String)> {
    let states = page.attributes(selector, "href").into_iter().map(|href| href.split('?').next().unwrap().to_owned());
    states.map(|href| (href.rsplit('/').next().unwrap().to_owned(), String::new())).collect()
}

on_both_databases! {
    /// R67: the tiles and the rows are the same states with the same words, whatever the filter, and each tile is a link.
    async fn map_and_table_hold_the_same_for_every_filter(program: Program) {
        let browser = program.browser();
        let filters = [
            "", "?stance=support", "?stance=strong_support", "?stance=no_data", "?group=african_group", "?group=weog&stance=support",
            "?issue=legal_persons", "?issue=legal_persons&stance=opposes", "?as_of=2019-06-30", "?stance=silent",
        ];
        for filter in filters {
            let page = browser.get(&format!("/en/states{filter}")).await;
            assert_eq!(page.status, 200, "{filter}");
            let (tiles, rows) = (pairs(&page, "a.tile"), pairs(&page, "#states tbody th a"));
            assert_eq!(tiles, rows, "{filter}");
            let words = page.texts("#states tbody tr");
            for label in page.attributes("a.tile", "aria-label") {
                let label = label.replace(['\u{2068}', '\u{2069}'], "");
                let (name, stance) = label.rsplit_once(": ").unwrap();
                let name = name.rsplit_once(" (").unwrap().0;
                assert!(words.iter().any(|row| row.starts_with(name) && row.contains(stance)), "{filter}: {label}");
            }
        }
        assert_eq!(pairs(&browser.get("/en/states").await, "a.tile").len(), 195, "every state has its tile");
    }

    /// R55, R49: what is not public changes no public byte; a state without public evidence says "no data".
    async fn non_public_evidence_reaches_no_public_page(program: Program) {
        let iso3 = state_without_data(&program).await;
        let browser = program.browser();
        let paths = ["/en".to_owned(), "/en/states".to_owned(), format!("/en/states/{iso3}"), "/en/states.csv".to_owned()];
        let mut before = Vec::new();
        for path in &paths {
            before.push(browser.get(path).await.body);
        }
        for visibility in ["coalition", "core"] {
            record(&program, Fact { iso3: &iso3, direction: "strong_oppose", day: "2026-10-10", visibility, summary: "Xylograph told us so" }).await;
        }
        for (path, before) in paths.iter().zip(before) {
            let after = browser.get(path).await.body;
            assert_eq!(after, before, "{path}");
            assert!(!after.contains("Xylograph"));
        }
    }

    /// R54: an earlier day shows the earlier board, and what was recorded later is left out when asked for.
    async fn as_of_gives_the_older_board(program: Program) {
        let iso3 = state_without_data(&program).await;
        record(&program, Fact { iso3: &iso3, direction: "oppose", day: "2022-10-10", visibility: "public", summary: "First" }).await;
        record(&program, Fact { iso3: &iso3, direction: "strong_support", day: "2026-10-10", visibility: "public", summary: "Second" }).await;
        let browser = program.browser();
        let stance = async |query: &str| browser.get(&format!("/en/states/{iso3}{query}")).await.texts("#position ~ .lead .stance__word").join("");
        assert_eq!(stance("?as_of=2023-01-01").await, "Opposed");
        assert_ne!(stance("").await, "Opposed");
        assert_eq!(stance("?as_of=2020-01-01").await, "No data");
        assert_eq!(stance("?as_of=2023-01-01&recorded=2024-01-01").await, "No data", "it was recorded later");
    }

    async fn a_day_that_is_none_is_told_and_kept(program: Program) {
        let browser = program.browser();
        for (day, message) in [("2024-13-99", "Enter a day"), ("2031-01-01", "lies ahead")] {
            let page = browser.get(&format!("/en/states?as_of={day}")).await;
            assert_eq!(page.status, 422);
            assert!(page.texts(".error-summary").join("").contains(message), "{}", page.text());
            assert_eq!(page.field("as_of").as_deref(), Some(day));
        }
    }

    /// R53: the switch changes the words and the numbers.
    async fn momentum_names_its_window(program: Program) {
        let browser = program.browser();
        let (all, one) = (browser.get("/en/states").await, browser.get("/en/states?window=session").await);
        assert!(all.texts(".chart .as-of").join("").starts_with("Cumulative"));
        assert!(one.texts(".chart .as-of").join("").starts_with("One session"));
        assert_ne!(all.texts(".chart__data tbody td"), one.texts(".chart__data tbody td"));
    }

    /// R72: no page asks another host for anything, and links outside carry nothing along.
    async fn pages_make_no_third_party_request(program: Program) {
        let browser = program.browser();
        for path in PAGES {
            let page = browser.get(&format!("/en{path}")).await;
            for (selector, name) in [("link[rel=stylesheet], link[rel=icon]", "href"), ("script", "src"), ("img", "src"), ("form", "action"), ("use, image", "href")] {
                for address in page.attributes(selector, name) {
                    assert!(address.starts_with('/') && !address.starts_with("//"), "{path}: {selector} {address}");
                }
            }
            for rel in page.attributes("main a[href^=http]", "rel") {
                assert!(rel.contains("noopener"), "{path}: {rel}");
            }
            assert!(!page.body.contains("style="), "{path}: the policy refuses it");
        }
    }

    async fn every_page_renders_in_every_language(program: Program) {
        let browser = program.browser();
        for language in LANGUAGES {
            for path in PAGES {
                let page = browser.get(&format!("/{language}{path}")).await;
                assert_eq!(page.status, 200, "/{language}{path}: {}", page.text());
                assert!(!page.text().contains("publishing-"), "/{language}{path} lacks words: {}", page.text());
            }
        }
        for harmless in ["/en?x=1", "/en/states?stance=none&group=none&issue=none&window=none", "/en/calendar?%00=1", "/en/genuine?q="] {
            assert_eq!(browser.get(harmless).await.status, 200, "{harmless}");
        }
        assert_eq!(browser.get("/en/states/XXX").await.status, 404);
        assert_eq!(browser.get("/en/states/ken").await.location(), "/en/states/KEN");
    }

    async fn the_home_page_is_light_and_leads_on(program: Program) {
        let page = program.browser().get("/en").await;
        assert!(page.bytes.len() < 60_000, "{} bytes", page.bytes.len());
        let links = page.attributes("main a", "href");
        for to in ["/en/sign", "/en/write", "/en/states", "/en/signatories", "/en/calendar"] {
            assert!(links.iter().any(|link| link == to), "{to}");
        }
        assert!(page.text().contains("Organisations and individuals together"), "R10");
        assert!(page.text().contains("as of 23 November 2026"));
    }

    /// R80: yes or no, and nobody's name.
    async fn a_reference_exists_or_does_not(program: Program) {
        let browser = program.browser();
        let unknown = demarche::domain::reference::Reference::of(demarche::domain::reference::ReferenceKind::Signature, Uuid::now_v7(), 0);
        let page = browser.get(&format!("/en/genuine?reference={}", unknown.with_prefix("CAH"))).await;
        assert!(page.text().contains("does not exist"), "{}", page.text());
        assert_eq!(browser.get("/en/genuine?reference=hello").await.status, 422);
        assert_eq!(signature::Entity::find().all(program.app.platform.database.read()).await.unwrap().len(), 0);
    }

    async fn the_calendar_feed_holds_exact_days_only(program: Program) {
        let feed = program.browser().get("/en/calendar.ics").await;
        assert!(feed.body.starts_with("BEGIN:VCALENDAR\r\n") && feed.body.ends_with("END:VCALENDAR\r\n"));
        assert_eq!(feed.body.matches("BEGIN:VEVENT").count(), feed.body.matches("DTEND;VALUE=DATE:").count());
        assert!(feed.body.lines().all(|line| line.len() <= 75));
    }

    async fn the_desk_says_what_waits(program: Program) {
        let browser = program.staff(Role::Reader).await;
        let page = browser.get("/desk").await;
        assert_eq!(page.status, 200, "{}", page.text());
        assert!(page.text().contains("Signatures to vet") && page.text().contains("What is late"));
        assert_eq!(program.browser().get("/desk").await.status, 303);
    }
}
