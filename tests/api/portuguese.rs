//! Letters may be in Portuguese; pages, mails to signers and accounts may not (R39). Neither side leaks into the other, and nothing of a letter in
//! Portuguese is English.

use std::collections::BTreeSet;

use demarche::{
    accounts::Role,
    domain::language::Language,
    entities::{account, stored_file},
};
use sea_orm::EntityTrait;

use crate::{
    letters_written::{PR, drafted, letters, new_round, pdf_words, press, ready, round_state},
    lists, on_both_databases,
    support::Program,
};

/// Words of English that Portuguese has not.
const ENGLISH: [&str; 18] = [
    "the",
    "of",
    "and",
    "we",
    "your",
    "are",
    "with",
    "by",
    "from",
    "excellency",
    "reference",
    "annex",
    "signatories",
    "organisations",
    "page",
    "convention",
    "november",
    "kenya",
];

fn english_in(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|word| ENGLISH.contains(&word.as_str())).collect()
}

on_both_databases! {
    /// R29, R39: drafted, approved, typeset: to 195 states, each named as Portuguese names it, on one page before the annex.
    async fn a_round_in_portuguese_goes_the_whole_way(program: Program) {
        let (amina, bruno) = (ready(&program).await, program.staff(Role::Campaigner).await);
        let choices = amina.get("/desk/letters").await.attributes("select[name=language] option", "value");
        assert!(choices.contains(&"pt".to_owned()), "{choices:?}");
        let board = drafted(&program, &amina, "Lisboa", &[("posts", PR), ("language", "pt")]).await;
        let all = letters(&program, &board).await;
        assert!(all.iter().all(|(letter, _)| (letter.blockers, letter.language.as_str()) == (0, "pt")));
        let named = [
            ("BRA", "do Brasil"), ("PRT", "de Portugal"), ("AGO", "de Angola"), ("MOZ", "de Moçambique"), ("CPV", "de Cabo Verde"), ("GNB", "da Guiné-Bissau"),
            ("USA", "dos Estados Unidos da América"), ("PHL", "das Filipinas"), ("TLS", "de Timor-Leste"),
        ];
        for (iso3, of) in named {
            let (_, content) = all.iter().find(|(letter, _)| letter.iso3 == iso3).unwrap();
            assert_eq!(content.page.addressee, [&format!("Representante Permanente {of}"), "junto das Nações Unidas", "Nova Iorque"], "{iso3}");
            assert!(content.email.text.contains(&format!("Pedimos às autoridades {of} que ajudem")), "{iso3}: {}", content.email.text);
            assert!(content.email.text.contains("Cidade Demo, 23 de novembro de 2026\nReferência: CAH-"), "{iso3}: {}", content.email.text);
            assert_eq!(content.page.salutation, "Excelência,");
            assert_eq!(content.page.translation_mark.as_deref(), Some("Tradução não oficial; faz fé o texto inglês."));
            assert_eq!(english_in(&content.email.text), [""; 0], "{iso3}: {}", content.email.text);
        }
        assert!(english_in("We thank you.").contains(&"we".to_owned()), "the check sees English");
        let (brazil, _) = all.iter().find(|(letter, _)| letter.iso3 == "BRA").unwrap();
        let word = amina.get(&format!("{board}/{}/letter.docx", brazil.id)).await;
        assert!(lists::part(&word.bytes, "word/styles.xml").contains("w:lang w:val=\"pt-PT\""));
        assert_eq!(english_in(&lists::words("docx", &word.bytes)), [""; 0]);
        press(&amina, &board, "approve").await;
        press(&bruno, &board, "release").await;
        program.drain().await;
        assert_eq!(round_state(&program, &board).await, "closed");
        let all = letters(&program, &board).await;
        let pages: BTreeSet<_> = all.iter().map(|(letter, _)| letter.pages).collect();
        assert_eq!((all.len(), pages), (195, BTreeSet::from([Some(2)])), "one page and one of annex");
        for (iso3, of) in named {
            let (letter, _) = all.iter().find(|(letter, _)| letter.iso3 == iso3).unwrap();
            let file = stored_file::Entity::find_by_id(letter.file_id.unwrap()).one(program.app.platform.database.read()).await.unwrap().unwrap();
            assert_eq!(file.file_name, format!("letter-{iso3}-pt-2026-11-23.pdf"));
            let printed = pdf_words(&file.content);
            for said in [&format!("Pedimos às autoridades {of} que"), "Anexo: signatários da declaração conjunta", "Página 1 de 2", "Outros signatários", "Organizações: 23", "Quénia", "Japão"] {
                assert!(printed.contains(said) || (said == "Outros signatários" && printed.contains("Todos os signatários")), "{iso3} {said}: {printed}");
            }
            assert_eq!(english_in(&printed), [""; 0], "{iso3}: {printed}");
            assert!(!printed.contains("site-"), "no key of a message: {printed}");
        }
    }

    /// R35, R39: the letter of one's own, from a page in another language.
    async fn a_letter_of_ones_own_may_be_in_portuguese(program: Program) {
        let browser = program.browser();
        let form = browser.get("/fr/write?state=BRA").await;
        assert_eq!(form.attributes("select[name=language] option", "value"), ["en", "fr", "es", "ru", "ar", "zh", "pt"]);
        assert_eq!(form.attributes("select[name=language] option[selected]", "value"), ["fr"], "the page's own first");
        let mine = [("state", "BRA"), ("post", "permanent_representative"), ("language", "pt"), ("name", "Fórum de Ensaio")];
        let result = browser.post("/fr/write", &mine).await;
        assert_eq!(result.status, 200, "{}", result.text());
        assert_eq!((result.attributes("html", "lang"), result.attributes("textarea#text", "lang")), (vec!["fr".to_owned()], vec!["pt".to_owned()]));
        let text = result.texts("textarea#text").join(" ");
        assert!(text.contains("Senhora Embaixadora, Senhor Embaixador,") && text.contains("às autoridades do Brasil"), "{text}");
        assert_eq!(english_in(&text), [""; 0], "{text}");
        assert_eq!(result.texts(".notice--wait").len(), 1, "nobody has checked the translation");
        let pdf = browser.post("/fr/write/pdf", &mine).await;
        assert_eq!((pdf.status, pdf.header("content-disposition")), (200, "attachment; filename=\"CAH-BRA-pt-2026-11-23.pdf\""));
        assert!(pdf_words(&pdf.bytes).contains("Fórum de Ensaio dirige-se a Vossa Excelência"));
        let word = browser.post("/fr/write/docx", &mine).await;
        assert!(lists::part(&word.bytes, "word/styles.xml").contains("w:lang w:val=\"pt-PT\""));
        assert!(lists::words("docx", &word.bytes).contains("do Brasil"));
    }

    /// R39: no page, mail or account is in Portuguese, whoever asks for it and however.
    async fn no_page_no_mail_and_no_account_is_in_portuguese(program: Program) {
        let (browser, staff) = (program.browser(), ready(&program).await);
        for path in ["", "/sign", "/states", "/states/BRA", "/states.csv", "/signatories", "/statement", "/privacy", "/write", "/genuine", "/calendar.ics"] {
            assert_eq!((browser.get(&format!("/pt{path}")).await.status, path), (404, path));
            assert_ne!((browser.get(&format!("/es{path}")).await.status, path), (404, path), "the same page in Spanish is there");
        }
        let mine = [("state", "BRA"), ("post", "permanent_representative"), ("language", "pt"), ("name", "Fórum de Ensaio")];
        assert_eq!(browser.post("/pt/write", &mine).await.status, 404);
        for (accepts, home) in [("pt-PT, pt;q=0.9", "/en"), ("pt, fr;q=0.5", "/fr")] {
            let request = browser.client.get(format!("{}/", browser.base_url)).header("accept-language", accepts);
            let answer = request.send().await.unwrap();
            let to = answer.headers().get("location").map_or(answer.url().path(), |to| to.to_str().unwrap()).to_owned();
            assert_eq!(to, home, "{accepts}");
        }
        let home = browser.get("/en").await;
        assert!(home.body.contains("Español") && !home.body.contains("Português"), "no switcher offers it");
        let board = browser.get("/en/states/BRA").await.body;
        assert!(!board.contains("do Brasil") && !board.contains("brasileiro") && !board.contains("América Latina e das"), "{board}");
        // The desk.
        let desk = staff.get("/desk").await;
        assert!(desk.body.contains("Español") && !desk.body.contains("Português"), "{}", desk.body);
        assert_eq!(staff.submit("/desk", "/desk/language", &[("language", "pt"), ("back", "/desk")]).await.status, 400);
        let accounts = account::Entity::find().all(program.app.platform.database.read()).await.unwrap();
        assert!(!accounts.is_empty() && accounts.iter().all(|account| account.language != "pt"));
        for page in ["/desk/signatures/new", "/desk/waves/1"] {
            let choices = staff.get(page).await.attributes("select[name=language] option", "value");
            assert!(choices.contains(&"es".to_owned()) && !choices.contains(&"pt".to_owned()), "{page}: {choices:?}");
        }
        assert_eq!(staff.get("/desk/waves/1/list?layout=table&format=txt&language=pt").await.status, 400);
        assert_eq!(staff.get("/desk/waves/1/list?layout=table&format=txt&language=es").await.status, 200);
        let invited = staff.submit("/desk/invitations", "/desk/invitations", &[("list", "a@one.example.org;A;pt")]).await;
        assert!(invited.status == 422 && invited.text().contains("Line 1: the language"), "{}", invited.text());
    }

    /// R39: what is no language of letters is no language of a round, however near it comes.
    async fn a_round_is_in_a_language_of_letters_or_refused(program: Program) {
        let staff = ready(&program).await;
        for language in ["pt-BR", "PT", "de"] {
            let answer = new_round(&staff, "Wrong", &[("posts", PR), ("language", language)]).await;
            assert_eq!(answer.status, 422, "{language}");
        }
        // The register knows who asks for Portuguese; a round without a language of its own follows, and writes so to states whose language it is.
        let path = "/desk/register/LUX/permanent_representative";
        let form = staff.get(path).await;
        assert_eq!(form.attributes("select[name=language] option", "value").iter().filter(|code| !code.is_empty()).count(), Language::LETTERS.len());
        let email = form.attributes("input[name=email]", "value").pop().unwrap_or_default();
        let entry = [("language", "pt"), ("holder_name", "Ana Exemplo"), ("gender", "f"), ("email", email.as_str()), ("source", "https://www.mission.example/team"), ("seen", form.field("seen").as_deref().unwrap_or_default())].map(|(name, value)| (name, value.to_owned()));
        let entry: Vec<(&str, &str)> = entry.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let entered = staff.submit(path, path, &entry).await;
        assert_eq!(entered.status, 303, "{}", entered.text());
        assert!(staff.get("/desk/register/LUX").await.text().contains("Português"));
        let board = drafted(&program, &staff, "Each its own", &[("posts", PR)]).await;
        let all = letters(&program, &board).await;
        let (letter, content) = all.iter().find(|(letter, _)| letter.iso3 == "LUX").unwrap();
        assert_eq!((letter.language.as_str(), letter.blockers), ("pt", 0), "{}", letter.findings);
        assert_eq!(content.page.addressee[..2], ["S.E. a Senhora Ana Exemplo", "Representante Permanente do Luxemburgo"]);
        assert_eq!(content.page.salutation, "Senhora Embaixadora,");
        assert_eq!(content.page.closing, "Queira aceitar, Senhora Embaixadora, os protestos da nossa mais elevada consideração.");
        let written: Vec<&str> = all.iter().filter(|(letter, _)| letter.language == "pt").map(|(letter, _)| letter.iso3.as_str()).collect();
        assert_eq!(written, ["AGO", "BRA", "CPV", "GNB", "LUX", "MOZ", "PRT", "STP", "TLS"]);
        let directory = program.app.states.get(&program.app.platform).await.unwrap();
        let language = |iso3: &str, of_letters: &[Language]| directory.state(iso3).unwrap().language(of_letters);
        assert_eq!(language("BRA", &Language::LETTERS), Language::Pt);
        assert_eq!(language("BRA", &Language::INTERFACE), Language::En, "where the campaign's letters are not in Portuguese");
        assert_eq!(language("GNQ", &Language::LETTERS), Language::Es, "a language of the United Nations goes first");
        let trial = staff.get("/desk/letters/blocks/trial").await;
        assert!(trial.status == 200 && trial.text().contains("Pedimos às autoridades") && trial.text().contains("Português"), "{}", trial.text());
        // The words of letters stand side by side in seven languages, and a letter is tried in any.
        let block = staff.get("/desk/letters/blocks/open-who").await;
        assert!(block.texts("textarea[name=text-pt]").join(" ").contains("dirige-se a Vossa Excelência"), "{}", block.text());
        let open = staff.get(&format!("{board}/open.txt?language=pt")).await;
        assert!(open.text().contains("Excelências,") && english_in(&open.text()).is_empty(), "{}", open.text());
    }
}
