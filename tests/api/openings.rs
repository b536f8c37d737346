//! Nobody approves a round of which they have opened nothing (R36): a letter in each language and of each kind, as the letters are now.

use demarche::{
    accounts::Role,
    entities::{letter, letter_opened},
    letters::service::{self, RoundError},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use crate::{
    letters_written::{PR, drafted, letters, press, ready, round_state, tamper},
    on_both_databases,
    support::{Program, program::Browser, reading::Answer},
};

async fn approve(browser: &Browser, board: &str) -> Answer {
    browser.submit(board, &format!("{board}/approve"), &[]).await
}

fn asked(answer: &Answer) -> Vec<String> {
    answer.attributes("#sample li a:first-child", "href")
}

async fn account(program: &Program) -> Uuid {
    letter_opened::Entity::find().one(program.app.platform.database.read()).await.unwrap().unwrap().account_id
}

on_both_databases! {
    /// R36
    async fn a_round_is_not_approved_by_whoever_has_opened_none_of_it(program: Program) {
        let amina = ready(&program).await;
        let board = drafted(&program, &amina, "Unread", &[("posts", PR)]).await;
        let refused = approve(&amina, &board).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        let first = asked(&refused);
        assert!((6..=12).contains(&first.len()), "{}", first.len());
        let alert = refused.texts("#sample [role=alert]").join(" ");
        assert!(alert.contains("Not approved") && alert.contains(&format!("0 of {}", first.len())), "{alert}");
        assert_eq!(refused.attributes("#board tbody tr", "data-state").len(), 195, "the board is there as before");
        assert_eq!(round_state(&program, &board).await, "checked");
        // The letters that are asked for are in every language there is.
        let all = letters(&program, &board).await;
        let languages = |ids: &mut dyn Iterator<Item = &letter::Model>| ids.map(|letter| letter.language.clone()).collect::<std::collections::BTreeSet<_>>();
        let of = |href: &String| all.iter().map(|(letter, _)| letter).find(|letter| href.ends_with(&letter.id.to_string())).unwrap();
        assert_eq!(languages(&mut first.iter().map(of)), languages(&mut all.iter().map(|(letter, _)| letter)));
        let kinds: std::collections::BTreeSet<&str> = first.iter().map(|href| of(href).variant.as_str()).collect();
        assert!(kinds.len() > 3, "the kinds that most letters are of: {kinds:?}");
        // One as a page, one as PDF, one for Word: each counts once, whoever opens it twice.
        for (href, file) in first.iter().zip(["", "/letter.pdf", "/letter.docx", ""]) {
            assert_eq!(amina.get(&format!("{href}{file}")).await.status, 200);
            assert_eq!(amina.get(href).await.status, 200);
        }
        let rest = asked(&amina.get(&board).await);
        assert_eq!(rest.len(), first.len() - 4);
        // What one person has opened, another has not.
        let bruno = program.staff(Role::Campaigner).await;
        assert_eq!(asked(&bruno.get(&board).await).len(), first.len());
        assert_eq!(approve(&bruno, &board).await.status, 422);
        // A reader approves nothing: no sample is shown to them, and nothing is written of what they read.
        let reader = program.staff(Role::Reader).await;
        assert!(reader.get(&board).await.texts("#sample").is_empty());
        assert_eq!(reader.get(&first[5]).await.status, 200);
        let rows = letter_opened::Entity::find().count(program.app.platform.database.read()).await.unwrap();
        assert_eq!(rows, 4);
        assert_eq!(amina.open_sample(&board).await, rest.len());
        let page = amina.get(&board).await;
        assert!(page.texts("#sample").join(" ").contains("You have opened the sample"), "{}", page.text());
        assert_eq!(approve(&amina, &board).await.status, 303);
        assert_eq!(round_state(&program, &board).await, "approved");
        assert!(amina.get(&board).await.texts("#sample").is_empty(), "once it is approved nothing is left to open");
    }

    /// R36: what was opened before it changed was not opened.
    async fn letters_drafted_anew_between_opening_and_approval_are_opened_again(program: Program) {
        let amina = ready(&program).await;
        let board = drafted(&program, &amina, "Changed", &[("posts", PR), ("language", "en")]).await;
        let all = amina.open_sample(&board).await;
        // Drafted anew with the same words, nothing has changed.
        press(&amina, &board, "draft").await;
        program.drain().await;
        assert!(asked(&amina.get(&board).await).is_empty());
        tamper(&program, demarche::domain::language::Language::En, "body-gap", "This gap can be closed.").await;
        press(&amina, &board, "draft").await;
        program.drain().await;
        let refused = approve(&amina, &board).await;
        assert_eq!((refused.status, asked(&refused).len()), (422, all), "{}", refused.text());
        assert_eq!(amina.open_sample(&board).await, all);
        // One letter changes between the page of the board and the press on its button.
        let opened = letter_opened::Entity::find().one(program.app.platform.database.read()).await.unwrap().unwrap();
        let rewritten = letter::ActiveModel { content_hash: Set("of other words".to_owned()), ..Default::default() };
        let letters = letter::Entity::update_many().set(rewritten).filter(letter::Column::Id.eq(opened.letter_id));
        letters.exec(program.app.platform.database.write()).await.unwrap();
        let platform = &program.app.platform;
        let (campaign, states) = (program.app.campaigns.get(platform).await.unwrap(), program.app.states.get(platform).await.unwrap());
        let round = board.rsplit('/').next().unwrap().parse().unwrap();
        let outcome = service::approve(platform, &campaign, &states, round, account(&program).await).await;
        assert!(matches!(&outcome, Err(RoundError::Unopened(asked)) if asked.len() == 1), "{outcome:?}");
        assert_eq!(round_state(&program, &board).await, "checked");
        assert!(press(&amina, &board, "approve").await.contains("is approved"));
    }
}
