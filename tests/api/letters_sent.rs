//! What two campaigners do with a round that is written: approve, rehearse, release, stop, deliver by hand, send again.

use std::collections::BTreeSet;

use chrono::Duration;
use demarche::{
    accounts::Role,
    domain::language::Language,
    entities::{addressee, dispatch, letter, letter_event, post, stored_file},
    letters::draft::Content,
    platform::mail::Delivery,
};
use reqwest::multipart::{Form, Part};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};

use crate::{
    letters_written::{PR, drafted, letters, pdf_words, press, ready, round_state, words},
    on_both_databases,
    support::{
        Program,
        program::{Browser, start_of_tests},
        reading::Answer,
    },
};

async fn attempts(program: &Program) -> Vec<dispatch::Model> {
    dispatch::Entity::find().order_by_asc(dispatch::Column::Id).all(program.app.platform.database.read()).await.unwrap()
}

/// Records a delivery by hand of the letter at `page`.
pub async fn deliver(browser: &Browser, page: &str, fields: &[(&'static str, &str)], file: Option<Part>) -> Answer {
    let csrf = browser.get(page).await.field("csrf").unwrap();
    let mut form = Form::new().text("csrf", csrf);
    for (name, value) in fields {
        form = form.text(*name, (*value).to_owned());
    }
    if let Some(file) = file {
        form = form.part("file", file);
    }
    let request = browser.client.post(format!("{}{page}/delivery", browser.base_url)).header("sec-fetch-site", "same-origin");
    Answer::of(request.multipart(form).send().await.unwrap()).await
}

pub fn proof() -> Part {
    Part::bytes(b"%PDF-1.7 stamped".to_vec()).file_name("Reçu.pdf")
}

/// The post of a state loses its address.
pub async fn without_address(program: &Program, iso3: &str) {
    let db = program.app.platform.database.write();
    let post = post::Entity::find().filter(post::Column::Iso3.eq(iso3)).filter(post::Column::Kind.eq(PR)).one(db).await.unwrap().unwrap();
    let mut entry =
        addressee::Entity::find().filter(addressee::Column::PostId.eq(post.id)).one(db).await.unwrap().unwrap().into_active_model();
    entry.email = Set(None);
    entry.update(db).await.unwrap();
}

on_both_databases! {
    /// R33, R36
    async fn two_people_press_at_once_and_one_of_them_wins(program: Program) {
        let (amina, bruno) = (ready(&program).await, program.staff(Role::Campaigner).await);
        let board = drafted(&program, &amina, "Twice", &[("posts", PR)]).await;
        let (one, two) = tokio::join!(press(&amina, &board, "approve"), press(&bruno, &board, "approve"));
        let won = [one.contains("approved"), two.contains("approved")];
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{one} / {two}");
        let lost = if won[0] { &two } else { &one };
        assert!(lost.contains("not at that step") || lost.contains("Somebody else changed"), "{lost}");
        let (approver, other) = if won[0] { (&amina, &bruno) } else { (&bruno, &amina) };
        assert!(press(approver, &board, "release").await.contains("somebody else has to release"));
        assert_eq!(round_state(&program, &board).await, "approved");
        let third = program.staff(Role::Coordinator).await;
        let (one, two) = tokio::join!(press(other, &board, "release"), press(&third, &board, "release"));
        assert_eq!([&one, &two].iter().filter(|said| said.contains("is released")).count(), 1, "{one} / {two}");
        let events = letter_event::Entity::find().filter(letter_event::Column::ToState.eq("approved"));
        let approved = events.count(program.app.platform.database.read()).await.unwrap();
        assert_eq!(approved as usize, letters(&program, &board).await.len(), "each letter was approved once");
        assert!(press(&program.staff(Role::Campaigner).await, &board, "draft").await.contains("The round is not at that step."));
    }

    /// R36: a file for each letter, and nobody is called.
    async fn a_rehearsal_writes_every_letter_and_opens_no_connection(program: Program) {
        let (amina, bruno) = (ready(&program).await, program.staff(Role::Campaigner).await);
        let board = drafted(&program, &amina, "Rehearsal", &[("posts", PR)]).await;
        press(&amina, &board, "approve").await;
        press(&bruno, &board, "release").await;
        assert!(amina.get(&board).await.body.contains("data-refresh"), "the board renews itself while work goes on");
        // Were anybody called, this answer would be taken and stand in an attempt.
        program.mail.answer_next(Delivery::Rejected { code: Some(550), answer: "somebody connected".to_owned() });
        program.drain().await;
        let letters = letters(&program, &board).await;
        let files: BTreeSet<_> = letters.iter().filter_map(|(letter, _)| letter.file_id).collect();
        let states = program.app.states.get(&program.app.platform).await.unwrap().states().len();
        assert_eq!((letters.len(), files.len()), (states, states));
        let attempts = attempts(&program).await;
        assert_eq!(attempts.len(), states);
        assert!(attempts.iter().all(|row| row.state == "rehearsed" && row.attempts == 0 && row.message_id.is_none()));
        assert!(program.mail.accepted().is_empty());
        let db = program.app.platform.database.read();
        for file in stored_file::Entity::find().filter(stored_file::Column::MediaType.eq("application/pdf")).all(db).await.unwrap() {
            assert!(file.content.starts_with(b"%PDF-") && file.size < 1_000_000, "{}: {}", file.file_name, file.size);
        }
        let shown = amina.get(&board).await;
        assert_eq!(round_state(&program, &board).await, "closed");
        assert!(shown.text().contains("The rehearsal is over.") && shown.text().contains("make a new round"), "{}", shown.text());
        assert!(shown.text().contains(&format!("Finished: {states} of {states}")) && !shown.body.contains("data-refresh"), "{}", shown.text());
        // Asked again, nothing is rehearsed twice.
        let kenya = letters.iter().find(|(letter, _)| letter.iso3 == "KEN").unwrap();
        let page = amina.get(&format!("{board}/{}", kenya.0.id)).await;
        assert!(page.texts("form[action$=delivery]").is_empty(), "what is rehearsed is not delivered");
        assert!(page.texts("#by-hand").join(" ").contains("rehearsal"), "{}", page.text());
    }

    /// R33, R36, R37, R38: a real round, its pace, its mails, its annex.
    async fn a_released_round_leaves_at_the_hosts_pace_with_one_addressee_a_mail(program: Program) {
        let (amina, bruno) = (ready(&program).await, program.staff(Role::Campaigner).await);
        let db = program.app.platform.database.write();
        for entry in addressee::Entity::find().all(db).await.unwrap() {
            let mut change = entry.clone().into_active_model();
            change.email = Set(Some(format!("{}@missions.example", entry.post_id.simple())));
            change.update(db).await.unwrap();
        }
        let board = drafted(&program, &amina, "Real", &[("posts", PR), ("mode", "send"), ("language", "en")]).await;
        press(&amina, &board, "approve").await;
        press(&bruno, &board, "release").await;
        program.drain().await;
        assert_eq!(program.mail.accepted().len(), 30, "one host gets thirty letters a minute");
        let shown = bruno.get(&board).await;
        assert!(shown.text().contains("30 of 195") && shown.text().contains("Stop this round"), "{}", shown.text());
        for minute in 1..=12 {
            program.clock.set(start_of_tests() + Duration::seconds(61 * minute));
            program.drain().await;
        }
        let mails = program.mail.accepted();
        let letters = letters(&program, &board).await;
        assert_eq!(mails.len(), letters.len());
        assert!(letters.iter().all(|(letter, _)| letter.state == "sent"));
        let ids: BTreeSet<_> = mails.iter().map(|mail| mail.message_id.clone()).collect();
        assert_eq!(ids.len(), mails.len());
        assert!(mails.iter().all(|mail| mail.envelope.to().len() == 1));
        let (_, words) = words(&program).await;
        let labels = &words.labels.languages[&Language::En].page;
        let mut with_own = 0;
        for (letter, content) in letters.iter().filter(|(letter, _)| ["KEN", "FRA", "TUV", "PSE"].contains(&letter.iso3.as_str())) {
            let file = stored_file::Entity::find_by_id(letter.file_id.unwrap()).one(db).await.unwrap().unwrap();
            let text = pdf_words(&file.content);
            let number = |before: &str| -> usize {
                let rest = &text[text.find(before).unwrap_or_else(|| panic!("{before} in {text}")) + before.len()..];
                rest.chars().skip_while(|c| !c.is_ascii_digit()).take_while(|c| c.is_ascii_digit() || *c == ',').filter(char::is_ascii_digit).collect::<String>().parse().unwrap()
            };
            let organisations = number("organisations ");
            let individuals = number("individuals ");
            let annex = &text[text.rfind(labels["annex_title"].as_str()).unwrap()..];
            assert!(annex.contains(&format!("{}: {organisations}", labels["organisations"])), "{}", letter.iso3);
            // Every name of the sheet ends so; together with the withheld ones they are what the text speaks of.
            let withheld = labels["withheld"].split("{{").next().unwrap();
            let names = annex.matches("(demo)").count();
            let hidden: usize = annex.split(withheld.trim()).nth(1).unwrap().trim().chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap();
            assert_eq!(names + hidden, organisations + individuals, "{}: {names} names, {hidden} withheld", letter.iso3);
            if let Some(own) = annex.find(labels["from_country"].as_str()) {
                with_own += 1;
                assert!(annex.find(labels["others"].as_str()).is_none_or(|others| own < others), "{}", letter.iso3);
            }
            let events = letter_event::Entity::find().filter(letter_event::Column::LetterId.eq(letter.id)).order_by_asc(letter_event::Column::Id);
            let steps: Vec<_> = events.all(db).await.unwrap().into_iter().map(|event| event.to_state).collect();
            assert_eq!(steps, ["draft", "checked", "approved", "queued", "sent"]);
            assert!(content.email.subject.contains(&letter.reference));
        }
        assert!(with_own >= 2, "the sheet has signatories in Kenya and France");
    }

    async fn a_stopped_round_holds_back_what_has_not_left(program: Program) {
        let (amina, bruno) = (ready(&program).await, program.staff(Role::Campaigner).await);
        let db = program.app.platform.database.write();
        for entry in addressee::Entity::find().all(db).await.unwrap() {
            let mut change = entry.into_active_model();
            change.email = Set(Some("mission@missions.example".to_owned()));
            change.update(db).await.unwrap();
        }
        let board = drafted(&program, &amina, "Stopped", &[("posts", PR), ("mode", "send"), ("language", "en")]).await;
        press(&amina, &board, "approve").await;
        press(&bruno, &board, "release").await;
        program.drain().await;
        press(&bruno, &board, "stop").await;
        for minute in 1..=4 {
            program.clock.set(start_of_tests() + Duration::seconds(61 * minute));
            program.drain().await;
        }
        assert_eq!(program.mail.accepted().len(), 30);
        let states: Vec<_> = letters(&program, &board).await.into_iter().map(|(letter, _)| letter.state).collect();
        assert_eq!(states.iter().filter(|state| *state == "sent").count(), 30);
        assert_eq!(states.iter().filter(|state| *state == "approved").count(), states.len() - 30);
        let shown = bruno.get(&board).await;
        assert!(shown.text().contains(&format!("The round was stopped. Letters held back: {}", states.len() - 30)), "{}", shown.text());
        // R36: and what was held back does not leave by hand.
        let held = letters(&program, &board).await.into_iter().find(|(letter, _)| letter.state == "approved").unwrap().0;
        let page = format!("{board}/{}", held.id);
        assert!(bruno.get(&page).await.texts("form[action$=delivery]").is_empty());
        assert_eq!(deliver(&bruno, &page, &[("channel", "hand")], Some(proof())).await.status, 303);
        assert!(bruno.get(&page).await.texts("[role=alert]").join(" ").contains("do not leave"));
        assert_eq!(crate::dispatch::letter_state(&program, held.id).await, "approved");
    }

    /// R33: by hand, taken out, sent again.
    async fn one_letter_is_recorded_taken_out_or_sent_again(program: Program) {
        let (amina, bruno) = (ready(&program).await, program.staff(Role::Campaigner).await);
        let db = program.app.platform.database.write();
        let board = drafted(&program, &amina, "Single", &[("posts", PR), ("mode", "send"), ("language", "en")]).await;
        let at = |letters: &[(letter::Model, Content)], iso3: &str| format!("{board}/{}", letters.iter().find(|(letter, _)| letter.iso3 == iso3).unwrap().0.id);
        let all = letters(&program, &board).await;
        assert!(amina.get(&at(&all, "KEN")).await.texts("form[action$=delivery]").is_empty(), "nothing is recorded before approval");
        press(&amina, &board, "approve").await;
        // R36: approved by one person, it leaves by no way, not by hand either; and the page says why.
        let page = at(&all, "KEN");
        let shown = bruno.get(&page).await;
        assert!(shown.texts("form[action$=delivery]").is_empty());
        assert!(shown.texts("#by-hand").join(" ").contains("a second person releases it"), "{}", shown.text());
        assert_eq!(deliver(&bruno, &page, &[("channel", "hand")], Some(proof())).await.status, 303);
        assert!(bruno.get(&page).await.texts("[role=alert]").join(" ").contains("a second person releases it"));
        assert_eq!(crate::dispatch::history(&program, all.iter().find(|(letter, _)| letter.iso3 == "KEN").unwrap().0.id).await, ["draft", "checked", "approved"]);
        // One is taken out before it leaves; one has lost its address since; one comes back.
        let france = at(&all, "FRA");
        assert_eq!(bruno.submit(&france, &format!("{france}/cancel"), &[]).await.status, 303);
        without_address(&program, "KEN").await;
        program.mail.answer_next(Delivery::Rejected { code: Some(550), answer: "550 no such mailbox".to_owned() });
        press(&bruno, &board, "release").await;
        program.drain().await;
        assert_eq!(round_state(&program, &board).await, "sending", "one waits for a person");
        // By hand: every fault beside its field, and nothing typed is lost.
        let bad = deliver(&bruno, &page, &[("channel", "mail"), ("note", "Given <b>to</b> the registry")], Some(Part::bytes(b"<svg>".to_vec()).file_name("proof.pdf"))).await;
        assert_eq!(bad.status, 422);
        assert_eq!((bad.texts("#channel-error").len(), bad.texts("#file-error").len()), (1, 1));
        assert_eq!(bad.texts("textarea[name=note]"), ["Given <b>to</b> the registry"]);
        let good = deliver(&bruno, &page, &[("channel", "hand"), ("note", "Given to the registry")], Some(proof())).await;
        assert_eq!(good.status, 303, "{}", good.text());
        let shown = bruno.get(&page).await;
        assert!(shown.text().contains("Given to the registry") && shown.texts("form[action$=delivery]").is_empty(), "{}", shown.text());
        let link = shown.attributes("#dispatches a", "href").remove(0);
        let got = bruno.get(&link).await;
        assert_eq!((got.bytes.as_slice(), got.header("content-type")), (b"%PDF-1.7 stamped".as_slice(), "application/pdf"));
        assert!(got.header("content-disposition").starts_with("attachment"));
        assert_eq!(program.staff(Role::Reader).await.get(&link).await.status, 403);
        assert_eq!(deliver(&bruno, &page, &[("channel", "hand")], Some(proof())).await.status, 303, "a second press is told so");
        assert!(!bruno.get(&page).await.texts("[role=alert]").is_empty());
        let over = bruno.get(&board).await;
        assert_eq!(round_state(&program, &board).await, "closed", "nothing of it waits any more");
        assert!(over.text().contains("The round is over.") && over.text().contains("Came back: 1."), "{}", over.text());
        let reminder = format!("/desk/letters?reminds={}#reminds", board.rsplit('/').next().unwrap());
        assert_eq!(over.attributes("#standing p.note a", "href"), ["?state=bounced", "/desk/letters", reminder.as_str()]);
        let after = letters(&program, &board).await;
        let state = |iso3: &str| after.iter().find(|(letter, _)| letter.iso3 == iso3).unwrap().0.state.clone();
        assert_eq!((state("KEN").as_str(), state("FRA").as_str()), ("sent", "closed"));
        assert_eq!(program.mail.accepted().len(), all.len() - 3, "not the one by hand, not the one taken out, not the one refused");
        let (bounced, _) = after.iter().find(|(letter, _)| letter.state == "bounced").unwrap();
        let page = format!("{board}/{}", bounced.id);
        let wrong = bruno.submit(&page, &format!("{page}/again"), &[("address", "nobody")]).await;
        assert_eq!((wrong.status, wrong.field("address").as_deref()), (422, Some("nobody")));
        assert_eq!(bruno.submit(&page, &format!("{page}/again"), &[("address", "right@mission.example")]).await.status, 303);
        program.drain().await;
        let last = program.mail.accepted().pop().unwrap();
        assert_eq!(last.envelope.to()[0].to_string(), "right@mission.example");
        assert_eq!(crate::dispatch::letter_state(&program, bounced.id).await, "sent");
        assert_eq!(crate::dispatch::history(&program, bounced.id).await, ["draft", "checked", "approved", "queued", "bounced", "queued", "sent"]);
        let register = addressee::Entity::find().filter(addressee::Column::PostId.eq(bounced.post_id)).order_by_desc(addressee::Column::Id);
        assert_eq!(register.one(db).await.unwrap().unwrap().email.as_deref(), Some("right@mission.example"));
    }
}
