//! The public pages about states, and the front of the house.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use demarche::{
    accounts::Role,
    entities::{
        account, campaign, correction, duplicate_pair, evidence, evidence_proposal, job, letter, letter_round, logo, reply, signatory,
        signature, text_version,
    },
};
use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use super::dispatch::letter_in;
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

    /// A sheet must not make a date look more exact than its source: the last day of a month stands for the month.
    async fn the_sheet_says_how_exactly_each_date_is_known(program: Program) {
        let sheet = program.browser().get("/en/states.csv").await.body;
        let sheet = sheet.trim_start_matches('\u{feff}');
        let mut rows = csv::Reader::from_reader(sheet.as_bytes());
        let head = rows.headers().unwrap().clone();
        let at = |name: &str| head.iter().position(|column| column == name).unwrap();
        let mut read = 0;
        for row in rows.records() {
            let row = row.unwrap();
            for (date, exactness) in [("since", "since_precision"), ("source_date", "source_date_precision")] {
                let (date, exactness) = (&row[at(date)], &row[at(exactness)]);
                assert_eq!(date.is_empty(), exactness.is_empty(), "{row:?}");
                assert!(["", "day", "month", "year"].contains(&exactness), "{row:?}");
                read += usize::from(!date.is_empty());
            }
        }
        assert!(read > 20, "{read}");
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

    /// Whatever stands in the address: a clear message or a plain page, never a fault of ours, and never markup.
    async fn odd_and_hostile_filters_are_told(program: Program) {
        let browser = program.browser();
        let huge = "x".repeat(5000);
        let told = [
            "group=atlantis", "issue=atlantis", "stance=maybe", "stance=%00", "group=%F0%9F%98%80", "issue=%22%3E%3Cscript%3E", "as_of=0000-01-01", "as_of=9999-12-31",
            "as_of=-5000-01-01", "as_of=%2B99999-01-01", "as_of=2024-02-30", "recorded=1700-01-01", "as_of=%E2%80%AE2024", "stance=%27%20OR%201%3D1--",
        ];
        let told = told.map(str::to_owned).into_iter().chain([format!("group={huge}"), format!("as_of={huge}")]);
        for query in told {
            for path in ["/en/states", "/ar/states", "/en/states/KEN"] {
                let page = browser.get(&format!("{path}?{query}")).await;
                assert_eq!(page.status, 422, "{path}?{query}");
                assert_eq!(page.texts(".error-summary li").len(), 1, "{path}?{query}");
                assert!(!page.body.contains("<script>") && !page.text().contains("publishing-"), "{path}?{query}");
            }
            assert_eq!(browser.get(&format!("/en/states.csv?{query}")).await.status, 400, "a sheet of another board would be a wrong one: {query}");
        }
        for query in ["group=eu&group=g77", "as_of=2024-01-01&as_of=2025-01-01", "issue=%ff"] {
            for path in ["/en/states", "/en/states/KEN", "/en/states.csv"] {
                let status = browser.get(&format!("{path}?{query}")).await.status;
                assert!(status == 400 || status == 422, "{path}?{query}: {status}");
            }
        }
        for harmless in ["window=none", "&&&", "issue=legal_persons&stance=support", "stance=opposes", "as_of=1800-01-01", "recorded=2026-11-23"] {
            assert_eq!(browser.get(&format!("/en/states?{harmless}")).await.status, 200, "{harmless}");
        }
        for none in ["/en/states/%00", "/en/states/K%C3%89N", "/en/states/..%2F..", "/en/states/KENYA", "/xx/states"] {
            assert_eq!(browser.get(none).await.status, 404, "{none}");
        }
    }

    /// R47: without evidence there is "no data", with it the page names each source and what the rule made of it.
    async fn a_states_page_says_why(program: Program) {
        let iso3 = state_without_data(&program).await;
        let browser = program.browser();
        let address = format!("/en/states/{iso3}");
        let none = browser.get(&address).await;
        assert!(none.text().contains("No data") && none.text().contains("We have no public evidence on the matter as a whole"), "{}", none.text());
        record(&program, Fact { iso3: &iso3, direction: "support", day: "2026-10-10", visibility: "public", summary: "Spoke in favour" }).await;
        let one = browser.get(&address).await;
        assert!(one.text().contains("The state's own acts decide") && one.text().contains("Spoke in favour") && one.text().contains("TEST/1"), "{}", one.text());
        assert_eq!(one.texts("#steps li"), ["It rests on one fact alone."]);
        assert!(one.attributes("main a", "href").contains(&"https://source.example.org/test".to_owned()), "R47: the source is a link");
        let confidence = |page: &Answer| page.text().split("Confidence: ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
        assert_eq!(confidence(&one), "medium");
        record(&program, Fact { iso3: &iso3, direction: "oppose", day: "2026-10-12", visibility: "public", summary: "Spoke against" }).await;
        let both = browser.get(&address).await;
        assert!(both.texts("#steps li").join("").contains("point both ways"), "{:?}", both.texts("#steps li"));
        let then = browser.get(&format!("{address}?as_of=2026-10-11")).await;
        assert!(then.text().contains("where states stood on 11 October 2026"), "{}", then.text());
        assert!(!then.text().contains("Spoke against"));
    }

    /// R49: no data, silent and neutral have each a word, a look and a sign of their own, on the map, in the table, in the plot.
    async fn no_data_silence_and_neutrality_are_three_things(program: Program) {
        let (neutral, db) = (state_without_data(&program).await, program.app.platform.database.write());
        record(&program, Fact { iso3: &neutral, direction: "neutral", day: "2026-10-10", visibility: "public", summary: "Neither" }).await;
        let row = campaign::Entity::find().one(db).await.unwrap().unwrap();
        let mut config = row.config.clone();
        config["derivation"]["partial_record"] = serde_json::json!(false);
        let change = campaign::ActiveModel { id: Set(row.id), config: Set(config), ..Default::default() };
        campaign::Entity::update(change).exec(db).await.unwrap();
        program.app.campaigns.forget();
        let browser = program.browser();
        let page = browser.get("/en/states").await;
        let looks = |page: &Answer, selector: &str| page.attributes(selector, "data-stance").into_iter().collect::<BTreeSet<_>>();
        let rows = looks(&page, "#states tbody td");
        assert!(rows.contains("silent") && rows.contains("neutral") && !rows.contains("no_data"), "{rows:?}");
        let silent = browser.get("/en/states?stance=silent").await;
        let quiet = silent.attributes("#states tbody th a", "href").into_iter().next().unwrap();
        assert!(browser.get(&quiet).await.text().contains("our record of the debate is complete"));
        let past = browser.get("/en/states?as_of=2015-01-01").await;
        assert_eq!(looks(&past, "#states tbody td"), BTreeSet::from(["no_data".to_owned()]), "nothing was debated, so nobody was silent");
        let legend: BTreeSet<String> = page.texts(".legend a").into_iter().collect();
        assert_eq!(legend.len(), 7, "seven words: {legend:?}");
    }

    /// R51: a state for which only groups spoke says so, and each state stands once in the table however many groups spoke.
    async fn a_groups_word_is_marked_and_counted_once(program: Program) {
        let page = program.browser().get("/en/states").await;
        let rows = page.texts("#states tbody tr");
        assert_eq!(rows.len(), 195);
        assert!(rows.iter().any(|row| row.contains("through African Group") || row.contains("through a group") || row.contains("through European Union")), "{rows:?}");
        let counted: i64 = page.texts(".legend__count").iter().map(|count| count.parse::<i64>().unwrap()).sum();
        assert_eq!(counted, 195);
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
        for harmless in ["/en?x=1", "/en/states?stance=&group=&issue=&as_of=&recorded=", "/en/calendar?%00=1", "/en/genuine?q="] {
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
        assert!(!page.text().contains("Answers in the last"), "R41: a reader reads no answers");
        for link in page.attributes("main table a", "href") {
            assert_eq!(browser.get(&link).await.status, 200, "no line leads where one may not go: {link}");
        }
    }

    /// What waits, what is late, what moved: each list against a situation made for it.
    async fn the_desks_lists_count_what_they_say(program: Program) {
        let staff = program.staff(Role::Coordinator).await;
        let lines = async || -> std::collections::BTreeMap<String, u64> {
            let page = staff.get("/desk").await;
            let names = page.texts("main table tbody th").into_iter();
            names.zip(page.texts("main table tbody td").iter().map(|count| count.parse().unwrap())).collect()
        };
        let before = lines().await;
        assert_eq!(before.len(), 16);
        assert!(before.values().all(|count| *count == 0), "{before:?}");
        let (db, now) = (program.app.platform.database.write(), program.app.platform.clock.now());
        let letter = letter_in(&program, "KEN", "bounced", false).await;
        let blocked = letter_in(&program, "FRA", "draft", false).await;
        let change = letter::ActiveModel { id: Set(blocked.id), blockers: Set(2), ..Default::default() };
        letter::Entity::update(change).exec(db).await.unwrap();
        for (id, state) in [(letter.round_id, "checked"), (blocked.round_id, "approved")] {
            let change = letter_round::ActiveModel { id: Set(id), state: Set(state.to_owned()), ..Default::default() };
            letter_round::Entity::update(change).exec(db).await.unwrap();
        }
        let campaign = campaign::Entity::find().one(db).await.unwrap().unwrap();
        let account = account::Entity::find().one(db).await.unwrap().unwrap().id;
        for (days, state) in [(1, "proposed"), (8, "proposed"), (9, "rejected")] {
            let (id, at) = (Uuid::now_v7(), now - chrono::Duration::days(days));
            let row = reply::ActiveModel {
                id: Set(id), campaign_id: Set(campaign.id), letter_id: Set(None), iso3: Set("KEN".into()), received_on: Set(at.date_naive()), channel: Set("mail".into()),
                class: Set("supportive".into()), summary: Set("Yes.".into()), file_id: Set(None), visibility: Set("core".into()), account_id: Set(account),
                created_at: Set(at), submission_key: Set(id.to_string()), proof: Set("report".into()), record_url: Set(None),
            };
            reply::Entity::insert(row).exec_without_returning(db).await.unwrap();
            let row = evidence_proposal::ActiveModel {
                id: Set(Uuid::now_v7()), reply_id: Set(Some(id)), meeting_id: Set(None), iso3: Set("KEN".into()), direction: Set(Some("support".into())), summary: Set("Yes.".into()), visibility: Set("core".into()),
                state: Set(state.into()), decided_by: Set(None), decided_at: Set(None), evidence_id: Set(None), created_at: Set(at),
            };
            evidence_proposal::Entity::insert(row).exec_without_returning(db).await.unwrap();
        }
        for (minutes, state) in [(5, "ready"), (20, "ready"), (20, "failed"), (-60, "ready")] {
            let at = now - chrono::Duration::minutes(minutes);
            let row = job::ActiveModel {
                id: Set(Uuid::now_v7()), kind: Set("test.nothing".into()), payload: Set(serde_json::json!({})), dedup_key: Set(None), state: Set(state.into()), run_at: Set(at), attempts: Set(0),
                max_attempts: Set(8), lease_until: Set(None), lease_token: Set(None), last_error: Set(None), created_at: Set(at), finished_at: Set(None),
            };
            job::Entity::insert(row).exec_without_returning(db).await.unwrap();
        }
        let text = text_version::Entity::find().one(db).await.unwrap().unwrap();
        for (days, state) in [(1, "confirmed"), (4, "confirmed"), (9, "verified"), (9, "pending")] {
            let (signatory_id, id, at) = (Uuid::now_v7(), Uuid::now_v7(), now - chrono::Duration::days(days));
            let row = signatory::ActiveModel { id: Set(signatory_id), campaign_id: Set(campaign.id), kind: Set("organisation".into()), name: Set(Some("A test".into())), created_at: Set(at), updated_at: Set(at), ..Default::default() };
            signatory::Entity::insert(row).exec_without_returning(db).await.unwrap();
            let row = signature::ActiveModel {
                id: Set(id), campaign_id: Set(campaign.id), signatory_id: Set(signatory_id), text_version_id: Set(text.id), language: Set("en".into()), privacy_notice: Set(1),
                reference: Set(id.simple().to_string().chars().skip(12).collect::<String>()), submission_key: Set(id.to_string()), state: Set(state.into()), visibility: Set("named".into()),
                origin: Set("import".into()), newsletter: Set(false), second_person: Set("not_needed".into()), late: Set(false), signed_at: Set(at),
                confirmed_at: Set((state != "pending").then_some(at)), verified_at: Set(None), ended_at: Set(None), compared_by: Set(0), authority: Set(None), signals: Set(None), looked_at: Set(None), network: Set(None), thanked_at: Set(None),
            };
            signature::Entity::insert(row).exec_without_returning(db).await.unwrap();
        }
        let signed = signature::Entity::find().one(db).await.unwrap().unwrap();
        for state in ["proposed", "accepted", "rejected"] {
            let row = correction::ActiveModel { id: Set(Uuid::now_v7()), signature_id: Set(signed.id), name: Set("Another".into()), state: Set(state.into()), created_at: Set(now), decided_by: Set(None), decided_at: Set(None) };
            correction::Entity::insert(row).exec_without_returning(db).await.unwrap();
        }
        let ids: Vec<Uuid> = signature::Entity::find().all(db).await.unwrap().into_iter().map(|row| row.id).collect();
        for (other, state) in ["open", "apart", "merged"].into_iter().enumerate() {
            let row = duplicate_pair::ActiveModel {
                id: Set(Uuid::now_v7()), campaign_id: Set(campaign.id), one_id: Set(ids[0]), other_id: Set(ids[other + 1]), score: Set(50), reasons: Set(String::new()),
                state: Set(state.into()), kept_id: Set(None), state_before: Set(None),
                filled: Set(None), created_at: Set(now), decided_by: Set(None), decided_at: Set(None),
            };
            duplicate_pair::Entity::insert(row).exec_without_returning(db).await.unwrap();
        }
        let sent = logo::ActiveModel {
            id: Set(Uuid::now_v7()), signature_id: Set(ids[0]), content: Set(vec![]), width: Set(1), height: Set(1), alternative: Set(String::new()), state: Set("proposed".into()),
            permitted_at: Set(now), decided_by: Set(None), decided_at: Set(None),
        };
        logo::Entity::insert(sent).exec_without_returning(db).await.unwrap();
        let expected = [
            ("Signatures to vet", 2), ("Possible duplicates", 1), ("Corrections of names", 1), ("Logos to look at", 1), ("Evidence proposed by answers and meetings", 2), ("Letters that a check stopped", 1), ("Rounds waiting for approval", 1),
            ("Rounds waiting for release", 1), ("Failed work", 1), ("Signatures waiting for more than 3 days", 1), ("Proposals waiting for more than 7 days", 1),
            ("Rounds not sent though their event has begun", 2), ("Letters that came back", 1), ("Overdue tasks of the plan", 0), ("Promises behind their day", 0), ("Work that is due and not begun", 1),
        ];
        let expected: std::collections::BTreeMap<String, u64> = expected.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
        assert_eq!(lines().await, expected);
        let page = staff.get("/desk").await;
        assert!(page.text().contains("Kenya · supportive"), "{}", page.text());
        for link in page.attributes("main table a, main .timeline a", "href") {
            assert_eq!(staff.get(&link).await.status, 200, "{link}");
        }
        let iso3 = state_without_data(&program).await;
        record(&program, Fact { iso3: &iso3, direction: "oppose", day: "2026-10-10", visibility: "core", summary: "In confidence" }).await;
        demarche::positions::keeping::derive(&program.app.platform.database, campaign.id, now + chrono::Duration::minutes(1)).await.unwrap();
        let moved = staff.get("/desk").await.attributes("main .timeline a", "href");
        assert_eq!(moved.first().map(String::as_str), Some(format!("/desk/positions/{iso3}").as_str()), "the newest move stands first");
        program.clock.set(now + chrono::Duration::days(31));
        assert!(staff.get("/desk").await.texts("main .timeline a").is_empty(), "what moved 31 days ago is told no more");
    }
}
