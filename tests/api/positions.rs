//! Evidence in, positions out: repeatable imports, the published rule, two times, and what the public may never see.

use std::sync::Arc;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use demarche::{
    accounts::Role,
    campaigns::Current,
    entities::evidence,
    positions::{
        Audience, changes,
        derivation::{self, Board},
        evidence::{self as cases, Act},
        export, import,
        item::Typed,
        keeping, store,
    },
};
use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use crate::{
    on_both_databases,
    support::{Kind, Program},
};

pub async fn current(program: &Program) -> Arc<Current> {
    program.app.campaigns.get(&program.app.platform).await.unwrap()
}

/// Ends all shipped evidence, so that a test says itself what is known.
pub async fn clear(program: &Program) {
    let change = evidence::ActiveModel { ended_at: Set(Some(program.app.platform.clock.now())), ..Default::default() };
    evidence::Entity::update_many().set(change).exec(program.app.platform.database.write()).await.unwrap();
    derive(program).await;
}

async fn derive(program: &Program) {
    let campaign = current(program).await;
    keeping::derive(&program.app.platform.database, campaign.id, program.app.platform.clock.now()).await.unwrap();
}

pub fn typed(iso3: &str, direction: &str, date: &str) -> Typed {
    Typed {
        iso3: iso3.into(),
        kind: "statement".into(),
        direction: direction.into(),
        date: date.into(),
        summary: "Said so.".into(),
        source_url: "https://example.org/statement".into(),
        confidence: "high".into(),
        visibility: "public".into(),
        coder: "test".into(),
        ..Typed::default()
    }
}

pub async fn enter(program: &Program, typed: &Typed) -> Uuid {
    let campaign = current(program).await;
    let account = program.add_account(&format!("{}@staff.example.org", Uuid::now_v7().simple()), Role::Campaigner).await;
    let act = Act { campaign: &campaign, account };
    let id = cases::enter(&program.app.platform, act, typed, Uuid::now_v7()).await.unwrap();
    program.drain().await;
    id
}

async fn retract(program: &Program, id: Uuid) {
    let campaign = current(program).await;
    let act = Act { campaign: &campaign, account: Uuid::now_v7() };
    cases::retract(&program.app.platform, act, id, "entered in error").await.unwrap();
    program.drain().await;
}

pub async fn stance(program: &Program, audience: Audience, iso3: &str) -> Option<String> {
    let campaign = current(program).await;
    let rows = store::positions_of(program.app.platform.database.read(), campaign.id, audience, iso3).await.unwrap();
    rows.into_iter().find(|row| row.issue_code.is_empty()).map(|row| row.stance)
}

/// All stored rows of an audience as bytes, ids and times of derivation included.
async fn rows(program: &Program, audience: Audience) -> String {
    let campaign = current(program).await;
    format!("{:#?}", store::all_positions(program.app.platform.database.read(), campaign.id, audience).await.unwrap())
}

async fn board(program: &Program, audience: Audience, day: NaiveDate, known: DateTime<Utc>) -> Board {
    let campaign = current(program).await;
    let db = program.app.platform.database.read();
    derivation::as_of(db, (campaign.id, &campaign.config), audience, day, known).await.unwrap()
}

pub async fn import(program: &Program, file: &str, dry_run: bool) -> import::Report {
    let campaign = current(program).await;
    let of = (campaign.id, &campaign.config);
    let report = import::evidence(&program.app.platform, of, file.as_bytes(), dry_run, None, |_| {}).await.unwrap();
    program.drain().await;
    report
}

pub fn shipped() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/campaigns/cah/evidence.csv")).unwrap()
}

fn later(program: &Program, by: Duration) {
    let now = program.app.platform.clock.now();
    program.clock.set(now + by);
}

