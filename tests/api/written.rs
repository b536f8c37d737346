//! R45: who wrote to whom. Letters of others are told by a public form, wait for a person, and meet ours on one board.

use std::collections::BTreeSet;

use demarche::entities::{audit_entry, letter_report, stored_file};
use reqwest::multipart::{Form, Part};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use crate::{
    dispatch::{letter_in, queue},
    letters_sent::proof,
    letters_written::{PR, drafted, ready},
    on_both_databases,
    reminding::hold_templates_of_tests,
    support::{Program, program::Browser, reading::Answer},
};

const BOARD: &str = "/desk/letters/written";

/// A report as somebody sends it who wrote to Kenya's foreign minister; `change` sets other fields, each as often as it is given.
async fn tell(browser: &Browser, change: &[(&'static str, &str)], file: Option<Part>) -> Answer {
    let usual = [("state", "KEN"), ("posts", "foreign_minister"), ("name", "Lake Basin Forum"), ("sent_on", "2026-11-20"), ("way", "mail")];
    let mut form = Form::new();
    for (name, value) in usual.iter().filter(|(name, _)| !change.iter().any(|(changed, _)| changed == name)).chain(change) {
        form = form.text(*name, (*value).to_owned());
    }
    if let Some(file) = file {
        form = form.part("file", file);
    }
    let request = browser.client.post(format!("{}/en/write/sent", browser.base_url)).header("sec-fetch-site", "same-origin");
    Answer::of(request.multipart(form).send().await.unwrap()).await
}

async fn reports(program: &Program) -> Vec<letter_report::Model> {
    let find = letter_report::Entity::find().order_by_asc(letter_report::Column::Id);
    find.all(program.app.platform.database.read()).await.unwrap()
}

/// Tells of a letter and has it accepted.
async fn told(program: &Program, staff: &Browser, change: &[(&'static str, &str)]) -> letter_report::Model {
    let before = reports(program).await.len();
    assert_eq!(tell(&program.browser(), change, None).await.status, 303);
    let row = reports(program).await.swap_remove(before);
    press(staff, &row, "accept").await;
    row
}

async fn press(staff: &Browser, report: &letter_report::Model, button: &str) -> String {
    let answer = staff.submit(BOARD, &format!("{BOARD}/{}/{button}", report.id), &[]).await;
    assert_eq!((answer.status, answer.location()), (303, BOARD), "{}", answer.text());
    staff.get(BOARD).await.texts("[role=alert], [role=status]").join(" ")
}

on_both_databases! {
    /// R45: two NGOs write to one minister in a week, and whoever looks is told.
    async fn r45_two_writers_to_one_minister_in_a_week_are_noticed(program: Program) {
        let staff = program.staff(demarche::accounts::Role::Campaigner).await;
        told(&program, &staff, &[("sent_on", "2026-11-10")]).await;
        told(&program, &staff, &[("name", "Coast Bar Association"), ("sent_on", "2026-11-18"), ("way", "post")]).await;
        told(&program, &staff, &[("name", "Another Forum"), ("posts", "embassy"), ("sent_on", "2026-11-18")]).await;
        let apart = staff.get(BOARD).await;
        assert_eq!(apart.texts("#written tbody tr").len(), 3, "{}", apart.text());
        assert!(!apart.text().contains("Another within a week") && apart.texts(".notice--wait").is_empty(), "{}", apart.text());

        let third = [("name", "Highland Forum"), ("sent_on", "2026-11-17"), ("way", "hand")];
        assert_eq!(tell(&program.browser(), &third, None).await.status, 303);
        let waits = staff.get(BOARD).await;
        assert_eq!(waits.texts("#reports tbody tr").len(), 1);
        assert!(waits.texts("#reports tbody tr")[0].contains("Another within a week"), "{}", waits.text());
        assert!(waits.texts("#written .status--wait").is_empty(), "nobody has accepted it");
        let row = reports(&program).await.pop().unwrap();
        assert!(press(&staff, &row, "accept").await.contains("The report counts now."));
        let met = staff.get(BOARD).await;
        assert_eq!(met.texts("#written .status--wait").len(), 3, "each of the three is within a week of its neighbour: {}", met.text());
        assert!(met.texts(".notice--wait").concat().contains("within 7 days: 3"), "{}", met.text());
        let only = staff.get(&format!("{BOARD}?show=collisions")).await;
        assert_eq!(only.texts("#written tbody tr").len(), 3);
        assert!(only.texts("#written tbody tr").iter().all(|row| row.contains("Kenya") && row.contains("Self-reported")), "{}", only.text());
        // What was taken back meets nothing.
        assert!(press(&staff, &row, "set-aside").await.contains("set aside"));
        assert!(staff.get(BOARD).await.texts("#written .status--wait").is_empty());
        assert!(press(&staff, &row, "accept").await.contains("Somebody else has decided"), "and stays aside");
    }

    /// R45: letters of ours that left are on the board, with their day and standing; rehearsals and letters that came back are not.
    async fn r45_our_letters_that_left_stand_beside_those_of_others(program: Program) {
        let staff = program.staff(demarche::accounts::Role::Campaigner).await;
        let sent = letter_in(&program, "KEN", "approved", false).await;
        queue(&program, &sent, false).await;
        let rehearsed = letter_in(&program, "FRA", "approved", true).await;
        queue(&program, &rehearsed, true).await;
        let back = letter_in(&program, "PER", "approved", false).await;
        program.drain().await;
        queue(&program, &back, false).await;
        let refused = demarche::platform::mail::Delivery::Rejected { code: Some(550), answer: "550 nobody here".to_owned() };
        program.mail.answer_next(refused);
        program.drain().await;
        let alone = staff.get(BOARD).await;
        let rows = alone.texts("#written tbody tr");
        assert_eq!(alone.attributes("#written tbody tr", "data-state"), ["KEN"], "{}", alone.text());
        assert!(rows[0].contains(&sent.reference) && rows[0].contains("Sent") && rows[0].contains("23 November 2026"), "{rows:?}");
        assert!(!rows[0].contains("Self-reported"));

        told(&program, &staff, &[("posts", PR), ("sent_on", "2026-11-16"), ("way", "portal")]).await;
        let met = staff.get(BOARD).await;
        assert_eq!(met.texts("#written .status--wait").len(), 2, "{}", met.text());
        let peru = staff.get(&format!("{BOARD}?state=PER")).await;
        assert!(peru.texts("#written tbody tr").is_empty());
    }

    /// R45: what nobody has written to, for all states, for one post, and for one state.
    async fn r45_gaps_shrink_as_letters_are_written(program: Program) {
        let staff = program.staff(demarche::accounts::Role::Campaigner).await;
        let gaps = async |query: &str| staff.get(&format!("{BOARD}{query}")).await.texts("#gaps li");
        let states = program.app.states.get(&program.app.platform).await.unwrap().states().len();
        assert_eq!(gaps("").await.len(), states);
        assert!(gaps("?state=KEN").await.len() >= 2);
        told(&program, &staff, &[]).await;
        let left = gaps("").await;
        assert_eq!(left.len(), states - 1);
        assert!(!left.contains(&"Kenya".to_owned()) && left.contains(&"Peru".to_owned()));
        assert_eq!(gaps("?post=permanent_representative").await.len(), states, "nobody wrote to a mission");
        let of_kenya = gaps("?state=KEN").await;
        assert!(of_kenya.iter().any(|post| post.contains("Permanent Representative")), "{of_kenya:?}");
        assert!(!of_kenya.iter().any(|post| post.contains("Minister for Foreign Affairs")), "{of_kenya:?}");
    }

    /// R45: before a round is released its board says how many of its posts were written to in the last days, by others or by us.
    async fn r45_a_round_says_whom_others_have_just_written_to(program: Program) {
        let staff = ready(&program).await;
        let first = letter_in(&program, "SEN", "approved", false).await;
        queue(&program, &first, false).await;
        program.drain().await;
        hold_templates_of_tests(&program).await;
        told(&program, &staff, &[("posts", PR), ("sent_on", "2026-11-16")]).await;
        told(&program, &staff, &[("state", "FRA"), ("posts", PR), ("sent_on", "2026-11-15")]).await;
        told(&program, &staff, &[("state", "PER"), ("posts", "embassy")]).await;
        assert_eq!(tell(&program.browser(), &[("state", "MEX"), ("posts", PR)], None).await.status, 303);
        let board = drafted(&program, &staff, "After others", &[("posts", PR), ("mode", "send")]).await;
        let page = staff.get(&board).await;
        assert!(page.text().contains("Of these posts, 2 were written to in the last 7 days"), "Kenya and Senegal: {}", page.text());
        assert!(page.attributes("a", "href").contains(&BOARD.to_owned()));
        let other = drafted(&program, &staff, "To ministers", &[("posts", "foreign_minister")]).await;
        assert!(!staff.get(&other).await.text().contains("were written to in the last"));
    }

    /// R35, R45: a report keeps the organisation's name and what the form asks for; a proof is handed to staff as it came.
    async fn r45_a_report_with_its_proof_waits_for_staff_and_nobody_else_sees_it(program: Program) {
        let own = [("state", "KEN"), ("post", "foreign_minister"), ("language", "en"), ("name", "Lake Basin Forum")];
        let letter = program.browser().post("/en/write", &own).await;
        let link = letter.attributes("main a", "href").into_iter().find(|href| href.contains("/write/sent")).unwrap();
        let form = program.browser().get(&link).await;
        assert_eq!(form.attributes("select[name=state] option[selected]", "value"), ["KEN"]);
        assert_eq!(form.attributes("input[name=posts][checked]", "value"), ["foreign_minister"]);
        let sent = tell(&program.browser(), &[("posts", "foreign_minister"), ("posts", "justice_minister")], Some(proof())).await;
        assert_eq!((sent.status, sent.location()), (303, "/en/write/sent/thanks"), "{}", sent.text());
        assert!(program.browser().get("/en/write/sent/thanks").await.text().contains("Somebody will look at your report"));
        let rows = reports(&program).await;
        assert_eq!(rows.iter().map(|row| row.post.as_str()).collect::<BTreeSet<_>>(), BTreeSet::from(["foreign_minister", "justice_minister"]));
        assert!(rows.iter().all(|row| row.state == "waiting" && row.organisation == "Lake Basin Forum" && row.channel == "mail"));
        for path in ["/en", "/en/write", "/en/write/sent", "/en/states/KEN", "/en/states"] {
            assert!(!program.browser().get(path).await.body.contains("Lake Basin Forum"), "{path}");
        }
        let at = format!("{BOARD}/{}/proof", rows[0].id);
        assert_eq!(program.browser().get(&at).await.status, 303, "a stranger is asked to sign in");
        let reader = program.staff(demarche::accounts::Role::Reader).await;
        let kept = reader.get(&at).await;
        assert_eq!((kept.status, kept.bytes.as_slice()), (200, b"%PDF-1.7 stamped".as_slice()));
        assert!(kept.header("content-disposition").starts_with("attachment"));
        let shown = reader.get(BOARD).await;
        assert!(shown.text().contains("Lake Basin Forum") && shown.texts("form[action$=accept]").is_empty(), "{}", shown.text());
        assert_eq!(reader.submit(BOARD, &format!("{BOARD}/{}/accept", rows[0].id), &[]).await.status, 403);
        let trail = audit_entry::Entity::find().filter(audit_entry::Column::SubjectKind.eq("letter_report"));
        let trail = trail.all(program.app.platform.database.read()).await.unwrap();
        assert_eq!(trail.iter().map(|line| line.action.as_str()).collect::<Vec<_>>(), ["letter_report.received"; 2]);
        assert!(trail.iter().all(|line| line.account_id.is_none() && !line.details.to_string().contains("Lake Basin")));
    }

    /// R45: however often it is sent, one letter is one report, decided or not.
    async fn r45_a_report_sent_twice_is_one(program: Program) {
        let (one, other) = (program.browser(), program.browser());
        let (first, second) = tokio::join!(tell(&one, &[], Some(proof())), tell(&other, &[("name", "  LAKE BASIN  Forum ")], None));
        assert_eq!((first.status, second.status), (303, 303));
        assert_eq!(reports(&program).await.len(), 1);
        let staff = program.staff(demarche::accounts::Role::Campaigner).await;
        let row = reports(&program).await.remove(0);
        press(&staff, &row, "set-aside").await;
        assert_eq!(tell(&one, &[], None).await.status, 303);
        let rows = reports(&program).await;
        assert_eq!((rows.len(), rows[0].state.as_str()), (1, "set_aside"), "nobody has to set it aside again");
        assert_eq!(tell(&one, &[("sent_on", "2026-11-21")], None).await.status, 303);
        assert_eq!(reports(&program).await.len(), 2, "another day is another letter");
    }

    /// R45: a bad report comes back as it was typed, with every fault at its field.
    async fn r45_a_bad_report_keeps_what_was_typed(program: Program) {
        let browser = program.browser();
        let bad = [("state", "ATL"), ("posts", "king"), ("name", "Forum \u{202E}lived"), ("sent_on", "2026-02-31"), ("way", "pigeon")];
        let answer = tell(&browser, &bad, Some(Part::bytes(b"<script>".to_vec()).file_name("proof.pdf"))).await;
        assert_eq!((answer.status, answer.texts(".error-summary li").len()), (422, 6), "{}", answer.text());
        assert_eq!(answer.field("name").as_deref(), Some("Forum \u{202E}lived"));
        assert_eq!(answer.field("sent_on").as_deref(), Some("2026-02-31"));
        let ours = tell(&browser, &[("name", "Demarche demo secretariat (fictitious)"), ("posts", "embassy"), ("posts", "legal_adviser"), ("way", "hand")], None).await;
        assert_eq!(ours.status, 422);
        assert_eq!(ours.attributes("input[name=posts][checked]", "value"), ["legal_adviser", "embassy"]);
        assert_eq!(ours.attributes("input[name=way][checked]", "value"), ["hand"]);
        assert_eq!(ours.attributes("select[name=state] option[selected]", "value"), ["KEN"]);
        for day in ["2026-11-25", "2025-11-22", "", "yesterday"] {
            assert_eq!(tell(&browser, &[("sent_on", day)], None).await.status, 422, "{day}");
        }
        assert_eq!(tell(&browser, &[("sent_on", "2026-11-24")], None).await.status, 303, "it is tomorrow somewhere");
        assert_eq!(reports(&program).await.len(), 1);
    }

    /// R45: robots are thanked and kept nowhere, and one network cannot fill the desk.
    async fn r45_robots_and_floods_leave_nothing(program: Program) {
        let browser = program.browser();
        let trapped = tell(&browser, &[("website", "https://spam.example")], Some(proof())).await;
        assert_eq!((trapped.status, trapped.location()), (303, "/en/write/sent/thanks"));
        let db = program.app.platform.database.read();
        assert_eq!((reports(&program).await.len(), stored_file::Entity::find().count(db).await.unwrap()), (0, 0));
        for number in 0..30 {
            let name = format!("Forum number {number}");
            assert_eq!(tell(&browser, &[("name", name.as_str())], None).await.status, 303, "{number}");
        }
        let over = tell(&browser, &[("name", "One Forum more")], None).await;
        assert_eq!((over.status, over.field("name").as_deref()), (429, Some("One Forum more")), "{}", over.text());
        assert_eq!(reports(&program).await.len(), 30);
    }
}
