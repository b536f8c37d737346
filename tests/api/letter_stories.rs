//! US6 and US7 of the requirements, from the first page to the last: a campaigner with 195 letters due on Friday, and an organisation in Nairobi that writes
//! its own.

use chrono::Duration;
use demarche::{
    accounts::Role,
    domain::clock::Clock,
    entities::{addressee, evidence_proposal, letter_report, letter_template},
    platform::mail::Delivery,
    positions::Audience,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::{
    letters_written::{SECRET, drafted, letters, press, ready, round_state, seed_confidential_note},
    on_both_databases,
    positions::stance,
    replies,
    support::{Program, program::start_of_tests},
};
const FM: &str = "foreign_minister";

async fn minutes(program: &Program, minutes: std::ops::RangeInclusive<i64>) {
    for minute in minutes {
        program.clock.set(start_of_tests() + Duration::seconds(61 * minute));
        program.drain().await;
    }
}

on_both_databases! {
    /// US6 (R27, R30 to R33, R36, R79): some letters stop and say why; once that is mended they are approved by another, rehearsed, released and paced; what
    /// was greylisted arrives once, what was refused comes back with the server's words; no African paragraph leaves Africa, no confidence is told.
    async fn us6_a_campaigner_writes_to_195_states(program: Program) {
        seed_confidential_note(&program).await;
        let (chen, amina) = (program.staff(Role::Campaigner).await, ready(&program).await);
        let db = program.app.platform.database.write();
        // Two entries of the register are old, and one block has lost its Arabic words.
        let old = start_of_tests() - Duration::days(120);
        for iso3 in ["KEN", "JPN"] {
            let post = demarche::entities::post::Entity::find();
            let post = post.filter(demarche::entities::post::Column::Iso3.eq(iso3)).filter(demarche::entities::post::Column::Kind.eq(FM));
            let post = post.one(db).await.unwrap().unwrap();
            let entry = addressee::Entity::find().filter(addressee::Column::PostId.eq(post.id)).one(db).await.unwrap().unwrap();
            let mut entry = entry.into_active_model();
            (entry.created_at, entry.checked_at) = (Set(old), Set(None));
            entry.update(db).await.unwrap();
        }
        let template = letter_template::Entity::find().one(db).await.unwrap().unwrap();
        let (whole, mut words) = (template.blocks.clone(), template.blocks.clone());
        words["texts"]["ar"]["text"].as_object_mut().unwrap().remove("open-who");
        let mut change = template.clone().into_active_model();
        change.blocks = Set(words);
        change.update(db).await.unwrap();
        let board = drafted(&program, &chen, "Friday", &[("posts", FM), ("mode", "send")]).await;
        let all = letters(&program, &board).await;
        assert_eq!(all.len(), 195);
        let stopped: Vec<_> = all.iter().filter(|(letter, _)| letter.blockers > 0).collect();
        assert!(stopped.len() > 2 && stopped.iter().all(|(letter, _)| letter.language == "ar" || ["KEN", "JPN"].contains(&letter.iso3.as_str())));
        assert!(press(&amina, &board, "approve").await.contains("Something stops"));
        let shown = chen.get(&format!("{board}?finding=stale_addressee")).await;
        assert_eq!(shown.attributes("#board tbody tr", "data-state").len(), 2);
        // The words are mended and the letters drafted anew; one entry is checked, for the other somebody says why.
        let mut change = letter_template::Entity::find_by_id(template.id).one(db).await.unwrap().unwrap().into_active_model();
        change.blocks = Set(whole);
        change.update(db).await.unwrap();
        press(&chen, &board, "draft").await;
        program.drain().await;
        let open: Vec<_> = letters(&program, &board).await.into_iter().filter(|(letter, _)| letter.blockers > 0).map(|(letter, _)| letter).collect();
        assert_eq!(open.len(), 2);
        for letter in &open {
            let page = format!("{board}/{}", letter.id);
            let answer = amina.submit(&page, &format!("{page}/unchecked"), &[("because", "The ministry's page names the same minister.")]).await;
            assert_eq!(answer.status, 303, "{}", answer.text());
        }
        for (letter, content) in letters(&program, &board).await {
            assert!(!content.email.text.contains(SECRET), "{}", letter.iso3);
            let speaks_of_africa = content.email.text.contains("African Group");
            let directory = program.app.states.get(&program.app.platform).await.unwrap();
            assert!(!speaks_of_africa || directory.state(&letter.iso3).unwrap().region == "african_group", "{}", letter.iso3);
        }
        // Whoever approved does not release; a rehearsal of the same writes everything and sends nothing.
        let rehearsal = drafted(&program, &chen, "Rehearsed", &[("posts", FM)]).await;
        for letter in letters(&program, &rehearsal).await.into_iter().filter(|(letter, _)| letter.blockers > 0).map(|(letter, _)| letter) {
            let page = format!("{rehearsal}/{}", letter.id);
            amina.submit(&page, &format!("{page}/unchecked"), &[("because", "As in the round that leaves.")]).await;
        }
        press(&amina, &rehearsal, "approve").await;
        press(&program.staff(Role::Coordinator).await, &rehearsal, "release").await;
        program.drain().await;
        assert!(program.mail.accepted().is_empty() && round_state(&program, &rehearsal).await == "closed");
        press(&amina, &board, "approve").await;
        assert!(press(&amina, &board, "release").await.contains("another person") || round_state(&program, &board).await == "approved");
        press(&program.staff(Role::Coordinator).await, &board, "release").await;
        // Thirty are taken, five mailboxes do not exist, six servers ask to come back, the others take theirs.
        let taken = || Delivery::Accepted { answer: "250 taken".to_owned() };
        (0..30).for_each(|_| program.mail.answer_next(taken()));
        for _ in 0..5 {
            program.mail.answer_next(Delivery::Rejected { code: Some(550), answer: "550 5.1.1 no such mailbox".to_owned() });
            (0..5).for_each(|_| program.mail.answer_next(taken()));
        }
        (0..6).for_each(|_| program.mail.answer_next(Delivery::Deferred { answer: "451 4.7.1 greylisted".to_owned() }));
        minutes(&program, 0..=20).await;
        let all = letters(&program, &board).await;
        let in_state = |state: &str| all.iter().filter(|(letter, _)| letter.state == state).count();
        assert_eq!((in_state("sent"), in_state("bounced")), (190, 5));
        assert_eq!(round_state(&program, &board).await, "closed");
        let mut ids: Vec<String> = program.mail.accepted().iter().map(|mail| crate::support::reading::mail_text(&mail.bytes)).collect();
        ids.sort();
        ids.dedup();
        assert_eq!((program.mail.accepted().len(), ids.len()), (190, 190), "each once, the six that were asked to come back too");
        let (bounced, _) = all.iter().find(|(letter, _)| letter.state == "bounced").unwrap();
        let page = chen.get(&format!("{board}/{}", bounced.id)).await.text();
        assert!(page.contains("no such mailbox"), "the server's own words: {page}");
    }

    /// US7 (R35, R41, R45): without an account an organisation takes its letter for its own letterhead, says that it left, and hands the answer on; the board
    /// shows both, a person confirms what the answer suggests, and the public page stays as it was.
    async fn us7_an_organisation_in_nairobi_writes_its_own_letter(program: Program) {
        let (staff, visitor) = (program.staff(Role::Coordinator).await, program.browser());
        let path = format!("/desk/register/KEN/{FM}");
        let form = staff.get(&path).await;
        let (csrf, seen) = (form.field("csrf").unwrap(), form.field("seen").unwrap_or_default());
        let entry = [
            ("csrf", csrf.as_str()), ("seen", seen.as_str()), ("email", "cs@ministry.example"), ("title", "Cabinet Secretary"),
            ("holder_name", "Amina Example"), ("gender", "f"), ("source", "https://www.ministry.example/cabinet-secretary"),
        ];
        assert_eq!(staff.post(&path, &entry).await.status, 303);
        let own = [("state", "KEN"), ("post", FM), ("language", "en"), ("name", "Nairobi Walking Society")];
        let page = visitor.post("/en/write", &own).await;
        assert_eq!(page.status, 200, "{}", page.text());
        assert!(page.text().contains("Cabinet Secretary") && page.text().contains("cs@ministry.example"), "{}", page.text());
        let word = visitor.post("/en/write/docx", &own).await;
        assert!(word.bytes.starts_with(b"PK") && word.bytes.len() < 200 * 1024);
        // It left: told by a form, kept by staff's decision, marked as the sender's own word for good.
        let sent = [("state", "KEN"), ("posts", FM), ("name", "Nairobi Walking Society"), ("sent_on", "2026-11-20"), ("way", "post")];
        let told = sent.into_iter().fold(reqwest::multipart::Form::new(), |form, (name, value)| form.text(name, value));
        let told = visitor.client.post(format!("{}/en/write/sent", visitor.base_url)).header("sec-fetch-site", "same-origin").multipart(told);
        assert_eq!(told.send().await.unwrap().status(), 303);
        let report = letter_report::Entity::find().one(program.app.platform.database.read()).await.unwrap().unwrap();
        let written = "/desk/letters/written";
        assert_eq!(staff.submit(written, &format!("{written}/{}/accept", report.id), &[]).await.status, 303);
        let board = staff.get(&format!("{written}?state=KEN")).await.text();
        assert!(board.contains("Nairobi Walking Society") && board.contains("Self-reported"), "{board}");
        // The answer they hand on is recorded in private and only suggests.
        let before = (stance(&program, Audience::Public, "KEN").await, visitor.get("/en/states/KEN").await.texts("main h2, main .stance").join(" "));
        let summary = [("country", "KEN"), ("summary", "The ministry is open to joining a consensus.")];
        let answer = replies::send(&staff, "/desk/replies/new", &summary, None).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let proposal = evidence_proposal::Entity::find().one(program.app.platform.database.read()).await.unwrap().unwrap();
        assert_eq!((proposal.iso3.as_str(), proposal.state.as_str()), ("KEN", "proposed"));
        let path = format!("/desk/positions/proposals/{}", proposal.id);
        let form = staff.get(&path).await;
        assert_eq!(form.status, 200);
        let day = program.clock.now().date_naive().to_string();
        let accept = [
            ("type", "reply"), ("date", day.as_str()), ("capacity", "national"), ("scope", "overall"), ("direction", "support"), ("confidence", "medium"),
            ("visibility", "core"), ("summary", "The ministry is open to joining a consensus."), ("source_url", "https://www.ministry.example/answer"),
        ];
        let accepted = staff.submit(&path, &format!("{path}/accept"), &accept).await;
        assert_eq!(accepted.status, 303, "{}", accepted.texts(".error-summary").join(" "));
        program.drain().await;
        assert_eq!(stance(&program, Audience::Staff, "KEN").await.as_deref(), Some("support"));
        let after = (stance(&program, Audience::Public, "KEN").await, visitor.get("/en/states/KEN").await.texts("main h2, main .stance").join(" "));
        assert_eq!(after, before, "a private answer moves nothing that is public");
    }
}
