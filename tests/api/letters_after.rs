//! Letters after an event: each state is thanked, asked or told of our regret by what the public record holds of it, and by nothing else (R43).

use std::collections::BTreeMap;

use demarche::{
    domain::language::Language,
    entities::{evidence, letter},
    letters::draft::Content,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use crate::{
    letters_written::{PR, drafted, letters, new_round, press, ready, round_state},
    on_both_databases,
    replies::send,
    support::{Program, program::Browser},
};

/// An event of the calendar, over for long, of which the shipped record holds nothing.
const EVENT: &str = "resolution_79_122";
const DAY: &str = "2024-12-04";

/// One act at that event, as a person would have recorded it.
async fn record(program: &Program, iso3: &str, kind: &str, direction: Option<&str>, visibility: &str) -> Uuid {
    let db = program.app.platform.database.write();
    let any = evidence::Entity::find().filter(evidence::Column::Visibility.eq("public")).one(db).await.unwrap().unwrap();
    let mut act = any.into_active_model();
    let id = Uuid::now_v7();
    (act.id, act.import_key, act.duplicate_of) = (Set(id), Set(None), Set(None));
    (act.iso3, act.kind, act.direction) = (Set(iso3.to_owned()), Set(kind.to_owned()), Set(direction.map(str::to_owned)));
    (act.occurred_on, act.precision) = (Set(DAY.parse().unwrap()), Set("day".to_owned()));
    (act.event, act.event_label, act.document) = (Set(Some(EVENT.to_owned())), Set(None), Set(Some(format!("TEST/{iso3}"))));
    (act.scope, act.capacity, act.visibility) = (Set("overall".to_owned()), Set("national".to_owned()), Set(visibility.to_owned()));
    (act.summary, act.note) = (Set(format!("What the test has {iso3} do at the vote.")), Set(None));
    evidence::Entity::insert(act).exec_without_returning(db).await.unwrap();
    id
}

async fn event(program: &Program, key: &str) -> String {
    let campaign = program.app.campaigns.get(&program.app.platform).await.unwrap();
    campaign.events.iter().find(|event| event.key == key).unwrap().id.to_string()
}

/// The block of each state's letter that says what it did.
fn moves(all: &[(letter::Model, Content)]) -> BTreeMap<&str, Vec<&str>> {
    let own = |content: &Content| KEYS.into_iter().filter(|key| content.drafted.iter().any(|block| block.key == *key)).collect();
    all.iter().map(|(letter, content)| (letter.iso3.as_str(), own(content))).collect()
}

const KEYS: [&str; 8] = [
    "after-cosponsored",
    "after-spoke",
    "after-voted-for",
    "after-explained",
    "after-abstained",
    "after-voted-against",
    "after-absent",
    "after-unknown",
];

async fn after(program: &Program, staff: &Browser, name: &str, language: &str) -> String {
    let followed = event(program, EVENT).await;
    let fields = [("posts", PR), ("language", language), ("event", ""), ("after", followed.as_str()), ("mode", "rehearsal")];
    drafted(program, staff, name, &fields).await
}

on_both_databases! {
    /// R43, R32
    async fn each_state_gets_the_letter_of_what_it_did(program: Program) {
        let staff = ready(&program).await;
        let acts = [
            ("KEN", "cosponsorship", Some("strong_support"), "after-cosponsored"),
            ("FRA", "statement", Some("support"), "after-spoke"),
            ("SEN", "vote", Some("support"), "after-voted-for"),
            ("MEX", "explanation", Some("oppose"), "after-explained"),
            ("JPN", "vote", Some("neutral"), "after-abstained"),
            ("POL", "vote", Some("strong_oppose"), "after-voted-against"),
            ("BRA", "absence", None, "after-absent"),
        ];
        let mut french = None;
        for (iso3, kind, direction, _) in acts {
            let id = record(&program, iso3, kind, direction, "public").await;
            french = french.or((iso3 == "FRA").then_some(id));
        }
        // What was told in private, what a group said and what a state answered to a letter is no act at the event.
        record(&program, "CHL", "vote", Some("strong_oppose"), "core").await;
        record(&program, "CHL", "statement", Some("oppose"), "coalition").await;
        record(&program, "PER", "group_statement", Some("support"), "public").await;
        let answer = send(&staff, "/desk/replies/new", &[("country", "GMB"), ("class", "negative"), ("received_on", DAY)], None).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let board = after(&program, &staff, "After the vote", "en").await;
        let all = letters(&program, &board).await;
        let found = moves(&all);
        assert_eq!(all.len(), 195);
        for (iso3, _, _, key) in acts {
            assert_eq!(found[iso3], [key], "{iso3}");
            let (_, content) = all.iter().find(|(letter, _)| letter.iso3 == iso3).unwrap();
            assert!(content.email.text.contains(&format!("(4 December 2024, TEST/{iso3})")), "{}", content.email.text);
            assert!(content.email.text.contains("General Assembly adopts resolution 79/122, 4 December 2024"), "{}", content.email.text);
        }
        let others = found.iter().filter(|(iso3, _)| !acts.iter().any(|(acted, ..)| acted == *iso3));
        assert!(others.clone().count() == 188 && others.into_iter().all(|(_, keys)| *keys == ["after-unknown"]), "{found:?}");
        for (letter, content) in &all {
            assert_eq!(letter.blockers, 0, "{}: {}", letter.iso3, letter.findings);
            assert!(content.page.asks.as_ref().is_some_and(|asks| asks.items.len() == 3), "{}", letter.iso3);
            assert!(letter.iso3 == "BRA" || !content.email.text.contains("absent"), "{} is called absent", letter.iso3);
            assert!(!content.drafted.iter().any(|block| block.key == "open-who" || block.key == "record"), "{}", letter.iso3);
        }
        let shown = staff.get(&board).await;
        assert!(shown.texts("dl.facts").join(" ").contains("Looks back on"), "{}", shown.text());
        // What is taken back between drafting and approval is quoted no more.
        let mut row = evidence::Entity::find_by_id(french.unwrap()).one(program.app.platform.database.read()).await.unwrap().unwrap().into_active_model();
        row.visibility = Set("core".to_owned());
        row.update(program.app.platform.database.write()).await.unwrap();
        assert!(press(&staff, &board, "approve").await.contains("Something stops 1"));
        let stopped = staff.get(&format!("{board}?finding=confidential_source")).await;
        assert_eq!(stopped.attributes("#board tbody tr", "data-state"), ["FRA"]);
        press(&staff, &board, "draft").await;
        program.drain().await;
        let again = letters(&program, &board).await;
        assert_eq!(moves(&again)["FRA"], ["after-unknown"]);
        assert!(press(&staff, &board, "approve").await.contains("is approved"), "the event is over, and that stops nothing here");
        assert_eq!(round_state(&program, &board).await, "approved");
    }

    /// R43, R39
    async fn letters_after_an_event_speak_every_language(program: Program) {
        let staff = ready(&program).await;
        let kinds = ["cosponsorship", "statement", "vote", "explanation", "vote", "vote", "absence"];
        let directions = [Some("support"), Some("support"), Some("support"), Some("oppose"), Some("neutral"), Some("oppose"), None];
        for ((iso3, kind), direction) in ["KEN", "FRA", "SEN", "MEX", "JPN", "POL", "BRA"].into_iter().zip(kinds).zip(directions) {
            record(&program, iso3, kind, direction, "public").await;
        }
        for language in Language::LETTERS {
            let board = after(&program, &staff, &format!("After, {language}"), language.code()).await;
            for (letter, content) in letters(&program, &board).await {
                assert_eq!(letter.blockers, 0, "{language} {}: {}", letter.iso3, letter.findings);
                assert!(!content.email.text.contains("{{"), "{language} {}", letter.iso3);
                let quotes = content.quoted.is_some_and(|quoted| quoted.source == format!("TEST/{}", letter.iso3));
                let acted = ["KEN", "FRA", "SEN", "MEX", "JPN", "POL", "BRA"].contains(&letter.iso3.as_str());
                assert_eq!((quotes, content.email.text.contains("TEST/")), (acted, acted), "{language} {}", letter.iso3);
            }
        }
    }

    /// R43: what nobody can look back on yet is refused, and so is looking both ways.
    async fn only_what_has_begun_can_be_looked_back_on(program: Program) {
        let staff = ready(&program).await;
        let form = staff.get("/desk/letters").await;
        let offered = form.attributes("select[name=after] option", "value");
        let (ahead, over) = (event(&program, "prepcom_2").await, event(&program, EVENT).await);
        assert!(offered.contains(&over) && !offered.contains(&ahead) && offered.len() > 10, "{offered:?}");
        assert!(!offered.contains(&event(&program, "resolution_69_118").await), "nobody acts at a milestone");
        for (chosen, then, words) in [
            ("", ahead.as_str(), "Choose an event that is over or has begun"),
            ("", "nonsense", "Choose an event that is over or has begun"),
            (ahead.as_str(), over.as_str(), "not both"),
        ] {
            let answer = new_round(&staff, "Wrong", &[("posts", PR), ("event", chosen), ("after", then)]).await;
            assert_eq!(answer.status, 422, "{then}");
            assert!(answer.text().contains(words), "{}", answer.text());
            assert_eq!(answer.field("name").as_deref(), Some("Wrong"));
        }
        // A round that leads up to an event stays what it was.
        let board = drafted(&program, &staff, "Ahead", &[("posts", PR), ("language", "en")]).await;
        let all = letters(&program, &board).await;
        assert!(all.iter().all(|(_, content)| !content.drafted.iter().any(|block| block.key.starts_with("after-"))));
    }
}
