//! The words of letters changed at the desk: block by block, seen as a letter before they are saved, and never saved with a fault (R30, R31, R39).

use demarche::{
    accounts::Role,
    app,
    domain::{clock::Clock, language::Language, wording::LetterWords},
    entities::{audit_entry, letter_template},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    letters_written::{PR, drafted, letters, pdf_words, press, ready, round_state},
    on_both_databases,
    support::{Program, program::Browser, reading::Answer},
};

const HERE: &str = "/desk/letters/blocks";

/// The fields of a block's form as a browser sends them back.
async fn form(browser: &Browser, key: &str) -> Vec<(String, String)> {
    let page = browser.get(&format!("{HERE}/{key}")).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let html = scraper::Html::parse_document(&page.body);
    let all = |selector: &str| html.select(&scraper::Selector::parse(selector).unwrap()).collect::<Vec<_>>();
    let name = |element: &scraper::ElementRef<'_>| element.value().attr("name").unwrap_or_default().to_owned();
    let mut fields = Vec::new();
    for input in all("main form input") {
        let kind = input.value().attr("type").unwrap_or_default();
        if !matches!(kind, "checkbox" | "radio") || input.value().attr("checked").is_some() {
            fields.push((name(&input), input.value().attr("value").unwrap_or_default().to_owned()));
        }
    }
    for area in all("main form textarea") {
        // A browser drops the line end after the opening tag.
        let text = area.text().collect::<String>();
        fields.push((name(&area), text.strip_prefix('\n').unwrap_or(&text).replace('\n', "\r\n")));
    }
    for option in all("main form select option[selected]") {
        let select = option.parent().and_then(scraper::ElementRef::wrap).unwrap();
        fields.push((name(&select), option.value().attr("value").unwrap_or_default().to_owned()));
    }
    fields
}

fn set(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    fields.retain(|(field, _)| field != name);
    fields.push((name.to_owned(), value.to_owned()));
}

async fn send(browser: &Browser, path: &str, fields: &[(String, String)], what: &str) -> Answer {
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.push(("do", what));
    browser.post(path, &fields).await
}

async fn save(browser: &Browser, key: &str, change: &[(&str, &str)]) -> Answer {
    let mut fields = form(browser, key).await;
    for (name, value) in change {
        set(&mut fields, name, value);
    }
    send(browser, &format!("{HERE}/{key}"), &fields, "save").await
}

async fn newest(program: &Program) -> (i32, LetterWords) {
    let found = letter_template::Entity::find().order_by_desc(letter_template::Column::Number);
    let found = found.one(program.app.platform.database.read()).await.unwrap().unwrap();
    (found.number, serde_json::from_value(found.blocks).unwrap())
}

