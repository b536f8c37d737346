//! How the letters of a round are written, checked and approved: the shipped campaign, a wave frozen from imported fictitious signatories.

use std::{collections::BTreeSet, process::Command, time::Instant};

use chrono::Duration;
use demarche::{
    accounts::Role,
    domain::{
        blocks::BlockFile, checks::FindingCode, language::Language, letter::PostKind, signature::SignatureOrigin, wording::LetterWords,
    },
    entities::{addressee, evidence, letter, letter_round, letter_template, post},
    letters::draft::Content,
    signing::import::{self, Options},
    states::posts,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{
    on_both_databases,
    support::{
        Kind, Program,
        program::{Browser, start_of_tests},
        reading::Answer,
    },
};

pub const SECRET: &str = "Minister Duarte told us at breakfast that her delegation will abstain";
pub const PR: &str = "permanent_representative";

const HEAD: &str = "id,kind,name,location_label,iso3,contact_name,contact_email,contact_role,language,visibility,network_mode,network_members,signed_at,state\n";

/// Fictitious signatories: in Kenya, in France and elsewhere, organisations and individuals, some withheld, one counted only in the total.
fn sheet() -> String {
    let countries = ["KEN", "KEN", "FRA", "FRA", "SEN", "MEX", "JPN", "POL"];
    let line = |n: usize| {
        let kind = if n.is_multiple_of(5) { "individual" } else { "organisation" };
        let visibility = ["named", "named", "named", "withheld"][n % 4];
        let visibility = if n == 7 { "total_only" } else { visibility };
        let (iso3, label) = (countries[n % 8], if n == 8 { "in exile" } else { "" });
        format!(
            "T{n},{kind},Testers {n} (demo),{label},{iso3},Contact {n},t{n}@example.org,Director,en,{visibility},,,2026-11-20T09:00:00Z,verified\n"
        )
    };
    HEAD.to_owned() + &(0..30).map(line).collect::<String>()
}

/// Imported signatories, addresses that lead nowhere, one frozen wave, somebody who prepares.
pub async fn ready(program: &Program) -> Browser {
    let platform = &program.app.platform;
    let (campaign, states) = (program.app.campaigns.get(platform).await.unwrap(), program.app.states.get(platform).await.unwrap());
    let options = Options { dry_run: false, origin: SignatureOrigin::Import };
    let report = import::signatures(platform, (&campaign, &states), sheet().as_bytes(), options, |_| {}).await.unwrap();
    assert_eq!((report.added, &report.rejects), (30, &Vec::new()));
    posts::give_demo_addresses(platform).await.unwrap();
    let browser = program.staff(Role::Coordinator).await;
    let answer = browser.submit("/desk/waves", "/desk/waves", &[("next", "1")]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    browser
}

pub async fn new_round(browser: &Browser, name: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get("/desk/letters").await;
    let event = page.attributes("select[name=event] option", "value").into_iter().find(|value| !value.is_empty()).unwrap();
    let mut all = vec![("name", name), ("event", event.as_str()), ("wave", "1"), ("mode", "rehearsal")];
    all.retain(|(name, _)| !fields.iter().any(|(given, _)| given == name));
    all.extend_from_slice(fields);
    browser.submit("/desk/letters", "/desk/letters", &all).await
}

/// Makes a round, waits for its drafts, and gives the address of its board.
pub async fn drafted(program: &Program, browser: &Browser, name: &str, fields: &[(&str, &str)]) -> String {
    let answer = new_round(browser, name, fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    program.drain().await;
    answer.location().to_owned()
}

fn id_of(board: &str) -> Uuid {
    board.rsplit('/').next().unwrap().parse().unwrap()
}

/// Presses a button of the board, for an approval with the letters opened that it asks for; gives what the board says to it.
pub async fn press(browser: &Browser, board: &str, button: &str) -> String {
    if button == "approve" {
        browser.open_sample(board).await;
    }
    let answer = browser.submit(board, &format!("{board}/{button}"), &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    browser.get(board).await.texts("[role=alert], [role=status]").join(" ")
}

pub async fn letters(program: &Program, board: &str) -> Vec<(letter::Model, Content)> {
    let find = letter::Entity::find().filter(letter::Column::RoundId.eq(id_of(board))).order_by_asc(letter::Column::Iso3);
    let found = find.all(program.app.platform.database.read()).await.unwrap();
    found.into_iter().map(|letter| (serde_json::from_value(letter.content.clone()).unwrap(), letter)).map(|(c, l)| (l, c)).collect()
}

pub async fn round_state(program: &Program, board: &str) -> String {
    letter_round::Entity::find_by_id(id_of(board)).one(program.app.platform.database.read()).await.unwrap().unwrap().state
}

pub async fn words(program: &Program) -> (letter_template::Model, LetterWords) {
    let row = letter_template::Entity::find().one(program.app.platform.database.read()).await.unwrap().unwrap();
    let words = serde_json::from_value(row.blocks.clone()).unwrap();
    (row, words)
}

/// Writes `added` at the end of one paragraph of the campaign's words.
pub async fn tamper(program: &Program, language: Language, block: &str, added: &str) {
    let (row, mut words) = words(program).await;
    let text = words.texts.get_mut(&language).unwrap().text.get_mut(block).unwrap();
    text.push(' ');
    text.push_str(added);
    let mut change = row.into_active_model();
    change.blocks = Set(serde_json::to_value(words).unwrap());
    change.update(program.app.platform.database.write()).await.unwrap();
}

/// A note about a meeting that only the core group may read.
pub async fn seed_confidential_note(program: &Program) {
    let db = program.app.platform.database.write();
    let public = evidence::Entity::find().filter(evidence::Column::Visibility.eq("public")).one(db).await.unwrap().unwrap();
    let mut note = public.into_active_model();
    (note.id, note.import_key) = (Set(Uuid::now_v7()), Set(None));
    (note.kind, note.visibility) = (Set("meeting".to_owned()), Set("core".to_owned()));
    note.summary = Set(format!("Meeting of 3 November. {SECRET}. Follow up in January."));
    evidence::Entity::insert(note).exec_without_returning(db).await.unwrap();
}

pub fn pdf_words(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter.pdf");
    std::fs::write(&file, bytes).unwrap();
    let out = Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(&file).arg("-").output().unwrap();
    assert!(out.status.success());
    String::from_utf8(out.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

on_both_databases! {
    /// R28, R29, R30, R32, R39: all real letters to all states in all seven languages.
    async fn every_state_gets_its_own_sound_letter_in_every_language(program: Program) {
        seed_confidential_note(&program).await;
        let browser = ready(&program).await;
        let directory = program.app.states.get(&program.app.platform).await.unwrap();
        let (_, words) = words(&program).await;
        let kinds = post::Entity::find().all(program.app.platform.database.read()).await.unwrap();
        let kind_of = |id: Uuid| kinds.iter().find(|post| post.id == id).unwrap().kind.clone();
        for language in Language::LETTERS {
            let name = format!("All, {language}");
            let fields = [("posts", PR), ("posts", "foreign_minister"), ("language", language.code())];
            let board = drafted(&program, &browser, &name, &fields).await;
            let letters = letters(&program, &board).await;
            assert_eq!(letters.len(), 2 * directory.states().len());
            for (letter, content) in &letters {
                let at = format!("{} {language}", letter.iso3);
                assert_eq!((letter.blockers, letter.state.as_str(), letter.language.as_str()), (0, "checked", language.code()), "{at}: {}", letter.findings);
                let state = directory.state(&letter.iso3).unwrap();
                let part = |slot: &str| content.drafted.iter().filter(|block| words.blocks.block(&block.key).unwrap().slot.as_deref() == Some(slot)).count();
                assert_eq!((part("ask"), part("subject"), part("opening-move"), part("offer")), (1, 1, 1, 1), "{at}");
                let african = content.drafted.iter().any(|block| block.key == "region-african");
                assert!(!african || state.region == "african_group", "{at}");
                // The words are those of the language and of nobody else.
                for block in &content.drafted {
                    assert!(block.text.as_deref().is_some_and(|text| !text.contains("{{") && !text.is_empty()), "{at}: {}", block.key);
                }
                let english = &words.texts[&Language::En].text["body-gap"];
                assert_eq!(content.email.text.contains(english.as_str()), language == Language::En, "{at}");
                let all = serde_json::to_string(&letter.content).unwrap();
                assert!(!all.contains("Duarte") && !all.contains("breakfast"), "{at}");
                // The office and not a person; an observer's mission is an observer's.
                let kind = match kind_of(letter.post_id).as_str() {
                    PR if state.un_status == "observer" => PostKind::PermanentObserver,
                    PR => PostKind::PermanentRepresentative,
                    _ => PostKind::ForeignMinister,
                };
                let form = words.address.form(kind, language).unwrap();
                assert_eq!(content.page.addressee.len(), form.lines.len(), "{at}");
                assert_eq!(content.page.salutation, format!("{}{}", form.salutation, form.salutation_end), "{at}");
                let forms = state.forms.in_language(language);
                let named = [&forms.formal, &forms.of].into_iter().any(|form| content.page.addressee.iter().any(|line| line.contains(form.as_str())));
                assert!(named, "{at}: {:?}", content.page.addressee);
            }
        }
    }

    /// R31, R32: what is found is said on the board and on the letter, and stops the round.
    async fn a_letter_with_a_hole_or_a_secret_cannot_be_approved(program: Program) {
        seed_confidential_note(&program).await;
        let browser = ready(&program).await;
        tamper(&program, Language::Fr, "body-gap", "Nous remercions [STATE].").await;
        tamper(&program, Language::En, "ask-opposed", "reply before 10 October 2024").await;
        tamper(&program, Language::Ar, "body-now", &SECRET.to_uppercase()).await;
        let board = drafted(&program, &browser, "Faulty", &[("posts", PR)]).await;
        let found = letters(&program, &board).await;
        let with = |code: FindingCode| {
            let holds = |letter: &&(letter::Model, Content)| letter.0.findings.to_string().contains(&format!("\"{}\"", code.key()));
            found.iter().filter(holds).map(|letter| letter.0.iso3.clone()).collect::<BTreeSet<_>>()
        };
        let in_language = |code: &str| found.iter().filter(|(letter, _)| letter.language == code).map(|(letter, _)| letter.iso3.clone()).collect::<BTreeSet<_>>();
        assert!(!in_language("fr").is_empty() && !in_language("ar").is_empty());
        assert_eq!(with(FindingCode::Placeholder), in_language("fr"));
        assert_eq!(with(FindingCode::ConfidentialSource), in_language("ar"));
        assert_eq!(with(FindingCode::UncheckedTranslation).len(), found.len() - in_language("en").len());
        assert!(found.iter().all(|(letter, _)| !letter.findings.to_string().contains("Duarte")), "a finding repeats no secret");
        let said = press(&browser, &board, "approve").await;
        assert!(said.contains("Something stops"), "{said}");
        assert_eq!(round_state(&program, &board).await, "checked");
        assert!(letters(&program, &board).await.iter().all(|(letter, _)| letter.state != "approved"));
        // The board's filter shows just those, in words.
        let shown = browser.get(&format!("{board}?finding=placeholder")).await;
        let rows: BTreeSet<_> = shown.attributes("#board tbody tr", "data-state").into_iter().collect();
        assert_eq!(rows, in_language("fr"));
        assert!(shown.texts("#board tbody").join(" ").contains("Something is left to fill in"));
        let all = browser.get(&format!("{board}?finding=blocker")).await;
        assert!(all.attributes("#board tbody tr", "data-state").len() >= rows.len() + in_language("ar").len());
        let (letter, _) = found.iter().find(|(letter, _)| letter.language == "fr").unwrap();
        let page = browser.get(&format!("{board}/{}", letter.id)).await.text();
        assert!(page.contains("body-gap") && page.contains("[STATE]"), "{page}");
        // Left out, they no longer stop the others.
        press(&browser, &board, "leave-out").await;
        press(&browser, &board, "approve").await;
        assert_eq!(round_state(&program, &board).await, "approved");
    }

    /// R31: between drafting and approval a meeting may pass and an address may go.
    async fn approval_looks_again_at_what_may_have_changed(program: Program) {
        let browser = ready(&program).await;
        let board = drafted(&program, &browser, "Late", &[("posts", PR), ("mode", "send")]).await;
        assert!(letters(&program, &board).await.iter().all(|(letter, _)| letter.state == "checked"));
        let db = program.app.platform.database.write();
        let kenya = post::Entity::find().filter(post::Column::Iso3.eq("KEN")).filter(post::Column::Kind.eq(PR)).one(db).await.unwrap().unwrap();
        let mut entry = addressee::Entity::find().filter(addressee::Column::PostId.eq(kenya.id)).one(db).await.unwrap().unwrap().into_active_model();
        entry.ends_on = Set(Some((start_of_tests() - Duration::days(1)).date_naive()));
        entry.update(db).await.unwrap();
        press(&browser, &board, "approve").await;
        assert_eq!(round_state(&program, &board).await, "checked");
        let shown = browser.get(&format!("{board}?finding=no_recipient")).await;
        assert_eq!(shown.attributes("#board tbody tr", "data-state"), ["KEN"]);
        press(&browser, &board, "leave-out").await;
        program.clock.set(start_of_tests() + Duration::days(5 * 366));
        let browser = program.staff(Role::Coordinator).await;
        let said = press(&browser, &board, "approve").await;
        assert!(said.contains("Something stops"), "{said}");
        let rows = browser.get(&format!("{board}?finding=past_date")).await.attributes("#board tbody tr", "data-state");
        assert_eq!(rows.len(), letters(&program, &board).await.len() - 1);
    }

    /// R88, and what an observer may do: the Holy See supports, and is asked for nothing that only members may do.
    async fn an_observer_is_not_asked_to_co_sponsor(program: Program) {
        let browser = ready(&program).await;
        let board = drafted(&program, &browser, "Observers", &[("posts", PR), ("language", "en")]).await;
        let all = letters(&program, &board).await;
        let asks = |iso3: &str| {
            let (_, content) = all.iter().find(|(letter, _)| letter.iso3 == iso3).unwrap();
            content.page.asks.clone().unwrap().items.join(" ")
        };
        assert!(asks("VAT").contains("encourage Member States to co-sponsor"), "{}", asks("VAT"));
        let directory = program.app.states.get(&program.app.platform).await.unwrap();
        let observers: Vec<_> = directory.states().iter().filter(|state| state.un_status == "observer").map(|state| state.iso3.clone()).collect();
        assert_eq!(observers.len(), 2);
        for (letter, content) in &all {
            let own = content.email.text.contains("and co-sponsor future") || content.email.text.contains("abstain rather than oppose");
            assert!(!own || !observers.contains(&letter.iso3), "{}: {}", letter.iso3, content.email.text);
        }
        assert!(all.iter().any(|(_, content)| content.email.text.contains("and co-sponsor future")), "members are still asked");
    }

    /// A name no font here can set whole is printed as far as it goes, and a person is told before anybody approves.
    async fn a_name_with_a_sign_no_font_has_is_told_before_approval(program: Program) {
        let platform = &program.app.platform;
        let (campaign, states) = (program.app.campaigns.get(platform).await.unwrap(), program.app.states.get(platform).await.unwrap());
        let odd = format!("{HEAD}U1,organisation,Unicorn 🦄 Trust (demo),,KEN,Contact,u1@example.org,Director,en,named,,,2026-11-20T09:00:00Z,verified\n");
        let options = Options { dry_run: false, origin: SignatureOrigin::Import };
        let report = import::signatures(platform, (&campaign, &states), odd.as_bytes(), options, |_| {}).await.unwrap();
        assert_eq!(report.added, 1);
        let browser = ready(&program).await;
        let board = drafted(&program, &browser, "Unicorn", &[("posts", PR), ("language", "en")]).await;
        let shown = browser.get(&format!("{board}?finding=unsettable_name")).await;
        assert_eq!(shown.attributes("#board tbody tr", "data-state").len(), 195, "each letter has the annex");
        assert!(shown.texts("#board tbody").join(" ").contains("cannot be printed whole"));
        let all = letters(&program, &board).await;
        let kenya = all.iter().find(|(letter, _)| letter.iso3 == "KEN").unwrap().0.id;
        let page = browser.get(&format!("{board}/{kenya}")).await;
        assert!(page.text().contains("Unicorn 🦄 Trust (demo)"), "the person sees which: {}", page.text());
        let printed = pdf_words(&browser.get(&format!("{board}/{kenya}/letter.pdf")).await.bytes);
        assert!(printed.contains("Unicorn Trust (demo)") && !printed.contains('\u{FFFD}'), "{printed}");
        assert!(press(&browser, &board, "approve").await.contains("is approved"), "one name does not hold back the letters to all states");
    }

    /// R27, R28: a named holder stands in the address; whoever has left the post gets no letter.
    async fn a_named_holder_is_written_to_and_a_former_one_is_not(program: Program) {
        let browser = ready(&program).await;
        let db = program.app.platform.database.write();
        let kenya = post::Entity::find().filter(post::Column::Iso3.eq("KEN")).filter(post::Column::Kind.eq(PR)).one(db).await.unwrap().unwrap();
        let entry = addressee::Entity::find().filter(addressee::Column::PostId.eq(kenya.id)).one(db).await.unwrap().unwrap();
        let name = async |name: &str, checked: chrono::DateTime<chrono::Utc>| {
            let mut change = entry.clone().into_active_model();
            (change.honorific, change.holder_name) = (Set(Some("H.E. Ms.".to_owned())), Set(Some(name.to_owned())));
            change.checked_at = Set(Some(checked));
            change.update(db).await.unwrap();
        };
        name("Test Holder One", start_of_tests()).await;
        let board = drafted(&program, &browser, "Named", &[("posts", PR), ("language", "ar")]).await;
        let all = letters(&program, &board).await;
        let (letter, content) = all.iter().find(|(letter, _)| letter.iso3 == "KEN").unwrap();
        assert_eq!((content.page.addressee[0].as_str(), letter.blockers), ("H.E. Ms. Test Holder One", 0), "{}", letter.findings);
        assert!(content.email.text.starts_with("H.E. Ms. Test Holder One\n"), "{}", content.email.text);
        assert!(all.iter().filter(|(letter, _)| letter.iso3 != "KEN").all(|(_, content)| content.addressed_by.is_empty()));
        name("Test Holder Two", start_of_tests()).await;
        assert!(press(&browser, &board, "approve").await.contains("Something stops 1"));
        let stopped = browser.get(&format!("{board}?finding=other_holder")).await;
        assert_eq!(stopped.attributes("#board tbody tr", "data-state"), ["KEN"]);
        press(&browser, &board, "draft").await;
        program.drain().await;
        let again = letters(&program, &board).await;
        assert_eq!(again.iter().find(|(letter, _)| letter.iso3 == "KEN").unwrap().1.page.addressee[0], "H.E. Ms. Test Holder Two");
        assert!(press(&browser, &board, "approve").await.contains("is approved"));
    }

    async fn a_round_of_a_known_name_or_with_bad_choices_comes_back_as_typed(program: Program) {
        let browser = ready(&program).await;
        drafted(&program, &browser, "Autumn", &[("posts", PR)]).await;
        let again = new_round(&browser, "Autumn", &[("posts", "foreign_minister"), ("mode", "send")]).await;
        assert_eq!(again.status, 422);
        assert_eq!(again.field("name").as_deref(), Some("Autumn"));
        assert_eq!(again.attributes("input[name=posts][checked]", "value"), ["foreign_minister"]);
        assert_eq!(again.attributes("input[name=mode][checked]", "value"), ["send"]);
        assert_eq!(again.texts("#name-error").len(), 1);
        for (field, value) in [("event", "x"), ("wave", "99"), ("posts", "king"), ("language", "tlh"), ("name", "\u{202e}")] {
            let fields = [("posts", PR), (field, value)];
            let bad = new_round(&browser, "Other", if field == "posts" { &fields[1..] } else { &fields }).await;
            assert!(bad.status == 422, "{field}: {}", bad.status);
            assert_eq!(bad.texts(".error-summary li").len(), 1, "{field}: {}", bad.text());
        }
    }

    async fn a_board_stays_quick(program: Program) {
        let browser = ready(&program).await;
        for (name, posts) in [("One post", vec![("posts", PR)]), ("Two posts", vec![("posts", PR), ("posts", "foreign_minister")])] {
            let start = Instant::now();
            let board = drafted(&program, &browser, name, &posts).await;
            let drafting = start.elapsed();
            let start = Instant::now();
            let page = browser.get(&board).await;
            let took = start.elapsed();
            let rows = page.attributes("#board tbody tr", "data-state").len();
            println!("{:?}: {rows} letters drafted in {drafting:?}, board in {took:?}, {} kB", program.kind, page.bytes.len() / 1024);
            assert_eq!(rows, 195 * posts.len());
            assert!(took.as_secs() < 5, "{took:?}");
        }
    }
}

/// R30: the shipped blocks in the table are those the letters were made of.
#[test]
fn the_campaigns_asks_share_one_slot() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/campaigns/cah/letters/blocks.toml");
    let file: BlockFile = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let asks = file.blocks.iter().filter(|block| block.key.starts_with("ask-") && block.items);
    assert!(asks.clone().count() >= 6 && asks.clone().all(|block| block.slot.as_deref() == Some("ask")));
}

/// The built program on a database with a drafted round.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_writes_the_letters_of_a_round() {
    let program = Program::start(Kind::Sqlite).await;
    let browser = ready(&program).await;
    drafted(&program, &browser, "Autumn", &[("posts", PR), ("posts", "foreign_minister")]).await;
    drafted(&program, &browser, "One post", &[("posts", PR)]).await;
    let folder = tempfile::tempdir().unwrap();
    let url = program.database_url.clone();
    let run = |arguments: &[&str]| {
        let out = Command::new(env!("CARGO_BIN_EXE_demarche"))
            .args(["letters", "render", "--out"])
            .arg(folder.path())
            .args(arguments)
            .env("DATABASE_URL", &url)
            .env("DEMARCHE_MAIL_DIR", folder.path().join("mail"))
            .env("DEMARCHE_SECRET_KEY", "a secret of the tests, long enough to be one")
            .output()
            .unwrap();
        (out.status.code(), String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr))
    };
    let one = folder.path().join("CAH-KEN-en-2026-11-23.pdf");
    std::fs::write(&one, "an older file").unwrap();
    let (code, said) = run(&["--round", "One post", "--state", "ken"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 letters written"), "{said}");
    assert!(std::fs::read(&one).unwrap().starts_with(b"%PDF-"), "the older file is replaced");
    let (code, said) = run(&["--round", "Autumn", "--state", "FRA", "--language", "fr"]);
    assert_eq!(code, Some(0), "{said}");
    for post in ["permanent-representative", "foreign-minister"] {
        assert!(folder.path().join(post).join("CAH-FRA-fr-2026-11-23.pdf").exists(), "{post}");
    }
    for (arguments, code, words) in [
        (["--round", "Winter", "--state", "FRA"], 2, "no round is called"),
        (["--round", "Autumn", "--state", "XXX"], 2, "no state has the code"),
        (["--round", "Autumn", "--language", "tlh"], 2, "one of en, fr"),
    ] {
        let (got, said) = run(&arguments);
        assert_eq!(got, Some(code), "{said}");
        assert!(said.contains(words), "{said}");
    }
    let (code, said) = run(&["--round", "Autumn", "--state", "FRA", "--language", "ru"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(std::fs::read_dir(folder.path()).unwrap().all(|entry| !entry.unwrap().file_name().to_string_lossy().ends_with(".part")));
}
