//! The letter anyone may send in their own organisation's name.

use std::process::Command;

use crate::{
    lists, on_both_databases,
    support::{Program, reading::Answer},
};

/// The words of a PDF, white space folded.
fn words(answer: &Answer) -> String {
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/pdf"), "{}", answer.text());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter.pdf");
    std::fs::write(&file, &answer.bytes).unwrap();
    let out = Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(&file).arg("-").output().unwrap();
    assert!(out.status.success());
    String::from_utf8(out.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

const fn fields<'a>(state: &'a str, post: &'a str, language: &'a str, name: &'a str) -> [(&'static str, &'a str); 4] {
    [("state", state), ("post", post), ("language", language), ("name", name)]
}

on_both_databases! {
    /// R35
    async fn anyone_gets_a_letter_in_their_own_name_without_scripts_or_an_account(program: Program) {
        let browser = program.browser();
        let form = browser.get("/en/write?state=KEN").await;
        assert_eq!(form.attributes("select[name=state] option[selected]", "value"), ["KEN"]);
        let mine = fields("KEN", "foreign_minister", "en", "Lake Basin Justice Forum");
        let result = browser.post("/en/write", &mine).await;
        assert_eq!(result.status, 200, "{}", result.text());
        let text = result.texts("textarea#text").join(" ");
        assert!(text.contains("Lake Basin Justice Forum writes in support") && text.contains("Republic of Kenya"), "{text}");
        assert!(!text.contains("secretariat") && !text.contains("quoting the reference"), "nothing of the secretariat's stays: {text}");
        assert!(result.text().contains("Permanent mission") && result.text().contains("How to send it"));
        let hidden = ["state", "post", "language", "name"].map(|name| (name, result.field(name).unwrap()));
        let hidden: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let pdf = browser.post("/en/write/pdf", &hidden).await;
        let printed = words(&pdf);
        assert!(printed.contains("Lake Basin Justice Forum writes in support"), "{printed}");
        assert!(pdf.bytes.len() < 200_000, "{} bytes", pdf.bytes.len());
        assert_eq!(pdf.header("content-disposition"), "attachment; filename=\"CAH-KEN-en-2026-11-23.pdf\"");
        assert_eq!(pdf.header("cache-control"), "no-store");
    }

    /// R35, R84: the same words for a word processor, with room for a letterhead, in the page's direction, within 200 kB.
    async fn the_letter_comes_for_a_word_processor_too(program: Program) {
        for (language, name) in [("en", "Lake Basin Justice Forum & <Friends>"), ("ar", "Lake Basin (demo)"), ("zh", "湖区正义论坛"), ("fr", "Forum du lac")] {
            let mine = fields("KEN", "permanent_representative", language, name);
            let answer = program.browser().post("/en/write/docx", &mine).await;
            assert_eq!(answer.status, 200, "{language}: {}", answer.text());
            assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"CAH-KEN-{language}-2026-11-23.docx\""));
            assert_eq!(answer.header("cache-control"), "no-store");
            assert!(answer.bytes.len() < 200_000);
            let xml = lists::part(&answer.bytes, "word/document.xml");
            let said = lists::words("docx", &answer.bytes);
            let text = program.browser().post("/en/write", &mine).await.texts("textarea#text").join(" ");
            // Marks of direction are the document's own; the numbers of the asks stand before a tab.
            let marks = |text: &str| text.replace(|c| matches!(c, '\u{200E}' | '\u{200F}' | '\u{2066}'..='\u{2069}'), "");
            let said: String = marks(&said).split_whitespace().collect();
            for piece in marks(&text).lines().flat_map(|line| line.split(". ")).filter(|piece| piece.chars().count() > 3) {
                let piece: String = piece.split_whitespace().collect();
                assert!(said.contains(&piece), "{language}: {piece} is not in {said}");
            }
            assert_eq!(xml.contains("<w:bidi/>"), language == "ar");
            assert!(xml.contains("w:before=\"1400\""), "room for a letterhead");
            let again = program.browser().post("/en/write/docx", &mine).await;
            assert_eq!(again.bytes, answer.bytes, "the same letter is the same file");
        }
        assert_eq!(program.browser().post("/en/write/odt", &fields("KEN", "foreign_minister", "en", "Forum")).await.status, 404);
    }

    /// R28, R39: in each language the letter speaks that language, as somebody writes to their own state.
    async fn every_language_has_its_letter(program: Program) {
        let expected = [("en", "Dear Ambassador,"), ("fr", "Madame l’Ambassadrice, Monsieur l’Ambassadeur,"), ("es", "Señora Embajadora"), ("ru", "Превосходительство"), ("zh", "阁下")];
        for (language, salutation) in expected {
            let letter = fields("FRA", "permanent_representative", language, "Forum Zwei");
            let result = program.browser().post("/en/write", &letter).await;
            assert_eq!(result.status, 200, "{language}: {}", result.text());
            assert!(result.texts("textarea#text").join(" ").contains(salutation), "{language}");
            assert_eq!(result.texts(".notice--wait").len(), usize::from(language != "en"), "an unchecked translation says so");
        }
        let arabic = program.browser().post("/ar/write", &fields("KEN", "foreign_minister", "ar", "Forum Zwei")).await;
        assert_eq!(arabic.attributes("textarea#text", "dir"), ["rtl"]);
    }

    /// R35
    async fn a_hostile_name_prints_as_itself(program: Program) {
        for name in ["#eval(\"1+1\") $x$ *b* <a>", "=cmd()|' /C calc'!A1", "{{ state.formal }} & \"Söhne\""] {
            let letter = fields("KEN", "foreign_minister", "en", name);
            let result = program.browser().post("/en/write", &letter).await;
            assert_eq!(result.status, 200, "{name}: {}", result.text());
            assert!(result.texts("textarea#text").join(" ").contains(name), "{name}");
            let printed = words(&program.browser().post("/en/write/pdf", &letter).await);
            // The typesetter may turn straight quotes into curly ones in running text; the letterhead shows the name as given.
            let straight = printed.replace(['“', '”'], "\"").replace(['‘', '’'], "'");
            assert!(straight.contains(name), "{name}: {printed}");
        }
    }

    /// R80: nobody writes to a government in the coalition's name through our own page.
    async fn the_coalitions_own_name_is_refused_however_it_is_written(program: Program) {
        let ours = [
            "Demarche demo secretariat (fictitious)", "  DEMARCHE   Demo Secretariat ", "D\u{435}march\u{435} d\u{435}mo s\u{435}cr\u{435}tariat", "Demarche-demo-secretariat, New York",
            "Secrétariat de démonstration Demarche", "Demarche 演示秘书处", "أمانة Demarche التجريبية", "A Treaty on Crimes against Humanity",
        ];
        for name in ours {
            for path in ["/en/write", "/en/write/pdf"] {
                let answer = program.browser().post(path, &fields("KEN", "foreign_minister", "fr", name)).await;
                assert_eq!((answer.status, answer.texts("#name-error").join(" ").contains("coalition’s own name")), (422, true), "{name}: {}", answer.text());
                assert_eq!(answer.field("name").as_deref(), Some(name), "what was typed stays");
                assert_eq!(answer.attributes("select[name=state] option[selected]", "value"), ["KEN"]);
            }
        }
        let other = program.browser().post("/en/write", &fields("KEN", "foreign_minister", "en", "Coalition for a Treaty on Crimes against Humanity, Kenya")).await;
        assert_eq!(other.status, 200, "the subject is nobody's name: {}", other.text());
        let emoji = program.browser().post("/en/write", &fields("KEN", "foreign_minister", "en", "Unicorn 🦄 Trust")).await;
        assert_eq!((emoji.status, emoji.field("name").as_deref()), (422, Some("Unicorn 🦄 Trust")), "no font prints it");
    }

    /// R35
    async fn a_bad_form_keeps_what_was_typed(program: Program) {
        let bad = fields("ATL", "king", "xx", "Forum \u{202E}lived");
        for path in ["/en/write", "/en/write/pdf"] {
            let answer = program.browser().post(path, &bad).await;
            assert_eq!((answer.status, answer.texts(".error-summary li").len()), (422, 4), "{path}: {}", answer.text());
            assert_eq!(answer.field("name").as_deref(), Some("Forum \u{202E}lived"));
        }
        assert_eq!(program.browser().post("/en/write", &[]).await.status, 422);
        let long = "x".repeat(5000);
        assert_eq!(program.browser().post("/en/write", &fields("KEN", "foreign_minister", "en", &long)).await.status, 422);
    }
}
