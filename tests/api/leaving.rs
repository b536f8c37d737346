//! Letters that leave: released at the pace of their hosts, stopped, taken out, sent again, handed over.

use std::collections::BTreeSet;

use chrono::Duration;
use demarche::{
    accounts::Role,
    domain::language::Language,
    entities::{addressee, letter, letter_event, stored_file},
    letters::draft::Content,
    platform::mail::Delivery,
};
use reqwest::multipart::{Form, Part};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::{
    letters::{PR, drafted, letters, pdf_words, press, ready, words},
    on_both_databases,
    support::{Program, program::start_of_tests, reading::Answer},
};

on_both_databases! {
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
        let send = async |page: &str, fields: &[(&'static str, String)], file: Option<Part>| {
            let csrf = bruno.get(page).await.field("csrf").unwrap();
            let mut form = Form::new().text("csrf", csrf);
            for (name, value) in fields {
                form = form.text(*name, value.clone());
            }
            if let Some(file) = file {
                form = form.part("file", file);
            }
            let request = bruno.client.post(format!("{}{page}/delivery", bruno.base_url)).header("sec-fetch-site", "same-origin");
            Answer::of(request.multipart(form).send().await.unwrap()).await
        };
        let proof = || Part::bytes(b"%PDF-1.7 stamped".to_vec()).file_name("Reçu.pdf");
        // R36: whoever approved, nothing has left by any channel before a second person released it.
        let kenya = at(&all, "KEN");
        assert!(bruno.get(&kenya).await.texts("form[action$=delivery]").is_empty());
        assert_eq!(send(&kenya, &[("channel", "hand".to_owned())], Some(proof())).await.status, 303);
        assert!(bruno.get(&kenya).await.text().contains("was not released by a second person"));
        assert_eq!(crate::dispatch::letter_state(&program, all.iter().find(|(letter, _)| letter.iso3 == "KEN").unwrap().0.id).await, "approved");
        // One is taken out before it leaves.
        let france = at(&all, "FRA");
        assert_eq!(bruno.submit(&france, &format!("{france}/cancel"), &[]).await.status, 303);
        // Two come back: one goes to another address, one by hand.
        for _ in 0..2 {
            program.mail.answer_next(Delivery::Rejected { code: Some(550), answer: "550 no such mailbox".to_owned() });
        }
        press(&bruno, &board, "release").await;
        program.drain().await;
        let after = letters(&program, &board).await;
        let state = |iso3: &str| after.iter().find(|(letter, _)| letter.iso3 == iso3).unwrap().0.state.clone();
        assert_eq!(state("FRA").as_str(), "closed");
        assert_eq!(program.mail.accepted().len(), all.len() - 3, "not the one taken out, not the two refused");
        let returned: Vec<&letter::Model> = after.iter().map(|(letter, _)| letter).filter(|letter| letter.state == "bounced").collect();
        let &[bounced, by_hand] = returned.as_slice() else { panic!("{} came back", returned.len()) };
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
        // By hand: every fault beside its field, and nothing typed is lost.
        let page = format!("{board}/{}", by_hand.id);
        let bad = send(&page, &[("channel", "mail".to_owned()), ("note", "Given <b>to</b> the registry".to_owned())], Some(Part::bytes(b"<svg>".to_vec()).file_name("proof.pdf"))).await;
        assert_eq!(bad.status, 422);
        assert_eq!((bad.texts("#channel-error").len(), bad.texts("#file-error").len()), (1, 1));
        assert_eq!(bad.texts("textarea[name=note]"), ["Given <b>to</b> the registry"]);
        let good = send(&page, &[("channel", "hand".to_owned()), ("note", "Given to the registry".to_owned())], Some(proof())).await;
        assert_eq!(good.status, 303, "{}", good.text());
        let shown = bruno.get(&page).await;
        assert!(shown.text().contains("Given to the registry") && shown.texts("form[action$=delivery]").is_empty(), "{}", shown.text());
        let link = shown.attributes("#dispatches a", "href").remove(0);
        let got = bruno.get(&link).await;
        assert_eq!((got.bytes.as_slice(), got.header("content-type")), (b"%PDF-1.7 stamped".as_slice(), "application/pdf"));
        assert!(got.header("content-disposition").starts_with("attachment"));
        assert_eq!(program.staff(Role::Reader).await.get(&link).await.status, 403);
        assert_eq!(send(&page, &[("channel", "hand".to_owned())], Some(proof())).await.status, 303, "a second press is told so");
        assert!(bruno.get(&page).await.text().contains("not at that step"));
    }
}
