//! What becomes of a letter between approval and the addressee's server.

use chrono::NaiveDate;
use demarche::{
    domain::{email::EmailAddress, letter::Channel},
    entities::{account, dispatch, event, letter, letter_event, letter_round, letter_template, post, text_version, wave},
    letters::{
        dispatch::{ByHand, DispatchError, queue_letter, record_by_hand},
        single,
    },
    platform::{
        files::{self, NewFile},
        mail::Delivery,
    },
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use crate::{
    on_both_databases,
    support::{Program, program::start_of_tests},
};

/// A letter to one state's mission, with a PDF, in a round that is being sent.
pub async fn letter_in(program: &Program, iso3: &str, state: &str, rehearsal: bool) -> letter::Model {
    let (db, now) = (program.app.platform.database.write(), start_of_tests());
    let campaign = program.app.campaigns.get(&program.app.platform).await.unwrap();
    let staff = match account::Entity::find().one(db).await.unwrap() {
        Some(account) => account.id,
        None => program.add_account("writer@staff.example.org", demarche::accounts::Role::Campaigner).await,
    };
    let text = text_version::Entity::find().one(db).await.unwrap().unwrap();
    let event = event::Entity::find().one(db).await.unwrap().unwrap();
    let (wave_id, template_id, round_id) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let number = i32::try_from(wave::Entity::find().all(db).await.unwrap().len()).unwrap() + 1;
    wave::Entity::insert(
        wave::Model {
            id: wave_id,
            campaign_id: campaign.id,
            text_version_id: text.id,
            number,
            counts: json!({}),
            content_hash: "0".repeat(64),
            frozen_at: now,
            frozen_by: None,
            names_removed: 0,
            published_at: None,
            published_by: None,
        }
        .into_active_model(),
    )
    .exec_without_returning(db)
    .await
    .unwrap();
    let template = letter_template::Model {
        id: template_id,
        campaign_id: campaign.id,
        number: 1000 + number,
        blocks: json!({}),
        content_hash: "0".repeat(64),
        created_at: now,
        account_id: None,
        note: None,
    };
    letter_template::Entity::insert(template.into_active_model()).exec_without_returning(db).await.unwrap();
    let round = letter_round::Model {
        id: round_id,
        campaign_id: campaign.id,
        name: format!("Round {round_id}"),
        event_id: event.id,
        wave_id,
        template_id,
        state: "sending".to_owned(),
        dated_on: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        rehearsal,
        options: json!({}),
        created_by: staff,
        approved_by: None,
        approved_at: None,
        released_by: None,
        released_at: None,
        created_at: now,
        paused_at: None,
        paused_by: None,
        paused_because: None,
        resumed_at: None,
        send_hour: None,
    };
    letter_round::Entity::insert(round.into_active_model()).exec_without_returning(db).await.unwrap();
    let post = post::Entity::find().filter(post::Column::Iso3.eq(iso3)).order_by_desc(post::Column::Kind).one(db).await.unwrap().unwrap();
    let file = NewFile { media_type: "application/pdf", file_name: "letter.pdf", content: b"%PDF-1.7 a letter of the tests" };
    let file = files::keep(db, file, now).await.unwrap();
    let id = Uuid::now_v7();
    let reference =
        demarche::domain::reference::Reference::of(demarche::domain::reference::ReferenceKind::Letter, id, 0).with_prefix("CAH");
    let row = letter::Model {
        id,
        round_id,
        iso3: iso3.to_owned(),
        post_id: post.id,
        language: "en".to_owned(),
        content: json!({ "email": { "subject": "Request for support", "text": format!("Excellency,\n\nall of the letter.\n\n{reference}") } }),
        reference,
        state: state.to_owned(),
        content_hash: "0".repeat(64),
        findings: json!([]),
        blockers: 0,
        file_id: Some(file.id),
        pages: Some(1),
        names_removed: 0,
        unchecked_because: None,
        variant: String::new(),
        marks: None,
        channel: "mail".to_owned(),
        updated_at: now,
    };
    letter::Entity::insert(row.clone().into_active_model()).exec_without_returning(db).await.unwrap();
    row
}

pub async fn queue(program: &Program, letter: &letter::Model, rehearsal: bool) -> Uuid {
    queue_to(program, letter, "mission@ken.example.org", rehearsal).await
}

pub async fn queue_to(program: &Program, letter: &letter::Model, to: &str, rehearsal: bool) -> Uuid {
    let txn = program.app.platform.database.begin().await.unwrap();
    let to = EmailAddress::parse(to).unwrap();
    let id = queue_letter(&txn, letter, &to, rehearsal, start_of_tests()).await.unwrap();
    txn.commit().await.unwrap();
    id
}

pub async fn letter_state(program: &Program, id: Uuid) -> String {
    letter::Entity::find_by_id(id).one(program.app.platform.database.read()).await.unwrap().unwrap().state
}

async fn the_dispatch(program: &Program, id: Uuid) -> dispatch::Model {
    dispatch::Entity::find_by_id(id).one(program.app.platform.database.read()).await.unwrap().unwrap()
}

pub async fn history(program: &Program, letter: Uuid) -> Vec<String> {
    let find = letter_event::Entity::find().filter(letter_event::Column::LetterId.eq(letter)).order_by_asc(letter_event::Column::Id);
    find.all(program.app.platform.database.read()).await.unwrap().into_iter().map(|event| event.to_state).collect()
}

on_both_databases! {
    /// R33, R37
    async fn an_accepted_letter_is_sent_and_keeps_the_servers_answer(program: Program) {
        let letter = letter_in(&program, "KEN", "approved", false).await;
        let id = queue(&program, &letter, false).await;
        program.mail.answer_next(Delivery::Accepted { answer: "250 2.0.0 queued as 4XYZ".to_owned() });
        program.drain().await;
        let row = the_dispatch(&program, id).await;
        assert_eq!((row.state.as_str(), row.server_answer.as_deref(), row.attempts), ("accepted", Some("250 2.0.0 queued as 4XYZ"), 1));
        assert_eq!(letter_state(&program, letter.id).await, "sent");
        assert_eq!(history(&program, letter.id).await, ["queued", "sent"]);
        let mails = program.mail.accepted();
        assert_eq!(mails.len(), 1);
        let mail = String::from_utf8_lossy(&mails[0].bytes).into_owned();
        assert_eq!(mails[0].envelope.to().len(), 1, "one addressee a message");
        assert_eq!(row.message_id.as_deref(), Some(mails[0].message_id.as_str()));
        assert!(mails[0].message_id.starts_with(&id.simple().to_string()));
        assert!(mail.contains(&format!("[{}]", letter.reference)), "the subject carries the reference");
        assert!(mail.contains("all of the letter") && mail.contains("CAH-KEN-en-2026-11-23.pdf"), "{mail}");
    }

    /// R33
    async fn a_refused_letter_is_bounced_with_the_servers_words(program: Program) {
        let letter = letter_in(&program, "KEN", "approved", false).await;
        let id = queue(&program, &letter, false).await;
        program.mail.answer_next(Delivery::Rejected { code: Some(550), answer: "550 no such mailbox".to_owned() });
        program.drain().await;
        let row = the_dispatch(&program, id).await;
        assert_eq!((row.state.as_str(), row.server_answer.as_deref()), ("rejected", Some("550 no such mailbox")));
        assert_eq!(history(&program, letter.id).await, ["queued", "bounced"]);
        assert!(program.mail.accepted().is_empty());
    }

    /// R36
    async fn a_deferred_letter_stays_queued_and_is_tried_again(program: Program) {
        let letter = letter_in(&program, "KEN", "approved", false).await;
        let id = queue(&program, &letter, false).await;
        program.mail.answer_next(Delivery::Deferred { answer: "451 greylisted".to_owned() });
        program.drain().await;
        let row = the_dispatch(&program, id).await;
        assert_eq!((row.state.as_str(), row.server_answer.as_deref(), row.finished_at), ("deferred", Some("451 greylisted"), None));
        assert_eq!(letter_state(&program, letter.id).await, "queued");
        program.clock.set(start_of_tests() + chrono::Duration::hours(1));
        program.drain().await;
        let row = the_dispatch(&program, id).await;
        assert_eq!((row.state.as_str(), row.attempts), ("accepted", 2));
        assert_eq!(letter_state(&program, letter.id).await, "sent");
    }

    /// R36
    async fn a_rehearsal_opens_no_connection_and_sends_nothing(program: Program) {
        let by_round = letter_in(&program, "KEN", "approved", true).await;
        let by_job = letter_in(&program, "FRA", "approved", false).await;
        // Were anything offered to the transport, this answer would come back in a dispatch.
        program.mail.answer_next(Delivery::Rejected { code: Some(550), answer: "somebody connected".to_owned() });
        for (letter, rehearsal) in [(&by_round, false), (&by_job, true)] {
            let id = queue(&program, letter, rehearsal).await;
            program.drain().await;
            let row = the_dispatch(&program, id).await;
            assert_eq!((row.state.as_str(), row.attempts, row.message_id), ("rehearsed", 0, None));
            assert_eq!(history(&program, letter.id).await, ["queued", "approved"], "a rehearsed letter never counts as sent");
        }
        assert!(program.mail.accepted().is_empty());
    }

    /// R33: the process dies after the server took the mail and before that was written down.
    async fn a_crash_after_acceptance_repeats_the_same_mail_and_sends_the_letter_once(program: Program) {
        let letter = letter_in(&program, "KEN", "approved", false).await;
        let id = queue(&program, &letter, false).await;
        program.drain().await;
        // Undo what the lost transaction would have written, and ask for the work again.
        let db = program.app.platform.database.write();
        let mut lost: dispatch::ActiveModel = the_dispatch(&program, id).await.into();
        (lost.state, lost.server_answer, lost.finished_at) = (Set("queued".to_owned()), Set(None), Set(None));
        lost.update(db).await.unwrap();
        let mut back: letter::ActiveModel = letter.clone().into();
        back.state = Set("queued".to_owned());
        back.update(db).await.unwrap();
        letter_event::Entity::delete_many().filter(letter_event::Column::ToState.eq("sent")).exec(db).await.unwrap();
        again(&program, id).await;
        let mails = program.mail.accepted();
        assert_eq!(mails.len(), 2);
        assert_eq!(mails[0], mails[1], "the same Message-ID and the same bytes: whoever gets it twice can tell");
        // And once more, with everything written down: nothing happens.
        again(&program, id).await;
        assert_eq!(program.mail.accepted().len(), 2);
        assert_eq!(history(&program, letter.id).await, ["queued", "sent"]);
    }

    /// R33
    async fn what_was_not_approved_is_neither_queued_nor_recorded_as_delivered(program: Program) {
        let platform = &program.app.platform;
        let to = EmailAddress::parse("mission@ken.example.org").unwrap();
        let proof = NewFile { media_type: "application/pdf", file_name: "receipt.pdf", content: b"%PDF- receipt" };
        for state in ["draft", "checked", "closed"] {
            let letter = letter_in(&program, "KEN", state, false).await;
            let txn = platform.database.begin().await.unwrap();
            assert!(matches!(queue_letter(&txn, &letter, &to, false, start_of_tests()).await, Err(DispatchError::Move(_))), "{state}");
            drop(txn);
            let by_hand = ByHand { letter: letter.id, channel: Channel::Hand, proof, note: "", account: Uuid::now_v7() };
            assert!(matches!(record_by_hand(platform, by_hand).await, Err(DispatchError::Move(_))), "{state}");
            assert_eq!(letter_state(&program, letter.id).await, state);
        }
    }

    /// R33
    async fn a_delivery_by_hand_is_sent_with_its_proof(program: Program) {
        let letter = letter_in(&program, "KEN", "approved", false).await;
        let account = program.add_account("hand@staff.example.org", demarche::accounts::Role::Campaigner).await;
        let proof = NewFile { media_type: "application/pdf", file_name: "receipt.pdf", content: b"%PDF- stamped copy" };
        let by_hand = ByHand { letter: letter.id, channel: Channel::Hand, proof, note: "Given to the registry", account };
        let id = record_by_hand(&program.app.platform, by_hand).await.unwrap();
        let row = the_dispatch(&program, id).await;
        assert_eq!((row.state.as_str(), row.channel.as_str(), row.account_id), ("recorded", "hand", Some(account)));
        assert!(row.file_id.is_some());
        assert_eq!(history(&program, letter.id).await, ["sent"]);
        let mail = ByHand { channel: Channel::Mail, ..by_hand };
        assert!(matches!(record_by_hand(&program.app.platform, mail).await, Err(DispatchError::Channel)));
    }

    /// R36: what one person alone may not send by mail leaves by no other way; and never without the letter as it was issued.
    async fn a_delivery_by_hand_needs_a_released_round_and_the_letters_file(program: Program) {
        let platform = &program.app.platform;
        let account = program.add_account("alone@staff.example.org", demarche::accounts::Role::Campaigner).await;
        let proof = NewFile { media_type: "application/pdf", file_name: "receipt.pdf", content: b"%PDF- stamped copy" };
        let by_hand = |letter: &letter::Model| ByHand { letter: letter.id, channel: Channel::Hand, proof, note: "", account };
        for state in ["draft", "checked", "approved", "closed"] {
            let letter = letter_in(&program, "KEN", "approved", false).await;
            let change = letter_round::ActiveModel { id: Set(letter.round_id), state: Set(state.to_owned()), ..Default::default() };
            change.update(platform.database.write()).await.unwrap();
            let refused = record_by_hand(platform, by_hand(&letter)).await;
            let fits = if state == "closed" { matches!(refused, Err(DispatchError::Round)) } else { matches!(refused, Err(DispatchError::NotReleased)) };
            assert!(fits, "{state}: {refused:?}");
            assert_eq!((letter_state(&program, letter.id).await.as_str(), history(&program, letter.id).await.len()), ("approved", 0));
        }
        let letter = letter_in(&program, "KEN", "approved", false).await;
        let mut bare: letter::ActiveModel = letter.clone().into();
        bare.file_id = Set(None);
        bare.update(platform.database.write()).await.unwrap();
        assert!(matches!(record_by_hand(platform, by_hand(&letter)).await, Err(DispatchError::NotTypeset)));
        let rehearsed = letter_in(&program, "KEN", "approved", true).await;
        assert!(matches!(record_by_hand(platform, by_hand(&rehearsed)).await, Err(DispatchError::Round)));
        assert!(dispatch::Entity::find().all(platform.database.read()).await.unwrap().is_empty());
    }

    /// R36: the last letter came back and the round is over; it may still be carried there. Not after a stop.
    async fn what_came_back_may_be_carried_from_a_round_that_is_over(program: Program) {
        let platform = &program.app.platform;
        let account = program.add_account("carry@staff.example.org", demarche::accounts::Role::Campaigner).await;
        let proof = NewFile { media_type: "application/pdf", file_name: "receipt.pdf", content: b"%PDF- stamped copy" };
        let letter = letter_in(&program, "KEN", "bounced", false).await;
        let held = beside(&program, &letter, "FRA").await;
        demarche::letters::service::stop(platform, letter.round_id, account).await.unwrap();
        let by_hand = ByHand { letter: letter.id, channel: Channel::Hand, proof, note: "", account };
        assert!(matches!(record_by_hand(platform, by_hand).await, Err(DispatchError::Round)));
        single::cancel(platform, held.id, account).await.unwrap();
        record_by_hand(platform, by_hand).await.unwrap();
        assert_eq!(letter_state(&program, letter.id).await, "sent");
    }

    /// R80: whoever holds a letter learns whether it left, when and to which office; at once, though public pages are kept.
    async fn only_a_letter_that_left_is_confirmed_as_genuine(kept: Program) {
        let program = Program::start_with(kept.kind, |config| config.page_cache = std::time::Duration::from_secs(60)).await;
        let browser = program.browser();
        let ask = async |language: &str, letter: &letter::Model| {
            let page = browser.get(&format!("/{language}/genuine?reference={}", letter.reference)).await;
            assert_eq!(page.status, 200);
            page.texts("[role=status], [role=alert]").join(" ")
        };
        browser.get("/en").await;
        for state in ["draft", "checked", "approved", "closed"] {
            let letter = letter_in(&program, "KEN", state, false).await;
            let said = ask("en", &letter).await;
            assert!(said.contains("has not been sent by us") && !said.contains("left us on"), "{state}: {said}");
        }
        let rehearsed = letter_in(&program, "KEN", "approved", true).await;
        queue(&program, &rehearsed, true).await;
        let refused = letter_in(&program, "TUV", "approved", false).await;
        let letter = letter_in(&program, "VAT", "approved", false).await;
        program.drain().await;
        assert!(ask("en", &rehearsed).await.contains("has not been sent by us"), "a rehearsed letter is never confirmed");
        program.mail.answer_next(Delivery::Rejected { code: Some(550), answer: "550 no".to_owned() });
        queue(&program, &refused, false).await;
        program.drain().await;
        assert!(ask("en", &refused).await.contains("has not been sent by us"), "a server refused it");
        queue(&program, &letter, false).await;
        assert!(ask("en", &letter).await.contains("has not been sent by us"), "it waits");
        program.drain().await;
        let said = ask("en", &letter).await;
        for part in ["This letter is ours.", &letter.reference, "23 November 2026", "Permanent Observer to the United Nations in New York", "Holy See"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        for language in ["fr", "es", "ru", "ar", "zh"] {
            let (sent, unsent) = (ask(language, &letter).await, ask(language, &rehearsed).await);
            assert!(sent.contains(&letter.reference) && sent.contains("2026") && !sent.contains("publishing-") && !unsent.contains("publishing-") && sent != unsent, "{language}: {sent}");
        }
        let unknown = demarche::domain::reference::Reference::of(demarche::domain::reference::ReferenceKind::Letter, Uuid::now_v7(), 0);
        let page = browser.get(&format!("/en/genuine?reference={}", unknown.with_prefix("CAH"))).await;
        assert!(page.text().contains("does not exist") && !page.text().contains("prepared"), "{}", page.text());
        let by_hand = letter_in(&program, "FRA", "approved", false).await;
        let account = program.add_account("genuine@staff.example.org", demarche::accounts::Role::Campaigner).await;
        let proof = NewFile { media_type: "application/pdf", file_name: "receipt.pdf", content: b"%PDF- stamped copy" };
        record_by_hand(&program.app.platform, ByHand { letter: by_hand.id, channel: Channel::Hand, proof, note: "", account }).await.unwrap();
        assert!(ask("en", &by_hand).await.contains("left us on"));
    }

    /// R80: the address a letter prints leads to the page, and a signer's own reference is ours too.
    async fn the_printed_address_leads_to_the_page_and_a_signers_reference_is_ours(program: Program) {
        let browser = program.browser();
        let answer = browser.get("/genuine").await;
        assert_eq!((answer.status, answer.location()), (303, "/en/genuine"));
        let fields = crate::processes::organisation(1);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(browser.post("/en/sign", &fields).await.status, 303);
        let row = demarche::entities::signature::Entity::find().one(program.app.platform.database.read()).await.unwrap().unwrap();
        let page = browser.get(&format!("/en/genuine?reference={}", row.reference)).await;
        assert!(page.text().contains("This reference exists") && page.text().contains(&row.reference), "{}", page.text());
    }

    /// R46: who holds a letter that may have left is not told that it is none of ours.
    async fn a_letter_the_server_may_have_is_confirmed_as_ours(program: Program) {
        let letter = letter_in(&program, "KEN", "approved", false).await;
        queue(&program, &letter, false).await;
        let asked = async || program.browser().get(&format!("/en/genuine?reference={}", letter.reference)).await.text();
        assert!(asked().await.contains("We have not sent this letter"), "queued is not sent");
        program.mail.answer_next(Delivery::Deferred { answer: "451 come back later".to_owned() });
        program.drain().await;
        assert!(asked().await.contains("This letter is ours"), "a server that says later may have it all the same");
    }
}

/// An approved letter to another state in the round of a letter.
pub async fn beside(program: &Program, other: &letter::Model, iso3: &str) -> letter::Model {
    let row = letter_in(program, iso3, "approved", false).await;
    let mut moved: letter::ActiveModel = row.into();
    moved.round_id = Set(other.round_id);
    moved.update(program.app.platform.database.write()).await.unwrap()
}

async fn again(program: &Program, dispatch: Uuid) {
    let job = demarche::platform::jobs::Job::new("letters.dispatch", &json!({ "dispatch": dispatch, "rehearsal": false }));
    demarche::platform::jobs::enqueue(program.app.platform.database.write(), job, start_of_tests()).await.unwrap();
    program.drain().await;
}
