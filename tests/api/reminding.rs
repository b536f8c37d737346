//! A round of reminders writes again to whoever has not answered, and to nobody who has (R36, R41).

use demarche::entities::{letter_round, letter_template};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use crate::{
    dispatch::{beside, letter_in, letter_state, queue},
    letters_written::{PR, drafted, letters, new_round, press, ready, round_state},
    on_both_databases,
    replies::send,
    support::{
        Program,
        program::{Browser, start_of_tests},
    },
};

/// The letters of these tests come with templates of their own, which hold no words: the campaign's is the newest again.
pub async fn hold_templates_of_tests(program: &Program) {
    let db = program.app.platform.database.write();
    let empty = letter_template::Entity::find().filter(letter_template::Column::Number.gt(1000)).all(db).await.unwrap();
    for (at, template) in (1..).zip(empty) {
        let mut change = template.into_active_model();
        change.number = Set(-at);
        change.update(db).await.unwrap();
    }
}

/// A round that has left for five states: one has answered, one acknowledged, one letter came back, one answered otherwise, one is silent.
async fn left(program: &Program, staff: &Browser) -> Vec<demarche::entities::letter::Model> {
    let first = letter_in(program, "KEN", "approved", false).await;
    let mut all = vec![first.clone()];
    for state in ["FRA", "MEX", "JPN", "SEN"] {
        all.push(beside(program, &first, state).await);
    }
    hold_templates_of_tests(program).await;
    let db = program.app.platform.database.write();
    for letter in &all {
        queue(program, letter, false).await;
    }
    program.drain().await;
    let released = letter_round::Entity::update_many().col_expr(letter_round::Column::ReleasedAt, Expr::value(start_of_tests()));
    released.filter(letter_round::Column::Id.eq(first.round_id)).exec(db).await.unwrap();
    for (at, class) in [(0, "supportive"), (1, "acknowledgement")] {
        let answer = send(staff, &format!("/desk/replies/new?letter={}", all[at].id), &[("class", class)], None).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
    }
    let mut back = all[2].clone().into_active_model();
    back.state = Set("bounced".to_owned());
    back.update(db).await.unwrap();
    let typed = [("country", "JPN"), ("class", "non_committal"), ("received_on", "2026-11-23")];
    let answer = send(staff, "/desk/replies/new", &typed, None).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    all
}

on_both_databases! {
    /// R36, R41
    async fn only_who_has_not_answered_is_written_to_again(program: Program) {
        let staff = ready(&program).await;
        let before = left(&program, &staff).await;
        let round = before[0].round_id.to_string();
        let form = staff.get(&format!("/desk/letters?reminds={round}")).await;
        assert_eq!(form.attributes("select[name=reminds] option[selected]", "value").concat(), round);
        let fields = [("posts", PR), ("language", "en"), ("mode", "send"), ("reminds", round.as_str())];
        let board = drafted(&program, &staff, "Reminder", &fields).await;
        let all = letters(&program, &board).await;
        assert_eq!(all.iter().map(|(letter, _)| letter.iso3.as_str()).collect::<Vec<_>>(), ["FRA", "SEN"]);
        for (letter, content) in &all {
            let earlier = before.iter().find(|earlier| earlier.iso3 == letter.iso3).unwrap();
            let said = format!("We wrote to you on 23 November 2026 (reference {}) and would be grateful for your answer.", earlier.reference);
            assert!(content.page.paragraphs[0].starts_with(&said), "{}", content.page.paragraphs[0]);
            assert_eq!(letter.blockers, 0, "{}", letter.findings);
        }
        // An answer comes before anybody approves.
        let silent = before.iter().find(|letter| letter.iso3 == "SEN").unwrap();
        let answer = send(&staff, &format!("/desk/replies/new?letter={}", silent.id), &[("class", "negative")], None).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        assert_eq!(letter_state(&program, silent.id).await, "answered");
        assert!(press(&staff, &board, "approve").await.contains("Something stops 1"));
        let stopped = staff.get(&format!("{board}?finding=answered")).await;
        assert_eq!(stopped.attributes("#board tbody tr", "data-state"), ["SEN"]);
        press(&staff, &board, "leave-out").await;
        press(&staff, &board, "approve").await;
        assert_eq!(round_state(&program, &board).await, "approved");
    }

    /// R30: in every language the reminder has its words, and no other letter has them.
    async fn a_reminder_speaks_every_language(program: Program) {
        let staff = ready(&program).await;
        let before = left(&program, &staff).await;
        let round = before[0].round_id.to_string();
        for language in ["fr", "es", "ru", "ar", "zh", "pt"] {
            let fields = [("posts", PR), ("language", language), ("reminds", round.as_str())];
            let board = drafted(&program, &staff, &format!("Reminder {language}"), &fields).await;
            for (letter, content) in letters(&program, &board).await {
                let earlier = before.iter().find(|earlier| earlier.iso3 == letter.iso3).unwrap();
                assert!(content.page.paragraphs[0].contains(&earlier.reference) && letter.blockers == 0, "{language}: {}", letter.findings);
            }
        }
        for wrong in [Uuid::now_v7().to_string(), "nonsense".to_owned()] {
            let answer = new_round(&staff, "Wrong", &[("posts", PR), ("reminds", wrong.as_str())]).await;
            assert_eq!(answer.status, 422, "{wrong}");
            assert!(answer.text().contains("Choose a round whose letters have left"), "{}", answer.text());
            assert_eq!(answer.field("name").as_deref(), Some("Wrong"));
        }
    }
}
