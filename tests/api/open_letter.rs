//! The open letter of a round: the same words, wave, date and annex as the letters to single states, and no state's name (R44).

use demarche::domain::language::Language;
use uuid::Uuid;

use crate::{
    letters_written::{PR, drafted, letters, pdf_words, ready, tamper},
    on_both_databases,
    support::Program,
};

/// Whether a name stands in a text as a word of its own; Chinese parts no words.
fn names(text: &str, name: &str, language: Language) -> bool {
    let is_part = |c: Option<char>| language != Language::Zh && c.is_some_and(char::is_alphanumeric);
    let apart = |at: usize| {
        let (before, after) = (text[..at].chars().next_back(), text[at + name.len()..].chars().next());
        !is_part(before) && !is_part(after)
    };
    text.match_indices(name).any(|(at, _)| apart(at))
}

on_both_databases! {
    /// R44, R38
    async fn the_open_letter_shares_wave_date_and_annex_with_the_others(program: Program) {
        let staff = ready(&program).await;
        let board = drafted(&program, &staff, "January", &[("posts", PR), ("language", "en")]).await;
        assert!(staff.get(&board).await.attributes("a", "href").contains(&format!("{board}/open")));
        let page = staff.get(&format!("{board}/open")).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let facts = page.texts("dl.facts").join(" ");
        assert!(facts.contains("Wave 1") && facts.contains("23 November 2026"), "{facts}");
        // As it is fetched, with its lines.
        let text = String::from_utf8(staff.get(&format!("{board}/open.txt?language=en")).await.bytes).unwrap();
        assert!(page.texts("pre").join(" ").contains("Excellencies,") && text.contains("\n\nExcellencies,\n\n"), "{text}");
        let all = letters(&program, &board).await;
        let (_, single) = all.iter().find(|(letter, _)| letter.iso3 == "KEN").unwrap();
        let (from, until) = (single.email.text.find("(signatories as of").unwrap(), single.email.text.find("countries").unwrap() + 12);
        let cited = &single.email.text[from..until];
        assert!(cited.contains("23 November 2026: organisations 23, individuals 6"), "{cited}");
        assert!(text.contains(cited), "one wave: {cited}\n{text}");
        assert!(text.contains(&single.page.place_date) && single.page.place_date.contains("23 November 2026"), "one date: {text}");
        let shared = single.drafted.iter().filter(|block| ["body-gap", "body-now", "ask-intro"].contains(&block.key.as_str()));
        let shared: Vec<_> = shared.filter_map(|block| block.text.as_deref()).collect();
        assert!(shared.len() == 3 && shared.iter().all(|words| text.contains(words)), "one text: {text}");
        assert!(!text.contains("Reference") && !text.contains("genuine"), "nothing vouches for a letter that anybody may copy: {text}");
        // The annex has as many as the text says.
        let pdf = staff.get(&format!("{board}/open.pdf?language=en")).await;
        assert_eq!(pdf.status, 200);
        let printed = pdf_words(&pdf.bytes);
        let named = printed.matches("(demo)").count();
        assert!(printed.contains("Counted, name withheld for security: 6"), "{printed}");
        assert_eq!(named + 6, 23 + 6, "{printed}");
        assert!(printed.contains("All signatories") && !printed.contains("from your country") && !printed.contains("Other signatories"), "{printed}");
        let word = staff.get(&format!("{board}/open.docx?language=en")).await;
        assert!(word.status == 200 && word.bytes.starts_with(b"PK"), "a document for word processors");
    }

    /// R44, R39
    async fn the_open_letter_names_no_state_in_any_language(program: Program) {
        let staff = ready(&program).await;
        let board = drafted(&program, &staff, "January", &[("posts", PR)]).await;
        let directory = program.app.states.get(&program.app.platform).await.unwrap();
        for language in Language::LETTERS {
            let answer = staff.get(&format!("{board}/open.txt?language={language}")).await;
            let text = answer.text();
            assert_eq!(answer.status, 200, "{language}: {text}");
            // The letterhead says where the writers are; nobody else's country is named.
            let named = directory.states().iter().map(|state| state.forms.name(language)).filter(|name| names(&text, name, language));
            assert_eq!(named.collect::<Vec<_>>(), Vec::<&str>::new(), "{language}: {text}");
            assert!(!text.contains("{{") && text.contains('1'), "{language}");
        }
        let greetings = [("fr", "Excellences,"), ("es", "Excelencias:"), ("ru", "Ваши Превосходительства!"), ("zh", "尊敬的各位阁下：")];
        for (language, greeting) in greetings {
            let text = staff.get(&format!("{board}/open.txt?language={language}")).await.text();
            assert!(text.contains(greeting), "{text}");
        }
    }

    /// R44, R31: what stops a letter stops this one.
    async fn an_open_letter_with_a_hole_cannot_be_fetched(program: Program) {
        let staff = ready(&program).await;
        let board = drafted(&program, &staff, "January", &[("posts", PR)]).await;
        tamper(&program, Language::Fr, "all-move", "Nous remercions {{ state.run }}.").await;
        let page = staff.get(&format!("{board}/open?language=fr")).await;
        assert_eq!(page.status, 200);
        assert!(page.texts("#findings").join(" ").contains("all-move") && page.text().contains("Something stops this letter"), "{}", page.text());
        for format in ["pdf", "docx", "txt"] {
            let refused = staff.get(&format!("{board}/open.{format}?language=fr")).await;
            assert_eq!(refused.status, 409, "{format}");
            assert!(!refused.bytes.starts_with(b"%PDF"), "{format}");
        }
        assert_eq!(staff.get(&format!("{board}/open.txt?language=en")).await.status, 200, "the other languages are sound");
        assert_eq!(staff.get(&format!("/desk/letters/{}/open", Uuid::now_v7())).await.status, 404);
    }

    /// R43, R44: a round that looks back has no letter to all; each state did something else.
    async fn a_round_after_an_event_has_no_open_letter(program: Program) {
        let staff = ready(&program).await;
        let over = staff.get("/desk/letters").await.attributes("select[name=after] option", "value").into_iter().find(|id| !id.is_empty()).unwrap();
        let board = drafted(&program, &staff, "Back", &[("posts", PR), ("event", ""), ("after", over.as_str())]).await;
        assert!(!staff.get(&board).await.attributes("a", "href").contains(&format!("{board}/open")));
        assert_eq!(staff.get(&format!("{board}/open")).await.status, 404);
    }
}
