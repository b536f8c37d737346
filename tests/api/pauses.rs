//! A round that is held and gone on with, by a person or by itself, and one whose letters leave by the clock of their readers (R36).

use chrono::Duration;
use demarche::{accounts::Role, entities::audit_entry, platform::mail::Delivery};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    dispatch::letter_state,
    letters_written::{PR, drafted, letters, press, ready, round_state},
    on_both_databases,
    support::{
        Program,
        program::{Browser, start_of_tests},
    },
};

async fn at(program: &Program, seconds: i64) {
    program.clock.set(start_of_tests() + Duration::seconds(seconds));
    program.drain().await;
}

/// Approved by one, to be released by the other, who is given back.
async fn approved(program: &Program, name: &str, fields: &[(&str, &str)]) -> (String, Browser) {
    let (amina, bruno) = (ready(program).await, program.staff(Role::Campaigner).await);
    let mut all = vec![("mode", "send"), ("language", "en")];
    all.extend_from_slice(fields);
    let board = drafted(program, &amina, name, &all).await;
    press(&amina, &board, "approve").await;
    (board, bruno)
}

async fn release(browser: &Browser, board: &str, hour: &str) -> String {
    let answer = browser.submit(board, &format!("{board}/release"), &[("hour", hour)]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    browser.get(board).await.texts("[role=alert], [role=status]").join(" ")
}

async fn acts(program: &Program, action: &str) -> Vec<audit_entry::Model> {
    let found = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq(action));
    found.all(program.app.platform.database.read()).await.unwrap()
}

async fn in_state(program: &Program, board: &str, state: &str) -> usize {
    letters(program, board).await.iter().filter(|(letter, _)| letter.state == state).count()
}

