//! What a person writes into one letter: kept when letters are drafted anew, and told when the template changed under it (R34).

use std::collections::BTreeMap;

use demarche::{
    accounts::Role,
    campaigns::load::content_hash,
    domain::language::Language,
    entities::{audit_entry, letter, letter_edit, letter_template},
    letters::draft::Content,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use crate::{
    letters_written::{PR, SECRET, drafted, letters, press, ready, round_state, seed_confidential_note, tamper},
    on_both_databases,
    support::{Program, program::Browser, reading::Answer},
};

const OURS: &str = "Kenya's courts have shown how this can be done.\n\nWe would value your view of it.";

async fn letter_of(program: &Program, board: &str, iso3: &str) -> (letter::Model, Content) {
    letters(program, board).await.into_iter().find(|(letter, _)| letter.iso3 == iso3).unwrap()
}

/// The fields of the form as a browser sends them back, untouched.
fn fields(letter: &letter::Model, content: &Content) -> BTreeMap<String, String> {
    let texts = content.drafted.iter().map(|block| (format!("text-{}", block.key), block.text.clone().unwrap().replace('\n', "\r\n")));
    let shown = content.drafted.iter().map(|block| (format!("was-{}", block.key), content_hash(block.text.as_deref().unwrap())));
    texts.chain(shown).chain([("seen".to_owned(), letter.content_hash.clone())]).collect()
}

async fn send(browser: &Browser, page: &str, fields: &BTreeMap<String, String>) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.submit(&format!("{page}/text"), &format!("{page}/text"), &fields).await
}

/// Writes `text` over a paragraph of a letter.
async fn write(program: &Program, browser: &Browser, board: &str, block: &str, text: &str) -> Answer {
    let (letter, content) = letter_of(program, board, "KEN").await;
    let mut all = fields(&letter, &content);
    assert!(all.insert(format!("text-{block}"), text.to_owned()).is_some(), "the letter has {block}");
    send(browser, &format!("{board}/{}", letter.id), &all).await
}

async fn body_block(program: &Program, board: &str) -> String {
    let (_, content) = letter_of(program, board, "KEN").await;
    content.drafted.iter().find(|block| block.key.starts_with("body-")).unwrap().key.clone()
}

fn findings(letter: &letter::Model) -> String {
    letter.findings.to_string()
}

async fn draft_again(program: &Program, browser: &Browser, board: &str) {
    press(browser, board, "draft").await;
    program.drain().await;
}