on_both_databases! {
    /// R39: new words are the next version; languages that were not looked at are behind, and no letter in them is approved.
    async fn new_words_are_a_version_and_translations_stay_behind_until_looked_at(program: Program) {
        let browser = ready(&program).await;
        let (first, before) = newest(&program).await;
        assert_eq!(save(&browser, "open-who", &[]).await.status, 303);
        assert_eq!(newest(&program).await.0, first, "sent back as it came it is no version");
        let board = drafted(&program, &browser, "Words", &[("posts", PR)]).await;
        let text = "We, {{ sender.name }}, write to you before {{ event.name }} ({{ event.date }}).";
        let answer = save(&browser, "open-who", &[("text-en", text)]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let (second, words) = newest(&program).await;
        assert_eq!((second, words.text(Language::En, "open-who")), (first + 1, Some(text)));
        assert_eq!(words.text(Language::Fr, "open-who"), before.text(Language::Fr, "open-who"));
        assert!(words.is_behind(Language::Fr, "open-who") && !words.is_behind(Language::En, "open-who"));
        let shown = browser.get(HERE).await;
        assert!(shown.texts("#blocks tbody tr").iter().any(|row| row.starts_with("open-who") && row.contains("Français")), "{}", shown.text());
        // The round that was drafted keeps its words until it is drafted anew.
        assert!(letters(&program, &board).await.iter().all(|(letter, _)| letter.blockers == 0));
        press(&browser, &board, "draft").await;
        program.drain().await;
        for (letter, content) in letters(&program, &board).await {
            let is_english = letter.language == "en";
            assert_eq!(letter.findings.to_string().contains("behind_translation"), !is_english, "{}", letter.iso3);
            assert!(!is_english || content.email.text.contains(", write to you before"), "{}", content.email.text);
        }
        assert!(press(&browser, &board, "approve").await.contains("Something stops"));
        // Somebody looks at each language: one is written anew, the others still say the same.
        let mut fields = form(&browser, "open-who").await;
        set(&mut fields, "text-fr", "{{ sender.name }} vous écrit avant : {{ event.name }} ({{ event.date }}).");
        for language in ["es", "ru", "ar", "zh", "pt"] {
            set(&mut fields, &format!("right-{language}"), "yes");
        }
        assert_eq!(send(&browser, &format!("{HERE}/open-who"), &fields, "save").await.status, 303);
        press(&browser, &board, "draft").await;
        program.drain().await;
        press(&browser, &board, "approve").await;
        assert_eq!(round_state(&program, &board).await, "approved");
        let lines = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("words.changed"));
        assert_eq!(lines.all(program.app.platform.database.read()).await.unwrap().len(), 2);
        // A start loads the campaign's folder again: what the desk made of it stays.
        app::load_reference(&program.app.platform.database, "cah", program.clock.now()).await.unwrap();
        assert_eq!(newest(&program).await.0, first + 2);
        // And an earlier version is one press away.
        let seen = (first + 2).to_string();
        let back = browser.submit(HERE, HERE, &[("number", &first.to_string()), ("seen", &seen)]).await;
        assert_eq!(back.status, 303);
        let (number, words) = newest(&program).await;
        assert_eq!((number, words), (first + 3, before));
    }

    /// The letter is seen before its words are saved, for any state, as text and as the page it would be.
    async fn a_block_is_seen_in_a_letter_before_it_is_saved(program: Program) {
        let browser = ready(&program).await;
        let (first, _) = newest(&program).await;
        let mut fields = form(&browser, "open-who").await;
        set(&mut fields, "text-en", "We write to {{ state.run }} at once.");
        set(&mut fields, "state", "GMB");
        set(&mut fields, "post", "foreign_minister");
        set(&mut fields, "language", "en");
        let shown = send(&browser, &format!("{HERE}/open-who"), &fields, "preview").await;
        assert_eq!(shown.status, 200, "{}", shown.text());
        assert!(shown.texts("#preview-letter").join(" ").contains("We write to the Gambia at once."), "{}", shown.text());
        assert!(shown.texts("#preview-letter").join(" ").contains("Minister for Foreign Affairs"));
        assert!(shown.texts("textarea[name=text-en]").join(" ").contains("at once"), "what was typed is still there");
        let pdf = send(&browser, &format!("{HERE}/open-who"), &fields, "pdf").await;
        assert!(pdf.bytes.starts_with(b"%PDF-") && pdf_words(&pdf.bytes).contains("We write to the Gambia at once."));
        // A block for others is not in it, and the page says so.
        let mut others = form(&browser, "open-cosponsor").await;
        set(&mut others, "state", "GMB");
        set(&mut others, "language", "en");
        set(&mut others, "when-stance", "strong_oppose");
        let told = send(&browser, &format!("{HERE}/open-cosponsor"), &others, "preview").await;
        assert!(told.text().contains("This letter does not have the block"), "{}", told.text());
        assert_eq!(newest(&program).await.0, first, "looking keeps nothing");
    }

    /// R30, R31: what cannot be resolved is an error when it is saved, beside its field, and nothing typed is lost.
    async fn a_fault_is_told_before_words_are_saved(program: Program) {
        let browser = ready(&program).await;
        let (first, before) = newest(&program).await;
        for (key, change, words) in [
            ("open-who", vec![("text-fr", "Nous écrivons à {{ state.nom }}.")], "state.nom"),
            ("open-who", vec![("text-en", "We write to {{ state.run .")], "A variable is not closed"),
            ("open-who", vec![("text-en", "{% for n in range(end=999999999) %}x{% endfor %}")], "or a brace stands alone"),
            ("open-who", vec![("text-zh", " ")], "Write the text in this language too"),
            ("open-who", vec![("when-group", "no_such_group")], "names something that does not exist"),
            ("open-who", vec![("when-issue_position", "no_such_issue"), ("when-issue_position-is", "supports")], "names something that does not exist"),
            ("open-who", vec![("when-issue_silent", "no_such_issue")], "names something that does not exist"),
            ("open-who", vec![("when-issue_position-is", "supports")], "Choose both the issue"),
            ("open-who", vec![("when-local_signers_min", "-1")], "Write a whole number"),
            ("open-who", vec![("part", "nowhere")], "Choose where in the letter"),
            ("subject-undecided", vec![("when-region", "african_group")], "nothing in the slot subject"),
            ("subject-undecided", vec![("slot", "offer")], "two blocks in the slot offer"),
            ("open-who", vec![("letters", "open")], "speak of one state"),
            ("open-who", vec![("letters", "nothing")], "at least one kind of letter"),
            ("open-who", vec![("when-behaviour", "danced")], "names something that does not exist"),
            ("new", vec![("key", "open-who")], "Another block has this name"),
            ("new", vec![("key", "Open Who")], "A short name"),
            ("new", vec![("key", "new")], "A short name"),
        ] {
            let mut all: Vec<(String, String)> = Vec::new();
            if key == "new" {
                all.extend(Language::LETTERS.map(|language| (format!("text-{language}"), "Words.".to_owned())));
            }
            let mut change: Vec<(&str, &str)> = change;
            change.extend(all.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            let answer = save(&browser, key, &change).await;
            assert_eq!(answer.status, 422, "{change:?}: {}", answer.text());
            assert!(answer.text().contains(words), "{change:?}: {}", answer.texts(".error-summary").join(" "));
            assert!(!answer.texts(".error-summary li").is_empty());
        }
        let huge = "x".repeat(10 * 1024 * 1024);
        let answer = save(&browser, "open-who", &[("text-en", &huge)]).await;
        assert!(matches!(answer.status, 413 | 422), "{}", answer.status);
        assert_eq!(newest(&program).await, (first, before), "nothing was kept");
        let removed = send(&browser, &format!("{HERE}/subject-undecided"), &form(&browser, "subject-undecided").await, "remove").await;
        assert!(removed.status == 422 && removed.text().contains("nothing in the slot subject"), "{}", removed.text());
        assert_eq!(browser.get(&format!("{HERE}/no-such-block")).await.status, 404);
        let reader = program.staff(Role::Reader).await;
        assert_eq!(save(&reader, "open-who", &[("text-en", "x")]).await.status, 403);
    }

    /// A block is added for some, stands where it was put, and goes again; of two people the second is told.
    async fn a_block_is_added_and_taken_out(program: Program) {
        let (amina, bruno) = (ready(&program).await, program.staff(Role::Campaigner).await);
        let (first, before) = newest(&program).await;
        let mut fields = form(&amina, "new").await;
        for language in Language::LETTERS {
            set(&mut fields, &format!("text-{language}"), &format!("Extra {language}."));
        }
        for (name, value) in [("key", "extra-words"), ("part", "offer"), ("after", "open-who"), ("when-un_status", "observer"), ("unless-stance", "oppose")] {
            set(&mut fields, name, value);
        }
        // Both add at once; a second click of the same person changes nothing more.
        let path = format!("{HERE}/new");
        let mut of_bruno = form(&bruno, "new").await;
        let csrf = of_bruno.iter().find(|(name, _)| name == "csrf").unwrap().1.clone();
        of_bruno.clone_from(&fields);
        set(&mut of_bruno, "csrf", &csrf);
        set(&mut of_bruno, "key", "extra-other");
        let (one, other) = tokio::join!(send(&amina, &path, &fields, "save"), send(&bruno, &path, &of_bruno, "save"));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        let told = if one.status == 422 { &one } else { &other };
        assert!(told.text().contains("Somebody else changed the words meanwhile") && told.body.contains("Extra fr."), "{}", told.text());
        let (number, words) = newest(&program).await;
        let added = if one.status == 303 { "extra-words" } else { "extra-other" };
        assert_eq!(number, first + 1);
        let at = words.blocks.blocks.iter().position(|block| block.key == added).unwrap();
        assert_eq!(words.blocks.blocks[at - 1].key, "open-who");
        let board = drafted(&program, &amina, "Extra", &[("posts", PR)]).await;
        let with: Vec<String> =
            letters(&program, &board).await.into_iter().filter(|(_, content)| content.email.text.contains("Extra ")).map(|(letter, _)| letter.iso3).collect();
        assert_eq!(with, ["PSE", "VAT"]);
        let removed = send(&amina, &format!("{HERE}/{added}"), &form(&amina, added).await, "remove").await;
        assert_eq!(removed.status, 303, "{}", removed.text());
        assert_eq!(newest(&program).await, (first + 2, before));
    }

    /// A dozen letters that differ most, drafted at once from the newest words; the shipped words pass.
    async fn twelve_hard_letters_are_tried_at_once(program: Program) {
        let browser = ready(&program).await;
        let start = std::time::Instant::now();
        let page = browser.get(&format!("{HERE}/trial")).await;
        println!("{:?}: twelve letters tried in {:?}", program.kind, start.elapsed());
        let letters = page.attributes("section[id^=trial-]", "id");
        assert_eq!(letters.len(), 12, "{}", page.text());
        let languages: std::collections::BTreeSet<String> = page.attributes("section[id^=trial-] pre", "lang").into_iter().collect();
        assert_eq!(languages.len(), 7, "every language is tried: {languages:?}");
        assert!(letters.iter().any(|id| id == "trial-PSE" || id == "trial-VAT"), "an observer is among them: {letters:?}");
        assert!(!page.text().contains("Something stops it"), "{}", page.text());
        assert_eq!(browser.get(&format!("{HERE}/trial")).await.attributes("section[id^=trial-]", "id"), letters, "the same twelve again");
        let pdf = browser.get(&format!("{HERE}/trial/{}", letters[0].strip_prefix("trial-").unwrap())).await;
        assert!(pdf.bytes.starts_with(b"%PDF-"));
        assert_eq!(browser.get(&format!("{HERE}/trial/XXX")).await.status, 404);
    }
}
