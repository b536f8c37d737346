//! The roll, its counts, vetting, waves and sheets: what is shown, and what must never be.

use chrono::Duration;
use demarche::{
    accounts::Role,
    domain::{headline::Headline, signature::SignatureOrigin},
    entities::{signature, text_version},
    signing::{
        counts, export,
        import::{self, Options, Report},
        vetting, waves,
    },
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, Statement};
use uuid::Uuid;

use crate::{
    on_both_databases,
    support::{Kind, Program, program::Browser},
};

pub const HEAD: &str = "id,kind,name,location_label,iso3,contact_name,contact_email,contact_role,language,visibility,network_mode,network_members,signed_at,state\n";

/// One line of a sheet; signed while the statement was open.
fn line(id: &str, kind: &str, name: &str, label: &str, iso3: &str, visibility: &str, state: &str) -> String {
    let (mode, members) = if kind == "network" { ("members", "40") } else { ("", "") };
    format!(
        "{id},{kind},\"{name}\",{label},{iso3},Contact {id},{id}@example.org,Director,en,{visibility},{mode},{members},2026-11-20T09:00:00Z,{state}\n"
    )
}

pub fn organisation(id: &str, name: &str, state: &str) -> String {
    line(id, "organisation", name, "", "SEN", "named", state)
}

async fn import(program: &Program, lines: &[String], dry_run: bool) -> Report {
    let platform = &program.app.platform;
    let (campaign, states) = (program.app.campaigns.get(platform).await.unwrap(), program.app.states.get(platform).await.unwrap());
    let sheet = format!("{HEAD}{}", lines.concat());
    let options = Options { dry_run, origin: SignatureOrigin::Import };
    import::signatures(platform, (&campaign, &states), sheet.as_bytes(), options, |_| {}).await.unwrap()
}

pub async fn load(program: &Program, lines: &[String]) {
    let report = import(program, lines, false).await;
    assert_eq!((report.added, &report.rejects), (lines.len() as u64, &Vec::new()));
}

pub async fn headline(program: &Program) -> Headline {
    let platform = &program.app.platform;
    let (campaign, states) = (program.app.campaigns.get(platform).await.unwrap(), program.app.states.get(platform).await.unwrap());
    counts::Counts::read(platform, campaign.id).await.unwrap().headline(&campaign, &states)
}

pub async fn signature_of(program: &Program, key: &str) -> signature::Model {
    let find = signature::Entity::find().filter(signature::Column::SubmissionKey.eq(key));
    find.one(program.app.platform.database.read()).await.unwrap().unwrap()
}

async fn decide(browser: &Browser, id: Uuid, path: &str, fields: &[(&str, &str)]) -> String {
    let page = format!("/desk/signatures/{id}");
    let answer = browser.submit(&page, &format!("{page}/{path}"), fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    browser.get(&page).await.text()
}

pub async fn freeze(browser: &Browser, next: &str) {
    let answer = browser.submit("/desk/waves", "/desk/waves", &[("next", next)]).await;
    assert_eq!((answer.status, answer.location()), (303, format!("/desk/waves/{next}").as_str()));
}

/// Every page and sheet a visitor can get of the roll.
pub async fn public_outputs(program: &Program) -> String {
    let browser = program.browser();
    let mut all = String::new();
    for path in
        ["/en/signatories", "/fr/signatories?country=SEN", "/en/signatories?q=a", "/en/signatories.csv", "/en/statement", "/en/sign"]
    {
        all.push_str(&browser.get(path).await.body);
    }
    all
}

/// All a thief of the database would read.
async fn database_text(program: &Program) -> Vec<u8> {
    let db = program.app.platform.database.read();
    if program.kind == Kind::Sqlite {
        let file = program.database_url.trim_start_matches("sqlite://").to_owned();
        let mut bytes = std::fs::read(&file).unwrap();
        bytes.extend(std::fs::read(format!("{file}-wal")).unwrap_or_default());
        return bytes;
    }
    let tables = "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public'";
    let mut bytes = Vec::new();
    for row in db.query_all_raw(Statement::from_string(db.get_database_backend(), tables)).await.unwrap() {
        let name: String = row.try_get("", "name").unwrap();
        let dump = format!("SELECT coalesce(string_agg(t::text, ' '), '') AS dump FROM \"{name}\" t");
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), dump)).await.unwrap().unwrap();
        bytes.extend(row.try_get::<String>("", "dump").unwrap().into_bytes());
    }
    bytes
}

fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
}

async fn csv_names(program: &Program, language: &str) -> Vec<String> {
    let sheet = program.browser().get(&format!("/{language}/signatories.csv")).await;
    let rows = csv::Reader::from_reader(sheet.bytes.as_slice()).into_records().map(|row| row.unwrap().get(1).unwrap().to_owned());
    rows.collect()
}

on_both_databases! {
    /// R1, R10: a network counts once, with the organisations; one function makes the numbers and one sentence says them.
    async fn a_network_of_forty_members_counts_once(program: Program) {
        load(&program, &[
            line("n1", "network", "Wide Net", "", "KEN", "named", "verified"),
            organisation("o1", "First House", "verified"),
            organisation("o2", "Second House", "verified"),
            organisation("o3", "Third House", "verified"),
            line("i1", "individual", "Ana One", "", "PRT", "named", "verified"),
            line("i2", "individual", "Ben Two", "", "PRT", "named", "verified"),
            organisation("o4", "Not Yet House", "confirmed"),
        ]).await;
        let counted = headline(&program).await;
        assert_eq!((counted.organisations, counted.networks, counted.individuals, counted.total), (4, 1, 2, 6));
        assert_eq!(counted.countries, 3);
        let text = program.browser().get("/en/signatories").await.text();
        assert!(text.contains("4 organisations") && text.contains("2 individuals") && text.contains("Networks among them: 1"), "{text}");
    }

    /// R9: a wave keeps its number.
    async fn a_withdrawal_changes_the_list_and_leaves_the_wave(program: Program) {
        load(&program, &[organisation("o1", "First House", "verified"), organisation("o2", "Second House", "verified")]).await;
        let staff = program.staff(Role::Coordinator).await;
        freeze(&staff, "1").await;
        let leaver = signature_of(&program, "o2").await;
        decide(&staff, leaver.id, "withdraw", &[("reason", "asked by mail")]).await;
        assert_eq!(headline(&program).await.total, 1);
        assert!(!public_outputs(&program).await.contains("Second House"));
        let platform = &program.app.platform;
        let campaign = program.app.campaigns.get(platform).await.unwrap();
        let wave = waves::by_number(platform.database.read(), campaign.id, 1).await.unwrap().unwrap();
        assert_eq!(waves::frozen_counts(&wave).unwrap().total, 2);
        assert_eq!(waves::lines(platform.database.read(), wave.id).await.unwrap().len(), 2);
        freeze(&staff, "2").await;
        let difference = staff.get("/desk/waves/2?against=1").await.text();
        assert!(difference.contains("Left: 1") && !difference.contains("Second House"), "a name that is taken back is on no page: {difference}");
    }

    /// R8: who came late is not in the wave of the deadline, and in the next.
    async fn a_late_signature_waits_for_the_wave_after_the_deadlines(program: Program) {
        let platform = &program.app.platform;
        let campaign = program.app.campaigns.get(platform).await.unwrap();
        let end = campaign.deadline().end_of_grace();
        program.clock.set(end + Duration::hours(1));
        let late = organisation("o2", "Late House", "verified").replace("2026-11-20T09:00:00Z", &(end + Duration::minutes(1)).to_rfc3339());
        load(&program, &[organisation("o1", "Early House", "verified"), late]).await;
        assert!(signature_of(&program, "o2").await.late && !signature_of(&program, "o1").await.late);
        let states = program.app.states.get(platform).await.unwrap();
        let names = async |number| {
            let wave = waves::freeze(platform, &campaign, &states, number, None).await.unwrap();
            assert_eq!(wave.number, number);
            let again = waves::freeze(platform, &campaign, &states, number, None).await;
            assert!(matches!(again, Err(waves::WaveError::Overtaken)), "a second press freezes nothing more");
            let lines = waves::lines(platform.database.read(), wave.id).await.unwrap();
            lines.into_iter().filter_map(|line| line.printed_name).collect::<Vec<_>>()
        };
        assert_eq!(names(1).await, ["Early House"]);
        assert_eq!(names(2).await, ["Early House", "Late House"]);
    }

    /// R12: nothing pending is public or counted; declining takes two people, and a decision in between ends the proposal.
    async fn pending_is_not_public_and_a_decline_needs_two(program: Program) {
        load(&program, &[
            organisation("o1", "Shown House", "verified"),
            organisation("o2", "Unseen Pending", "pending"),
            organisation("o3", "Unseen Confirmed", "confirmed"),
            organisation("o4", "Unseen Quarantined", "quarantined"),
        ]).await;
        let public = public_outputs(&program).await;
        assert!(public.contains("Shown House") && !public.contains("Unseen"));
        assert_eq!(headline(&program).await.total, 1);
        let (first, second) = (program.staff(Role::Moderator).await, program.staff(Role::Moderator).await);
        let id = signature_of(&program, "o3").await.id;
        decide(&first, id, "decision", &[("decision", "decline"), ("reason", "unknown to its register")]).await;
        assert_eq!(signature_of(&program, "o3").await.state, "confirmed", "one person proposes");
        let told = decide(&second, id, "decision", &[("decision", "decline"), ("reason", "me too")]).await;
        assert!(told.contains("already"), "{told}");
        decide(&first, id, "second", &[]).await;
        assert_eq!(signature_of(&program, "o3").await.state, "confirmed", "nobody agrees with themselves");
        decide(&second, id, "decision", &[("decision", "quarantine"), ("reason", "looks odd")]).await;
        decide(&second, id, "second", &[]).await;
        assert_eq!(signature_of(&program, "o3").await.state, "quarantined", "the proposal has lapsed");
        decide(&first, id, "decision", &[("decision", "decline"), ("reason", "unknown to its register")]).await;
        decide(&second, id, "second", &[]).await;
        assert_eq!(signature_of(&program, "o3").await.state, "declined");
        let trail = program.staff(Role::Coordinator).await.get("/desk/audit").await.text();
        assert!(trail.contains("looks odd"), "the reason of a decision is in the trail: {trail}");
    }

    /// R14: a secret name is sought in everything that leaves, and in the bytes of the database.
    async fn a_withheld_name_is_nowhere(program: Program) {
        const SECRET: &str = "Zyxqvutwort";
        load(&program, &[
            line("w1", "organisation", &format!("{SECRET} House"), "", "SEN", "withheld", "verified"),
            line("w2", "organisation", &format!("{SECRET} Circle"), "", "SEN", "total_only", "verified"),
            organisation("o1", "Shown House", "verified"),
        ]).await;
        let staff = program.staff(Role::Coordinator).await;
        freeze(&staff, "1").await;
        let id = signature_of(&program, "w1").await.id;
        let mut all = public_outputs(&program).await;
        for path in ["/desk/signatures?state=verified", "/desk/waves", "/desk/waves/1", &format!("/desk/signatures/{id}"), "/desk/audit"] {
            let answer = staff.get(path).await;
            assert_eq!(answer.status, 200, "{path}");
            all.push_str(&answer.body);
        }
        let mut sheet = Vec::new();
        let campaign = program.app.campaigns.get(&program.app.platform).await.unwrap();
        assert_eq!(export::signatures_csv(&program.app.platform, &campaign, &mut sheet).await.unwrap(), 3);
        all.push_str(std::str::from_utf8(&sheet).unwrap());
        program.drain().await;
        for mail in program.mail.take() {
            all.push_str(&String::from_utf8_lossy(&mail.bytes));
        }
        assert!(all.contains("Shown House"));
        assert!(!all.to_lowercase().contains(&SECRET.to_lowercase()));
        let stored = database_text(&program).await;
        assert!(holds(&stored, "Shown House") && !holds(&stored, SECRET) && !holds(&stored, &SECRET.to_lowercase()));
        let counted = headline(&program).await;
        assert_eq!((counted.total, counted.withheld, counted.organisations), (3, 1, 2));
    }

    /// R14: the number of withheld names of a country is said only where the table by country includes it.
    async fn a_number_that_the_table_hides_is_not_said_beside_it(program: Program) {
        const SAID: &str = "Names withheld for security in this country, at least";
        let mut lines: Vec<String> = (0..6).map(|n| organisation(&format!("o{n}"), &format!("House {n} of Dakar"), "verified")).collect();
        lines.extend((0..4).map(|n| line(&format!("w{n}"), "organisation", &format!("Hidden {n}"), "", "SEN", "withheld", "verified")));
        load(&program, &lines).await;
        let browser = program.browser();
        assert!(!browser.get("/en/signatories?country=SEN").await.text().contains(SAID));
        load(&program, &[line("w4", "organisation", "Hidden 4", "", "SEN", "withheld", "verified")]).await;
        assert!(browser.get("/en/signatories?country=SEN").await.text().contains(&format!("{SAID}: 5")));
        // A second country with few: its number would follow from the world's, so the first one's goes too.
        load(&program, &[line("w5", "organisation", "Hidden 5", "", "KEN", "withheld", "verified")]).await;
        assert!(!browser.get("/en/signatories?country=SEN").await.text().contains(SAID));
    }

    /// R23: a signer's own label stands in place of the country, in the sheet and in the filter too.
    async fn an_own_label_keeps_the_country_for_statistics(program: Program) {
        load(&program, &[
            line("o1", "organisation", "Far Away House", "in exile", "ERI", "named", "verified"),
            organisation("o2", "Settled House", "verified"),
        ]).await;
        let browser = program.browser();
        let page = browser.get("/en/signatories").await;
        assert!(page.text().contains("in exile"));
        assert_eq!(page.attributes("select[name=country] option[value=ERI]", "value"), Vec::<String>::new());
        assert_eq!(page.attributes("select[name=country] option[value=SEN]", "value"), ["SEN"]);
        assert!(!browser.get("/en/signatories?country=ERI").await.body.contains("Far Away House"));
        assert!(!browser.get("/en/signatories.csv").await.body.contains("ERI"));
        assert_eq!(headline(&program).await.countries, 2);
    }

    /// R16: the original sheet revives nobody, under no number; the faulty lines are named by their place.
    async fn a_sheet_twice_adds_nothing_and_revives_nobody(program: Program) {
        let lines = [organisation("o1", "First House", "verified"), organisation("o2", "Second House", "verified"), organisation("o3", "", "verified")];
        let tried = import(&program, &lines, true).await;
        assert_eq!((tried.lines, tried.added, tried.rejected), (3, 2, 1));
        assert_eq!((tried.rejects[0].line, tried.rejects[0].reason.starts_with("name")), (4, true));
        assert_eq!(signature::Entity::find().count(program.app.platform.database.read()).await.unwrap(), 0, "a dry run writes nothing");
        assert_eq!(import(&program, &lines, false).await, tried);
        let staff = program.staff(Role::Moderator).await;
        decide(&staff, signature_of(&program, "o2").await.id, "withdraw", &[("reason", "asked by mail")]).await;
        let renumbered = organisation("o9", "Second House", "verified").replace("o9@", "o2@");
        let again = import(&program, &[lines[0].clone(), lines[1].clone(), renumbered], false).await;
        assert_eq!((again.added, again.known, again.ended), (0, 1, 2));
        assert_eq!(signature_of(&program, "o2").await.state, "withdrawn");
        assert_eq!(headline(&program).await.total, 1);
    }

    /// R14: a line that wants a known person withheld is a wish, in a batch of its own, in the same file, under another number; an old sheet says
    /// nothing about what its signers did since.
    async fn a_sheet_that_says_withheld_hides_who_is_named(program: Program) {
        let withheld = |line: String| line.replace(",named,", ",withheld,");
        let (one, two) = (organisation("o1", "Quillfeather House", "verified"), organisation("o2", "Second House", "verified"));
        let other_number = |line: &str| withheld(line.replace("o1,", "n1,"));
        load(&program, &[one.clone(), two.clone()]).await;
        assert!(public_outputs(&program).await.contains("Quillfeather"));
        let tried = import(&program, &[other_number(&one), two.clone()], true).await;
        assert_eq!((tried.added, tried.hidden, tried.known), (0, 1, 1));
        assert_eq!(signature_of(&program, "o1").await.visibility, "named", "a dry run writes nothing");
        assert_eq!(import(&program, &[other_number(&one), two.clone()], false).await, tried);
        let row = signature_of(&program, "o1").await;
        assert_eq!((row.visibility.as_str(), row.state.as_str()), ("withheld", "verified"));
        assert!(!public_outputs(&program).await.contains("Quillfeather"));
        assert!(!String::from_utf8_lossy(&program.database_bytes().await).contains("Quillfeather"));
        assert_eq!((headline(&program).await.total, headline(&program).await.withheld), (2, 1));
        // Again, and the first sheet again: nothing more to do, and nobody is named again.
        let again = import(&program, &[other_number(&one), two.clone(), one.clone()], false).await;
        assert_eq!((again.added, again.hidden, again.known), (0, 0, 3));
        assert_eq!(signature_of(&program, "o1").await.visibility, "withheld");
        // The same number, changed.
        let changed = import(&program, &[withheld(two.clone())], false).await;
        assert_eq!((changed.hidden, signature_of(&program, "o2").await.visibility.as_str()), (1, "withheld"));
        // Both in one file.
        let three = organisation("o3", "Feathered House", "verified");
        let both = import(&program, &[three.clone(), withheld(three.replace("o3,", "n3,"))], false).await;
        assert_eq!((both.added, both.hidden), (1, 1));
        assert_eq!(signature_of(&program, "o3").await.visibility, "withheld");
        assert!(!String::from_utf8_lossy(&program.database_bytes().await).contains("Feathered"));
    }

    /// R18: what opens in a spreadsheet program opens as text.
    async fn a_name_that_is_a_formula_is_text_in_every_sheet(program: Program) {
        load(&program, &[organisation("o1", "=HYPERLINK(1) House", "verified")]).await;
        assert_eq!(csv_names(&program, "en").await, ["'=HYPERLINK(1) House"]);
        let (mut sheet, platform) = (Vec::new(), &program.app.platform);
        export::signatures_csv(platform, &program.app.campaigns.get(platform).await.unwrap(), &mut sheet).await.unwrap();
        let text = String::from_utf8(sheet).unwrap();
        assert!(text.contains(",'=HYPERLINK(1) House,"), "{text}");
    }

    /// R20: each language has its order. A search folds marks away, and one that folds to nothing finds nobody.
    async fn the_list_has_the_order_of_its_language(program: Program) {
        let names = ["Zeta", "Ñandú", "Nube", "Oso", "Éter", "Foro", "The Glass House"];
        let lines: Vec<String> = names.iter().enumerate().map(|(n, name)| organisation(&format!("o{n}"), name, "verified")).collect();
        load(&program, &lines).await;
        assert_eq!(csv_names(&program, "es").await, ["Éter", "Foro", "Nube", "Ñandú", "Oso", "The Glass House", "Zeta"]);
        assert_eq!(csv_names(&program, "en").await, ["Éter", "Foro", "The Glass House", "Ñandú", "Nube", "Oso", "Zeta"]);
        let browser = program.browser();
        let found = browser.get("/en/signatories?q=nandu").await;
        assert!(found.body.contains("Ñandú") && !found.body.contains("Foro"));
        let nothing = browser.get("/en/signatories?q=%21%3F").await;
        assert!(nothing.text().contains("No name fits") && !nothing.body.contains("Foro"));
    }

    /// R5: who signed an earlier text is on its list only.
    async fn a_new_text_starts_with_nobody(program: Program) {
        load(&program, &[organisation("o1", "First House", "verified")]).await;
        let platform = &program.app.platform;
        let campaign = program.app.campaigns.get(platform).await.unwrap();
        let next = text_version::ActiveModel {
            id: Set(Uuid::now_v7()),
            campaign_id: Set(campaign.id),
            number: Set(campaign.text.number + 1),
            stage: Set("open".to_owned()),
            authoritative_language: Set("en".to_owned()),
            created_at: Set(platform.clock.now()),
            opened_at: Set(Some(platform.clock.now())),
        };
        text_version::Entity::insert(next).exec_without_returning(platform.database.write()).await.unwrap();
        assert_eq!(counts::recount(platform, campaign.id).await.unwrap(), 1);
        assert_eq!(headline(&program).await.total, 0);
        // What happens to the old signature moves no number of the new text.
        let id = signature_of(&program, "o1").await.id;
        let staff = program.add_account("m@staff.example.org", Role::Moderator).await;
        vetting::withdraw(platform, id, "asked by mail", staff).await.unwrap();
        program.drain().await;
        assert_eq!(counts::recount(platform, campaign.id).await.unwrap(), 0);
        assert!(!program.sibling().await.browser().get("/en/signatories").await.body.contains("First House"));
    }
}