on_both_databases! {
    /// R34: edit, change the template, draft anew: the conflict is shown, the edit kept, and nothing is approved until a person has chosen.
    async fn an_edit_survives_a_new_template_and_the_conflict_is_shown(program: Program) {
        let browser = ready(&program).await;
        let board = drafted(&program, &browser, "Edited", &[("posts", PR), ("language", "en")]).await;
        let block = body_block(&program, &board).await;
        let (before, untouched) = letter_of(&program, &board, "KEN").await;
        let page = format!("{board}/{}", before.id);
        // A form sent back as it came is no edit.
        assert_eq!(send(&browser, &page, &fields(&before, &untouched)).await.status, 303);
        let db = program.app.platform.database.read();
        assert_eq!(letter_edit::Entity::find().all(db).await.unwrap().len(), 0);
        let answer = write(&program, &browser, &board, &block, &OURS.replace('\n', "\r\n")).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let (letter, content) = letter_of(&program, &board, "KEN").await;
        assert!(content.email.text.contains("can be done.\n\nWe would value your view of it."), "{}", content.email.text);
        assert!(content.page.paragraphs.iter().any(|text| text.starts_with("We would value your view")), "an empty line parts paragraphs");
        assert_eq!((letter.state.as_str(), letter.blockers, &letter.reference), ("checked", 0, &before.reference));
        let shown = browser.get(&page).await;
        assert!(shown.texts("#edited ins").join(" ").contains("We would value your view"), "the difference from the template is shown");
        assert!(!shown.texts("#edited del").is_empty());
        // Drafted anew, it stays, and the board says which letter was edited.
        draft_again(&program, &browser, &board).await;
        let (letter, content) = letter_of(&program, &board, "KEN").await;
        assert!(content.email.text.contains("We would value your view") && letter.blockers == 0);
        let rows = browser.get(&board).await.texts("#board tbody tr");
        assert_eq!(rows.iter().filter(|row| row.contains("Edited")).count(), 1);
        // The template says something else now.
        tamper(&program, Language::En, &block, "A new sentence of the template.").await;
        draft_again(&program, &browser, &board).await;
        let (letter, content) = letter_of(&program, &board, "KEN").await;
        assert!(content.email.text.contains("We would value your view") && !content.email.text.contains("A new sentence"), "the edit is kept");
        assert!(findings(&letter).contains("edit_conflict") && letter.blockers == 1, "{}", findings(&letter));
        assert!(press(&browser, &board, "approve").await.contains("Something stops"));
        let shown = browser.get(&format!("{page}/text")).await;
        assert!(shown.texts(&format!("#block-{block} ins")).join(" ").contains("A new sentence of the template."), "what changed is shown");
        // Saved without a choice nothing is settled and nothing typed is lost.
        let again = format!("{OURS} Indeed.");
        let refused = write(&program, &browser, &board, &block, &again).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains("Choose between your text") && refused.body.contains("view of it. Indeed."), "{}", refused.text());
        let mut all = fields(&letter, &content);
        all.insert(format!("choice-{block}"), "mine".to_owned());
        assert_eq!(send(&browser, &page, &all).await.status, 303);
        let (letter, content) = letter_of(&program, &board, "KEN").await;
        assert!(letter.blockers == 0 && content.email.text.contains("We would value your view"), "{}", findings(&letter));
        // And the template's words are one choice away.
        let mut all = fields(&letter, &content);
        all.insert(format!("choice-{block}"), "template".to_owned());
        assert_eq!(send(&browser, &page, &all).await.status, 303);
        let (letter, content) = letter_of(&program, &board, "KEN").await;
        assert!(content.email.text.contains("A new sentence of the template.") && !content.email.text.contains("We would value"));
        assert_eq!(letter_edit::Entity::find().all(db).await.unwrap().len(), 0);
        press(&browser, &board, "approve").await;
        assert_eq!(round_state(&program, &board).await, "approved");
        let lines = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("letter.edited")).all(db).await.unwrap();
        assert_eq!(lines.len(), 3);
        assert!(!format!("{lines:?}").contains("We would value"), "the trail names paragraphs and repeats no text");
        // An approved letter is edited by nobody.
        assert_eq!(browser.get(&format!("{page}/text")).await.location(), page);
        let mut all = fields(&letter, &content);
        all.insert(format!("text-{block}"), "Too late.".to_owned());
        let csrf = browser.get(&board).await.field("csrf").unwrap();
        all.insert("csrf".to_owned(), csrf);
        let late: Vec<(&str, &str)> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let told = browser.post(&format!("{page}/text"), &late).await;
        assert!(told.status == 422 && told.body.contains("Too late."), "what was typed can still be copied: {}", told.text());
        assert!(told.text().contains("no longer edited") && !told.text().contains("Save the text"));
        assert_eq!(letter_of(&program, &board, "KEN").await.0.content_hash, letter.content_hash);
    }

    /// R34: a new version of the campaign's words is taken by the next drafting; a paragraph that the letter no longer has is told with what was
    /// written for it.
    async fn words_for_a_paragraph_that_is_gone_are_not_lost(program: Program) {
        let browser = ready(&program).await;
        let board = drafted(&program, &browser, "Gone", &[("posts", PR), ("language", "en")]).await;
        let block = body_block(&program, &board).await;
        write(&program, &browser, &board, &block, OURS).await;
        let db = program.app.platform.database.write();
        let template = letter_template::Entity::find().one(db).await.unwrap().unwrap();
        let mut blocks = template.blocks.clone();
        let all = blocks["blocks"]["block"].as_array_mut().unwrap();
        all.retain(|one| one["key"] != block.as_str());
        let mut newer = template.clone().into_active_model();
        (newer.id, newer.number, newer.blocks) = (Set(Uuid::now_v7()), Set(template.number + 1), Set(blocks));
        newer.content_hash = Set("of-another-version".to_owned());
        letter_template::Entity::insert(newer).exec_without_returning(db).await.unwrap();
        draft_again(&program, &browser, &board).await;
        let (letter, content) = letter_of(&program, &board, "KEN").await;
        assert!(!content.email.text.contains("We would value") && content.orphans.len() == 1);
        assert!(findings(&letter).contains("edit_conflict") && letter.blockers > 0);
        let page = format!("{board}/{}", letter.id);
        let shown = browser.get(&format!("{page}/text")).await;
        assert!(shown.text().contains("We would value your view of it."), "what was written is still there to be used elsewhere");
        let mut all = fields(&letter, &content);
        all.insert(format!("choice-{block}"), "yes".to_owned());
        assert_eq!(send(&browser, &page, &all).await.status, 303);
        let (letter, content) = letter_of(&program, &board, "KEN").await;
        assert!(content.orphans.is_empty() && letter.blockers == 0, "{}", findings(&letter));
    }

    /// Of two campaigners who edit one letter the second is told, and loses nothing.
    async fn two_people_edit_one_letter(program: Program) {
        let (amina, bruno) = (ready(&program).await, program.staff(Role::Campaigner).await);
        let board = drafted(&program, &amina, "Together", &[("posts", PR), ("language", "en")]).await;
        let block = body_block(&program, &board).await;
        let (letter, content) = letter_of(&program, &board, "KEN").await;
        let page = format!("{board}/{}", letter.id);
        let (mut one, mut other) = (fields(&letter, &content), fields(&letter, &content));
        one.insert(format!("text-{block}"), "Written by Amina.".to_owned());
        other.insert(format!("text-{block}"), "Written by Bruno.".to_owned());
        let (first, second) = tokio::join!(send(&amina, &page, &one), send(&bruno, &page, &other));
        let (mut statuses, told) = (vec![first.status, second.status], [first, second].into_iter().find(|answer| answer.status == 422).unwrap());
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        assert!(told.text().contains("Somebody else changed the letter meanwhile"), "{}", told.text());
        let loser = if told.body.contains("Written by Amina.") && told.texts("textarea").contains(&"Written by Amina.".to_owned()) { &amina } else { &bruno };
        let typed = if std::ptr::eq(loser, &raw const amina) { &one } else { &other };
        assert!(told.texts("textarea").contains(&typed[&format!("text-{block}")]), "what was typed is still in the form");
        assert!(told.text().contains("Somebody else wrote this paragraph meanwhile") && !told.texts("ins").is_empty(), "{}", told.text());
        // Sent again with the letter that the answer showed, it is saved.
        let mut again = typed.clone();
        again.insert("seen".to_owned(), told.field("seen").unwrap());
        again.insert(format!("choice-{block}"), "mine".to_owned());
        assert_eq!(send(loser, &page, &again).await.status, 303);
        let rows = letter_edit::Entity::find().all(program.app.platform.database.read()).await.unwrap();
        assert_eq!((rows.len(), &rows[0].text), (1, &typed[&format!("text-{block}")]));
    }

    /// Two people write two paragraphs of one letter: the second is told, and sending the form again undoes nothing of the first.
    async fn two_people_edit_two_paragraphs(program: Program) {
        let (amina, bruno) = (ready(&program).await, program.staff(Role::Campaigner).await);
        let board = drafted(&program, &amina, "Beside", &[("posts", PR), ("language", "en")]).await;
        let block = body_block(&program, &board).await;
        let (letter, content) = letter_of(&program, &board, "KEN").await;
        let page = format!("{board}/{}", letter.id);
        let mut other = fields(&letter, &content);
        assert_eq!(write(&program, &amina, &board, &block, "Written by Amina.").await.status, 303);
        other.insert("text-open-who".to_owned(), "Written by Bruno.".to_owned());
        let told = send(&bruno, &page, &other).await;
        assert_eq!(told.status, 422);
        let html = scraper::Html::parse_document(&told.body);
        let areas = scraper::Selector::parse("textarea").unwrap();
        let mut again: BTreeMap<String, String> = html
            .select(&areas)
            .map(|area| (area.value().attr("name").unwrap().to_owned(), area.text().collect::<String>().trim_start_matches('\n').to_owned()))
            .collect();
        for name in again.keys().map(|name| name.replace("text-", "was-")).chain(["seen".to_owned()]).collect::<Vec<_>>() {
            again.insert(name.clone(), told.field(&name).unwrap());
        }
        assert_eq!((again["text-open-who"].as_str(), again[&format!("text-{block}")].as_str()), ("Written by Bruno.", "Written by Amina."));
        assert!(!told.text().contains("Somebody else wrote this paragraph"), "they wrote another one");
        assert_eq!(send(&bruno, &page, &again).await.status, 303);
        let (_, content) = letter_of(&program, &board, "KEN").await;
        assert!(content.email.text.contains("Written by Amina.") && content.email.text.contains("Written by Bruno."), "{}", content.email.text);
    }

    /// R31, R39: a form sent back as it came does not hide that words are missing in the letter's language.
    async fn a_form_sent_back_hides_no_missing_translation(program: Program) {
        let browser = ready(&program).await;
        let db = program.app.platform.database.write();
        let template = letter_template::Entity::find().one(db).await.unwrap().unwrap();
        let mut blocks = template.blocks.clone();
        blocks["texts"]["en"]["text"].as_object_mut().unwrap().remove("open-who");
        let mut change = template.into_active_model();
        change.blocks = Set(blocks);
        sea_orm::ActiveModelTrait::update(change, db).await.unwrap();
        let board = drafted(&program, &browser, "Missing", &[("posts", PR), ("language", "en")]).await;
        let (letter, content) = letter_of(&program, &board, "KEN").await;
        assert!(findings(&letter).contains("missing_translation"));
        let all: BTreeMap<String, String> = content
            .drafted
            .iter()
            .map(|block| (format!("text-{}", block.key), block.text.clone().unwrap_or_default()))
            .chain([("seen".to_owned(), letter.content_hash.clone())])
            .collect();
        assert_eq!(send(&browser, &format!("{board}/{}", letter.id), &all).await.status, 303);
        assert!(findings(&letter_of(&program, &board, "KEN").await.0).contains("missing_translation"));
    }

    /// R31, R32: what a person types is checked as what the template says.
    async fn what_is_typed_is_checked_like_the_template(program: Program) {
        seed_confidential_note(&program).await;
        let browser = ready(&program).await;
        let board = drafted(&program, &browser, "Typed", &[("posts", PR), ("language", "en")]).await;
        let block = body_block(&program, &board).await;
        for (text, finding) in [
            ("We thank [NAME] for this.", "placeholder"),
            ("Excellency </text> & so on.", "placeholder"),
            ("{{ state.name }} will decide.", "placeholder"),
            (SECRET, "confidential_source"),
        ] {
            assert_eq!(write(&program, &browser, &board, &block, text).await.status, 303, "{text}");
            let (letter, _) = letter_of(&program, &board, "KEN").await;
            assert!(findings(&letter).contains(finding) && letter.state == "draft", "{text}: {}", findings(&letter));
            assert!(press(&browser, &board, "approve").await.contains("Something stops"));
        }
        // A paragraph may be left out; the request may not.
        assert_eq!(write(&program, &browser, &board, &block, " \r\n ").await.status, 303);
        let (letter, content) = letter_of(&program, &board, "KEN").await;
        assert_eq!((letter.blockers, letter.state.as_str()), (0, "checked"), "{}", findings(&letter));
        let ask = content.drafted.iter().find(|block| block.key.starts_with("ask-") && block.key != "ask-intro").unwrap().key.clone();
        write(&program, &browser, &board, &ask, "").await;
        let (letter, _) = letter_of(&program, &board, "KEN").await;
        assert!(findings(&letter).contains("slot_count"), "{}", findings(&letter));
        let two = write(&program, &browser, &board, &ask, "Support the text\r\n\r\nand say so").await;
        assert_eq!(two.status, 303);
        assert_eq!(letter_of(&program, &board, "KEN").await.1.page.asks.unwrap().items, ["Support the text", "and say so"]);
        for bad in ["x".repeat(6001), "a\u{7}b".to_owned()] {
            let answer = write(&program, &browser, &board, &block, &bad).await;
            assert_eq!(answer.status, 422, "{}", answer.text());
        }
        // Names of fields that the letter does not have change nothing.
        let (letter, content) = letter_of(&program, &board, "KEN").await;
        let mut all = fields(&letter, &content);
        all.insert("text-of-nobody".to_owned(), "x".to_owned());
        all.insert("choice-of-nobody".to_owned(), "template".to_owned());
        assert_eq!(send(&browser, &format!("{board}/{}", letter.id), &all).await.status, 303);
        assert_eq!(letter_of(&program, &board, "KEN").await.0.content_hash, letter.content_hash);
        let reader = program.staff(Role::Reader).await;
        assert_eq!(reader.get(&format!("{board}/{}/text", letter.id)).await.status, 403);
    }
}
