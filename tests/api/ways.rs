//! The way each letter leaves: chosen before it goes, changed while it waits, and never again once it has left (R33).

use chrono::Duration;
use demarche::{
    accounts::Role,
    entities::{addressee, audit_entry, letter},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::{
    dispatch::letter_state,
    letters_sent::{deliver, proof, without_address},
    letters_written::{PR, drafted, letters, press, ready, round_state},
    on_both_databases,
    support::{
        Program,
        program::{Browser, start_of_tests},
    },
};

async fn find(program: &Program, board: &str, iso3: &str) -> letter::Model {
    letters(program, board).await.into_iter().find(|(letter, _)| letter.iso3 == iso3).unwrap().0
}

async fn choose(browser: &Browser, page: &str, way: &str) -> String {
    let answer = browser.submit(page, &format!("{page}/way"), &[("way", way)]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    browser.get(page).await.texts("[role=alert], [role=status]").join(" ")
}

/// All letters to one host, which takes thirty a minute.
async fn at_one_host(program: &Program) {
    let db = program.app.platform.database.write();
    for entry in addressee::Entity::find().filter(addressee::Column::Email.is_not_null()).all(db).await.unwrap() {
        let mut change = entry.into_active_model();
        change.email = Set(Some("mission@missions.example".to_owned()));
        change.update(db).await.unwrap();
    }
}

async fn later(program: &Program, minutes: std::ops::RangeInclusive<i64>) {
    for minute in minutes {
        program.clock.set(start_of_tests() + Duration::seconds(61 * minute));
        program.drain().await;
    }
}

on_both_databases! {
    /// R33, R36: a letter by hand needs no address, is approved and released with the others, does not leave by mail, and ends its round once
    /// somebody recorded its delivery.
    async fn a_letter_that_goes_by_hand_waits_for_a_person(program: Program) {
        let (amina, bruno) = (ready(&program).await, program.staff(Role::Campaigner).await);
        without_address(&program, "KEN").await;
        let board = drafted(&program, &amina, "By hand", &[("posts", PR), ("mode", "send"), ("language", "en")]).await;
        let kenya = find(&program, &board, "KEN").await;
        let page = format!("{board}/{}", kenya.id);
        assert_eq!((kenya.state.as_str(), kenya.blockers), ("draft", 1));
        assert!(amina.get(&page).await.texts("#way-section").join(" ").contains("None is known"));
        assert!(choose(&amina, &page, "hand").await.contains("the way you chose"));
        choose(&amina, &page, "hand").await;
        let kenya = find(&program, &board, "KEN").await;
        assert_eq!((kenya.state.as_str(), kenya.blockers, kenya.channel.as_str()), ("checked", 0, "hand"));
        let lines = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("letter.way_chosen"));
        assert_eq!(lines.all(program.app.platform.database.read()).await.unwrap().len(), 1, "a second press chooses nothing");
        // Drafted anew it goes the same way; by mail it cannot go.
        press(&amina, &board, "draft").await;
        program.drain().await;
        assert_eq!(find(&program, &board, "KEN").await.channel, "hand");
        choose(&amina, &page, "mail").await;
        assert_eq!(find(&program, &board, "KEN").await.blockers, 1);
        choose(&amina, &page, "hand").await;
        press(&amina, &board, "approve").await;
        assert!(choose(&amina, &page, "mail").await.contains("No address is known"));
        let shown = bruno.get(&board).await.text();
        assert!(shown.contains("Not by e-mail: 1") && shown.contains("Addressees: 194"), "{shown}");
        press(&bruno, &board, "release").await;
        later(&program, 0..=12).await;
        let kenya = find(&program, &board, "KEN").await;
        assert!(kenya.state == "approved" && kenya.file_id.is_some());
        assert_eq!((program.mail.accepted().len(), round_state(&program, &board).await.as_str()), (194, "sending"));
        let shown = bruno.get(&board).await;
        assert!(shown.text().contains("waiting for a person") && !shown.body.contains("data-refresh"), "{}", shown.text());
        assert!(deliver(&bruno, &page, &[("channel", "hand"), ("note", "At the registry")], Some(proof())).await.status == 303);
        assert_eq!((letter_state(&program, kenya.id).await.as_str(), round_state(&program, &board).await.as_str()), ("sent", "closed"));
        assert_eq!(program.mail.accepted().len(), 194);
        assert!(choose(&bruno, &page, "post").await.contains("not at that step") || bruno.get(&page).await.texts("form[action$=way]").is_empty());
    }

    /// R33: one that waits in the queue may go by hand after all, and one by hand by mail.
    async fn a_letter_changes_its_way_while_it_waits(program: Program) {
        let (amina, bruno) = (ready(&program).await, program.staff(Role::Campaigner).await);
        at_one_host(&program).await;
        let board = drafted(&program, &amina, "Changed", &[("posts", PR), ("mode", "send"), ("language", "en")]).await;
        let france = format!("{board}/{}", find(&program, &board, "FRA").await.id);
        choose(&amina, &france, "portal").await;
        press(&amina, &board, "approve").await;
        press(&bruno, &board, "release").await;
        program.drain().await;
        assert_eq!(program.mail.accepted().len(), 30);
        let queued = letters(&program, &board).await.into_iter().find(|(letter, _)| letter.state == "queued").unwrap().0;
        let page = format!("{board}/{}", queued.id);
        choose(&bruno, &page, "hand").await;
        assert_eq!(letter_state(&program, queued.id).await, "approved");
        choose(&bruno, &france, "mail").await;
        later(&program, 1..=12).await;
        assert_eq!(find(&program, &board, "FRA").await.state, "sent");
        assert_eq!((program.mail.accepted().len(), letter_state(&program, queued.id).await.as_str()), (194, "approved"));
        // Sent is sent.
        assert!(bruno.get(&france).await.texts("form[action$=way]").is_empty());
        let late = bruno.submit(&page, &format!("{france}/way"), &[("way", "hand")]).await;
        assert_eq!((late.status, find(&program, &board, "FRA").await.channel.as_str()), (303, "mail"));
        let wrong = bruno.submit(&page, &format!("{page}/way"), &[("way", "pigeon")]).await;
        assert_eq!((wrong.status, wrong.text().contains("Choose how it was delivered")), (422, true));
    }

    /// R33: what is stopped says so in the list and in the trail, with all it holds back.
    async fn a_stopped_round_is_told_from_one_that_is_over(program: Program) {
        let (amina, bruno) = (ready(&program).await, program.staff(Role::Campaigner).await);
        at_one_host(&program).await;
        let stopped = drafted(&program, &amina, "Halted", &[("posts", PR), ("mode", "send"), ("language", "en")]).await;
        press(&amina, &stopped, "approve").await;
        press(&bruno, &stopped, "release").await;
        program.drain().await;
        let shown = bruno.get(&stopped).await.texts("#stop").join(" ");
        assert!(shown.contains("Letters held back: 165") && shown.contains("Not possible"), "{shown}");
        press(&bruno, &stopped, "stop").await;
        let over = drafted(&program, &amina, "Rehearsed", &[("posts", PR), ("language", "en")]).await;
        press(&amina, &over, "approve").await;
        press(&bruno, &over, "release").await;
        program.drain().await;
        let early = drafted(&program, &amina, "Never released", &[("posts", PR), ("language", "en")]).await;
        press(&bruno, &early, "stop").await;
        let rows = amina.get("/desk/letters").await.texts("#rounds tbody tr");
        for (name, state) in [("Halted", "Stopped"), ("Rehearsed", "Closed"), ("Never released", "Stopped")] {
            assert!(rows.iter().any(|row| row.contains(name) && row.contains(state)), "{name}: {rows:?}");
        }
        let trail = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("round.stopped"));
        let mut held: Vec<_> = trail.all(program.app.platform.database.read()).await.unwrap().iter().map(|line| line.details["held_back"].as_u64().unwrap()).collect();
        held.sort_unstable();
        assert_eq!(held, [165, 195]);
    }
}