on_both_databases! {
    /// R36: pause, go on: nothing leaves meanwhile, nothing is lost, nothing leaves twice.
    async fn a_paused_round_waits_and_goes_on(program: Program) {
        let (board, bruno) = approved(&program, "Paused", &[("posts", PR)]).await;
        let refused = press(&bruno, &board, "pause").await;
        assert!(refused.contains("not possible") || refused.contains("step"), "a round that is not leaving: {refused}");
        release(&bruno, &board, "").await;
        let answer = bruno.submit(&board, &format!("{board}/pause"), &[("because", "  A name is \n wrong ")]).await;
        assert_eq!(answer.status, 303);
        at(&program, 0).await;
        at(&program, 61).await;
        assert_eq!((program.mail.accepted().len(), in_state(&program, &board, "queued").await), (0, 195));
        let shown = bruno.get(&board).await;
        assert!(shown.text().contains("Paused") && shown.text().contains("A name is wrong"), "{}", shown.text());
        assert!(shown.attributes("#standing", "data-refresh").is_empty(), "a page of what stands still does not ask again");
        let again = press(&bruno, &board, "pause").await;
        assert!(again.contains("Somebody else"), "{again}");
        press(&bruno, &board, "resume").await;
        assert!(press(&bruno, &board, "resume").await.contains("Somebody else"), "a second press goes on with nothing");
        for minute in 2..=9 {
            at(&program, 61 * minute).await;
        }
        let mut to: Vec<String> = program.mail.accepted().iter().map(|mail| mail.envelope.to()[0].to_string()).collect();
        to.sort();
        to.dedup();
        assert_eq!((to.len(), program.mail.accepted().len(), round_state(&program, &board).await.as_str()), (195, 195, "closed"));
        assert_eq!((acts(&program, "round.paused").await.len(), acts(&program, "round.resumed").await.len()), (1, 1));
        let reader = program.staff(Role::Reader).await;
        let csrf = reader.get("/desk/letters").await.field("csrf").unwrap_or_default();
        assert_eq!(reader.post(&format!("{board}/pause"), &[("csrf", &csrf)]).await.status, 403);
    }

    /// R36: when too many letters are refused the round pauses by itself, and after somebody went on counts anew.
    async fn a_round_that_is_refused_pauses_by_itself(program: Program) {
        let (board, bruno) = approved(&program, "Refused", &[("posts", PR)]).await;
        release(&bruno, &board, "").await;
        for _ in 0..40 {
            program.mail.answer_next(Delivery::Rejected { code: Some(550), answer: "550 we do not take mail from here".to_owned() });
        }
        at(&program, 0).await;
        let bounced = in_state(&program, &board, "bounced").await;
        assert!((10..=14).contains(&bounced), "those that were being handed over when the tenth came back: {bounced}");
        assert_eq!(in_state(&program, &board, "queued").await, 195 - bounced);
        let acts_of_nobody = acts(&program, "round.paused").await;
        assert_eq!((acts_of_nobody.len(), acts_of_nobody[0].account_id), (1, None));
        let shown = bruno.get(&board).await.text();
        assert!(shown.contains("paused by itself"), "{shown}");
        // Gone on with while the server still refuses: ten more, and no more.
        at(&program, 30).await;
        press(&bruno, &board, "resume").await;
        at(&program, 61).await;
        let more = in_state(&program, &board, "bounced").await - bounced;
        assert!((10..=14).contains(&more), "{more}");
        assert_eq!(acts(&program, "round.paused").await.len(), 2);
        program.mail.forget_answers();
        at(&program, 90).await;
        press(&bruno, &board, "resume").await;
        for minute in 2..=9 {
            at(&program, 61 * minute).await;
        }
        assert_eq!(program.mail.accepted().len(), 195 - bounced - more);
        assert_eq!(round_state(&program, &board).await, "closed");
    }

    /// Letters leave in the morning of the office that reads them: New York for missions, the capital for ministries.
    async fn letters_leave_by_the_clock_of_their_readers(program: Program) {
        let (board, bruno) = approved(&program, "Morning", &[("posts", PR), ("posts", "foreign_minister")]).await;
        let said = release(&bruno, &board, "3").await;
        assert!(said.contains("no hour"), "{said}");
        assert_eq!(round_state(&program, &board).await, "approved");
        // 23 November 2026, a Monday, nine in Greenwich: noon in Nairobi, four in the morning in New York.
        assert_eq!(start_of_tests().to_rfc3339(), "2026-11-23T09:00:00+00:00");
        release(&bruno, &board, "9").await;
        for minute in 0..=3 {
            at(&program, 61 * minute).await;
        }
        let now_sent = |letters: &[(demarche::entities::letter::Model, demarche::letters::draft::Content)]| {
            letters.iter().filter(|(letter, _)| letter.state == "sent").map(|(letter, _)| letter.iso3.clone()).collect::<Vec<_>>()
        };
        let sent = now_sent(&letters(&program, &board).await);
        assert!(sent.contains(&"KEN".to_owned()) && sent.contains(&"FRA".to_owned()), "{sent:?}");
        assert!(!sent.contains(&"USA".to_owned()) && !sent.contains(&"JPN".to_owned()), "before dawn, and after six: {sent:?}");
        let mut twice = sent.clone();
        twice.sort();
        twice.dedup();
        assert_eq!(twice.len(), sent.len(), "no mission yet");
        let shown = bruno.get(&board).await;
        assert!(shown.texts("#waiting").join(" ").contains("wait for their hour"), "{}", shown.text());
        let waiting = letters(&program, &board).await.into_iter().find(|(letter, _)| letter.iso3 == "USA").unwrap().0;
        assert!(bruno.get(&format!("{board}/{}", waiting.id)).await.text().contains("Not before"));
        assert_eq!(letter_state(&program, waiting.id).await, "queued");
        // Five hours later New York opens; the whole day and night later everybody has had a letter.
        for minute in 0..=12 {
            at(&program, 5 * 3600 + 61 * minute).await;
        }
        assert!(letters(&program, &board).await.iter().filter(|(letter, _)| letter.state == "sent").count() > 195);
        for minute in 0..=12 {
            at(&program, 24 * 3600 + 61 * minute).await;
        }
        assert_eq!((program.mail.accepted().len(), round_state(&program, &board).await.as_str()), (390, "closed"));
    }
}