on_both_databases! {
    /// The shipped record: every line is read, and it says of each state what its own rows say.
    async fn the_shipped_record_loads_whole_and_gives_each_state_one_position(program: Program) {
        let campaign = current(&program).await;
        let db = program.app.platform.database.read();
        let evidence = store::evidence(db, campaign.id, Audience::Public).await.unwrap();
        assert_eq!(evidence.len(), 698);
        let overall = store::positions(db, campaign.id, Audience::Public, store::OVERALL).await.unwrap();
        let states: std::collections::BTreeSet<&str> = overall.iter().map(|row| row.iso3.as_str()).collect();
        assert_eq!(states.len(), overall.len(), "R51: every state once, however many groups spoke for it");
        assert!(overall.len() > 100 && overall.iter().all(|row| row.stance != "no_data" && row.stance != "silent"), "{}", overall.len());
        assert!(overall.iter().all(|row| !keeping::deciding_of(row).is_empty()), "R47: no stance without evidence");
    }

    /// R47: no stance stands without evidence.
    async fn deleting_the_last_item_returns_the_state_to_no_data(program: Program) {
        clear(&program).await;
        assert_eq!(stance(&program, Audience::Staff, "FRA").await, None);
        let id = enter(&program, &typed("FRA", "strong_support", "2026-10-01")).await;
        assert_eq!(stance(&program, Audience::Public, "FRA").await.as_deref(), Some("strong_support"));
        retract(&program, id).await;
        assert_eq!(stance(&program, Audience::Public, "FRA").await, None);
        assert_eq!(stance(&program, Audience::Staff, "FRA").await, None);
        let campaign = current(&program).await;
        let moves = store::changes_since(program.app.platform.database.read(), campaign.id, Audience::Public, program.app.platform.clock.now()).await.unwrap();
        let last = moves.iter().find(|row| row.iso3 == "FRA" && row.to_stance == "no_data" && row.evidence_id == Some(id));
        assert!(last.is_some(), "R63: the move names what caused it: {moves:?}");
    }

    /// R48: the kind of act does not decide its direction.
    async fn two_dissociations_with_opposite_directions_have_opposite_effects(program: Program) {
        clear(&program).await;
        for (iso3, direction) in [("FRA", "support"), ("DEU", "oppose")] {
            enter(&program, &Typed { kind: "dissociation".into(), ..typed(iso3, direction, "2026-10-01") }).await;
        }
        assert_eq!(stance(&program, Audience::Public, "FRA").await.as_deref(), Some("support"));
        assert_eq!(stance(&program, Audience::Public, "DEU").await.as_deref(), Some("oppose"));
    }

    /// R49: what the record does not say is not silence, and neither is neutral.
    async fn silence_is_told_only_by_a_whole_record(program: Program) {
        clear(&program).await;
        enter(&program, &typed("FRA", "neutral", "2026-10-01")).await;
        let (day, now) = (NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(), program.app.platform.clock.now());
        let partial = board(&program, Audience::Public, day, now).await;
        assert_eq!((partial.stance("FRA"), partial.stance("DEU")), ("neutral", "no_data"));
        let campaign = current(&program).await;
        let mut whole = campaign.config.clone();
        whole.derivation.partial_record = false;
        let db = program.app.platform.database.read();
        let whole = derivation::as_of(db, (campaign.id, &whole), Audience::Public, day, now).await.unwrap();
        assert_eq!((whole.stance("FRA"), whole.stance("DEU")), ("neutral", "silent"));
    }

    /// R51: with its own word, what a group said does not count; without, it counts and is marked.
    async fn a_states_own_statement_prevails_over_its_groups(program: Program) {
        clear(&program).await;
        let group = |iso3: &str| Typed { kind: "group_statement".into(), capacity: "group_member".into(), group_name: "A group".into(), ..typed(iso3, "strong_support", "2026-10-02") };
        for iso3 in ["FRA", "DEU", "FRA"] {
            enter(&program, &group(iso3)).await;
        }
        enter(&program, &typed("FRA", "oppose", "2026-10-01")).await;
        let campaign = current(&program).await;
        let rows = store::positions(program.app.platform.database.read(), campaign.id, Audience::Public, store::OVERALL).await.unwrap();
        let seen: Vec<_> = rows.iter().map(|row| (row.iso3.as_str(), row.stance.as_str(), row.via_group)).collect();
        assert_eq!(seen, [("DEU", "strong_support", true), ("FRA", "oppose", false)]);
    }

    /// R54: the board of an earlier day is the same before and after a later correction.
    async fn an_earlier_board_is_the_same_after_a_later_correction(program: Program) {
        let day = NaiveDate::from_ymd_opt(2024, 11, 30).unwrap();
        let known = program.app.platform.clock.now();
        let before = board(&program, Audience::Public, day, known).await;
        assert!(before.overalls().count() > 50);
        later(&program, Duration::days(10));
        let campaign = current(&program).await;
        let db = program.app.platform.database.read();
        let item = store::evidence_of(db, campaign.id, Audience::Public, "RUS").await.unwrap().into_iter().find(|item| item.row.occurred_on < day && item.row.scope == "overall").unwrap();
        let act = Act { campaign: &campaign, account: Uuid::now_v7() };
        let correction = typed("RUS", "strong_support", &item.row.occurred_on.to_string());
        cases::supersede(&program.app.platform, act, item.row.id, &correction).await.unwrap();
        enter(&program, &typed("DEU", "strong_oppose", "2024-11-01")).await;
        assert_eq!(board(&program, Audience::Public, day, known).await, before);
        let corrected = board(&program, Audience::Public, day, program.app.platform.clock.now()).await;
        assert_ne!(corrected, before, "what is known now of that day differs");
    }

    /// R55: whatever happens to evidence that is not public, no byte of a public row changes.
    async fn evidence_that_is_not_public_never_moves_a_public_row(program: Program) {
        enter(&program, &typed("JAM", "support", "2026-10-01")).await;
        let before = rows(&program, Audience::Public).await;
        let directions = ["strong_support", "support", "neutral", "oppose", "strong_oppose", ""];
        let states = ["FRA", "JAM", "RUS", "CHN", "TUV", "MEX"];
        let mut entered = Vec::new();
        for n in 0..12_usize {
            let secret = Typed {
                kind: if n % 2 == 0 { "meeting".into() } else { "reply".into() },
                visibility: if n % 3 == 0 { "core".into() } else { "coalition".into() },
                source_url: String::new(),
                summary: "Said in confidence.".into(),
                issues: "immunity:opposes;prevention".into(),
                ..typed(states[n % 6], directions[(n * 5) % 6], "2026-11-01")
            };
            entered.push((enter(&program, &secret).await, secret));
            assert_eq!(rows(&program, Audience::Public).await, before, "entering {n}");
        }
        assert_ne!(stance(&program, Audience::Staff, "TUV").await, None, "staff see it");
        assert_eq!(stance(&program, Audience::Public, "TUV").await, None);
        let campaign = current(&program).await;
        for (n, (id, secret)) in entered.into_iter().enumerate() {
            if n % 2 == 0 {
                retract(&program, id).await;
            } else {
                let act = Act { campaign: &campaign, account: Uuid::now_v7() };
                cases::supersede(&program.app.platform, act, id, &Typed { direction: "oppose".into(), ..secret }).await.unwrap();
                program.drain().await;
            }
            assert_eq!(rows(&program, Audience::Public).await, before, "changing {n}");
        }
        let sheet = export::evidence(program.app.platform.database.read(), campaign.id, Audience::Public).await.unwrap();
        assert!(!String::from_utf8(sheet).unwrap().contains("Said in confidence."));
    }

    async fn deriving_again_changes_no_byte(program: Program) {
        let before = (rows(&program, Audience::Public).await, rows(&program, Audience::Staff).await);
        derive(&program).await;
        assert_eq!((rows(&program, Audience::Public).await, rows(&program, Audience::Staff).await), before);
    }

    /// Evidence that comes in while positions are weighed is not written over: the weighing begins again, and two at once are as one.
    async fn a_derivation_overtaken_by_new_evidence_begins_again(program: Program) {
        clear(&program).await;
        let campaign = current(&program).await;
        let (database, now) = (&program.app.platform.database, program.app.platform.clock.now());
        let account = program.add_account("coder@staff.example.org", Role::Campaigner).await;
        let act = Act { campaign: &campaign, account };
        cases::enter(&program.app.platform, act, &typed("FRA", "support", "2026-10-01"), Uuid::now_v7()).await.unwrap();
        let draft = keeping::draft(database, campaign.id, now).await.unwrap();
        let newer = cases::enter(&program.app.platform, act, &typed("FRA", "strong_oppose", "2026-10-02"), Uuid::now_v7()).await.unwrap();
        assert_eq!(keeping::keep(database, draft).await.unwrap(), None, "one item more");
        assert_eq!(stance(&program, Audience::Staff, "FRA").await, None, "nothing was written");
        let draft = keeping::draft(database, campaign.id, now).await.unwrap();
        cases::retract(&program.app.platform, act, newer, "a test").await.unwrap();
        assert_eq!(keeping::keep(database, draft).await.unwrap(), None, "one item less");
        let drafts = (keeping::draft(database, campaign.id, now).await.unwrap(), keeping::draft(database, campaign.id, now).await.unwrap());
        let derived = keeping::keep(database, drafts.0).await.unwrap().unwrap();
        assert_eq!((derived.written, derived.moved), (2, 2), "both audiences");
        assert_eq!(keeping::keep(database, drafts.1).await.unwrap(), None, "the other was faster, and no move is told twice");
        let (one, other) = tokio::join!(keeping::derive(database, campaign.id, now), keeping::derive(database, campaign.id, now));
        assert_eq!((one.unwrap().written, other.unwrap().written), (0, 0));
        assert_eq!(stance(&program, Audience::Public, "FRA").await.as_deref(), Some("support"));
        let moves = store::changes_since(database.read(), campaign.id, Audience::Public, now).await.unwrap();
        assert_eq!(moves.iter().filter(|row| row.iso3 == "FRA" && row.to_stance == "support").count(), 1, "{moves:?}");
    }

    /// Whoever signs or records meanwhile does not wait for it, nor it for them.
    async fn weighing_takes_no_write_lock(program: Program) {
        let campaign = current(&program).await;
        let database = &program.app.platform.database;
        let somebody = database.begin().await.unwrap();
        let weighing = keeping::draft(database, campaign.id, program.app.platform.clock.now());
        tokio::time::timeout(std::time::Duration::from_secs(20), weighing).await.expect("it waits for the writer").unwrap();
        somebody.rollback().await.unwrap();
    }

    /// R58: the same state, the same evidence, five years later.
    async fn confidence_falls_with_age(program: Program) {
        clear(&program).await;
        for day in ["2026-10-01", "2026-10-02"] {
            enter(&program, &typed("FRA", "support", day)).await;
        }
        let now = program.app.platform.clock.now();
        let confidence = async |year| {
            let day = NaiveDate::from_ymd_opt(year, 11, 23).unwrap();
            board(&program, Audience::Public, day, now).await.overall("FRA").unwrap().confidence.key()
        };
        assert_eq!((confidence(2026).await, confidence(2031).await, confidence(2036).await), ("high", "medium", "low"));
    }

    /// R62: a draft and its revision have lists of their own, and counts come from them.
    async fn each_revision_of_a_draft_has_its_own_sponsors(program: Program) {
        let sponsor = |iso3: &str, document: &str, date: &str| Typed { kind: "cosponsorship".into(), document: document.into(), ..typed(iso3, "support", date) };
        for (iso3, document, date) in [("FRA", "A/L.2", "2026-10-01"), ("JAM", "A/L.2", "2026-10-02"), ("FRA", "A/L.2/Rev.1", "2026-10-09"), ("FRA", "A/L.2", "2026-10-03")] {
            enter(&program, &sponsor(iso3, document, date)).await;
        }
        enter(&program, &Typed { kind: "dissociation".into(), ..sponsor("JAM", "A/L.2", "2026-10-08") }).await;
        let campaign = current(&program).await;
        let drafts = store::cosponsors(program.app.platform.database.read(), campaign.id, Audience::Public).await.unwrap();
        let names = |document: &str| drafts[document].iter().map(|sponsor| (sponsor.iso3.as_str(), sponsor.left.is_some())).collect::<Vec<_>>();
        assert_eq!(names("A/L.2"), [("FRA", false), ("JAM", true)]);
        assert_eq!(names("A/L.2/Rev.1"), [("FRA", false)]);
    }

    /// R63: the feed is the difference of two as-of boards.
    async fn the_changes_of_a_time_are_the_difference_of_two_boards(program: Program) {
        clear(&program).await;
        let from = program.app.platform.clock.now();
        later(&program, Duration::hours(1));
        let first = enter(&program, &typed("FRA", "oppose", "2026-10-01")).await;
        later(&program, Duration::hours(1));
        enter(&program, &typed("DEU", "support", "2026-10-01")).await;
        later(&program, Duration::hours(1));
        retract(&program, first).await;
        let second = enter(&program, &typed("FRA", "strong_support", "2026-11-01")).await;
        let campaign = current(&program).await;
        let db = program.app.platform.database.read();
        let to = program.app.platform.clock.now();
        let moves = changes::between(db, (campaign.id, &campaign.config), Audience::Public, from, to).await.unwrap();
        let seen: Vec<_> = moves.iter().map(|change| (change.iso3.as_str(), change.from.as_str(), change.to.as_str())).collect();
        assert_eq!(seen, [("DEU", "no_data", "support"), ("FRA", "no_data", "strong_support")]);
        assert_eq!(moves[1].cause, Some(second));
        let mut folded = std::collections::BTreeMap::new();
        let log = store::changes_since(db, campaign.id, Audience::Public, from + Duration::seconds(1)).await.unwrap();
        for row in log.into_iter().rev() {
            folded.insert(row.iso3, row.to_stance);
        }
        assert_eq!(folded.into_iter().collect::<Vec<_>>(), [("DEU".to_owned(), "support".to_owned()), ("FRA".to_owned(), "strong_support".to_owned())]);
    }
}

/// Figures for docs/performance.md.
async fn measure(program: Program) {
    let started = std::time::Instant::now();
    derive(&program).await;
    println!("{:?} 698 rows: {:?}", program.kind, started.elapsed());
    let states = ["FRA", "DEU", "JAM", "MEX", "CHN", "RUS", "TUV", "KEN", "BRA", "IND"];
    let mut file = String::from("id,iso3,type,direction,date,summary,source_url,confidence,visibility,issues\n");
    for n in 0..100_000 {
        let (state, month, day) = (states[n % 10], n % 12 + 1, n % 28 + 1);
        let direction = ["support", "oppose", "neutral", "strong_support"][n / 7 % 4];
        file.push_str(&format!(
            "N{n},{state},statement,{direction},2025-{month:02}-{day:02},Said it.,https://example.org/{n},high,public,immunity\n"
        ));
    }
    let campaign = current(&program).await;
    let started = std::time::Instant::now();
    let of = (campaign.id, &campaign.config);
    let report = import::evidence(&program.app.platform, of, file.as_bytes(), false, None, |_| {}).await.unwrap();
    println!("{:?} import of {} rows: {:?}", program.kind, report.added, started.elapsed());
    let (database, now) = (&program.app.platform.database, program.app.platform.clock.now());
    for what in ["changed", "unchanged"] {
        let started = std::time::Instant::now();
        let draft = keeping::draft(database, campaign.id, now).await.unwrap();
        let weighed = started.elapsed();
        keeping::keep(database, draft).await.unwrap().unwrap();
        let all = started.elapsed();
        println!(
            "{:?} derivation of 100,698 rows, both audiences, {what}: {all:?}, of it under the write lock {:?}",
            program.kind,
            all - weighed
        );
    }
    assert_eq!(report.added, 100_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures; run with --ignored --nocapture"]
async fn deriving_a_hundred_thousand_items_on_sqlite() {
    measure(Program::start(Kind::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures; run with --ignored --nocapture"]
async fn deriving_a_hundred_thousand_items_on_postgres() {
    measure(Program::start(Kind::Postgres).await).await;
}
