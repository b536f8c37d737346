//! Every page is read by an accessibility engine, WCAG 2.2 level AA, in English and Arabic, and has nothing to complain of (R77).

use std::fmt::Write as _;

use demarche::{accounts::Role, domain::language::Language};
use fantoccini::Client;

use crate::{
    chromium::{Wish, drive},
    pages::{DESK_PAGES, PUBLIC_PAGES, furnish, record_an_answer},
    person::{arrives, at, choose, confirmation_link, demonstration, fill, open, open_sample, sign_in_as, visit},
    support::{Kind, Program},
};

const LANGUAGES: [Language; 2] = [Language::En, Language::Ar];

const RUN: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, { runOnly: RULES, resultTypes: ['violations'] }).then(
      (found) => done({ passed: found.passes.length, violations: found.violations.map((rule) =>
        `${rule.id}: ${rule.help}\\n` + rule.nodes.slice(0, 5).map((node) => `    ${node.target} ${node.html.slice(0, 160)} ${node.failureSummary.replace(/\\s+/g, ' ')}`).join('\\n')) }),
      (fault) => done({ passed: 0, violations: [String(fault)] }));";

fn engine() -> String {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/axe/package/axe.min.js");
    std::fs::read_to_string(file).expect("the accessibility engine is missing: run the tests through tests/run")
}

/// Collects complaints over many pages, so that one run shows them all.
struct Reading {
    engine: String,
    complaints: String,
    rules: &'static str,
}

impl Reading {
    fn new() -> Self {
        Self {
            engine: engine(),
            complaints: String::new(),
            rules: "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']",
        }
    }

    async fn read(&mut self, client: &Client, what: &str) {
        client.execute(&self.engine, Vec::new()).await.unwrap();
        let found = client.execute_async(&RUN.replace("RULES", self.rules), Vec::new()).await.unwrap();
        assert!(found["passed"].as_u64().unwrap() > 0 || found["violations"][0].is_string(), "{what}: the engine read nothing");
        for violation in found["violations"].as_array().unwrap() {
            let _ = writeln!(self.complaints, "{what}: {}", violation.as_str().unwrap());
        }
    }

    async fn visit(&mut self, client: &Client, program: &Program, path: &str) {
        visit(client, program, path).await;
        self.read(client, path).await;
    }

    fn finish(self) {
        assert!(self.complaints.is_empty(), "\n{}", self.complaints);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn public_pages_pass_the_engine_in_english_and_arabic() {
    let program = demonstration().await;
    drive("public_accessible", Wish::default(), async |client| {
        let mut reading = Reading::new();
        for language in LANGUAGES {
            for page in PUBLIC_PAGES {
                reading.visit(&client, &program, &format!("/{language}{page}")).await;
            }
            open(&client, &program, &format!("/{language}/write")).await;
            at(&client, "main form button").await.click().await.unwrap();
            at(&client, ".error-summary").await;
            reading.read(&client, &format!("errors of /{language}/write")).await;
            at(&client, "[name=state]").await.select_by_value("KEN").await.unwrap();
            fill(&client, "name", "Star Network").await;
            at(&client, "main form button").await.click().await.unwrap();
            at(&client, "textarea#text").await;
            reading.read(&client, &format!("own letter in {language}")).await;
        }
        reading.finish();
    })
    .await;
}

/// Colours of the dark scheme, where only they can differ.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dark_pages_pass_the_engine() {
    let program = demonstration().await;
    let rows = furnish(&program).await;
    drive("dark_accessible", Wish { dark: true, ..Wish::default() }, async |client| {
        let mut reading = Reading::new();
        reading.rules = "{ type: 'rule', values: ['color-contrast', 'link-in-text-block'] }";
        for page in PUBLIC_PAGES {
            reading.visit(&client, &program, &format!("/en{page}")).await;
        }
        let script = "return matchMedia('(prefers-color-scheme: dark)').matches;";
        assert_eq!(client.execute(script, Vec::new()).await.unwrap(), true, "this browser shows light pages");
        sign_in_as(&client, &program, "dark", Role::Coordinator, Language::En).await;
        for page in DESK_PAGES.iter().map(|page| (*page).to_owned()).chain(rows.paths) {
            reading.visit(&client, &program, &page).await;
        }
        reading.finish();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_form_with_errors_and_the_confirmation_pass_the_engine() {
    let program = demonstration().await;
    drive("form_accessible", Wish::default(), async |client| {
        let mut reading = Reading::new();
        for language in LANGUAGES {
            open(&client, &program, &format!("/{language}/sign")).await;
            at(&client, "main form button").await.click().await.unwrap();
            at(&client, ".error-summary").await;
            reading.read(&client, &format!("errors of /{language}/sign")).await;
            open(&client, &program, &format!("/{language}/sign")).await;
            choose(&client, "[name=kind][value=organisation]").await;
            at(&client, "[name=country]").await.select_by_value("SEN").await.unwrap();
            let address = format!("{language}@stars.example.org");
            for (name, text) in
                [("name", "Star Network"), ("contact_name", "Awa"), ("contact_email", &address), ("contact_role", "Director")]
            {
                fill(&client, name, text).await;
            }
            for css in ["[name=visibility][value=named]", "[name=authority]", "[name=consent]"] {
                choose(&client, css).await;
            }
            at(&client, "main form button").await.click().await.unwrap();
            arrives(&client, "/sign/sent").await;
            client.goto(&confirmation_link(&program).await).await.unwrap();
            reading.read(&client, &format!("confirmation in {language}")).await;
            at(&client, "main form button").await.click().await.unwrap();
            at(&client, ".notice--good").await;
            reading.read(&client, &format!("confirmed in {language}")).await;
        }
        reading.finish();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mailbox_of_the_demonstration_passes_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let mails = folder.path().to_owned();
    let program = Program::start_with(Kind::Sqlite, |config| {
        config.demo = true;
        config.mail = demarche::config::MailConfig::Directory(mails);
    })
    .await;
    program.app.refresh_identity().await.unwrap();
    drive("mailbox_accessible", Wish::default(), async |client| {
        let mut reading = Reading::new();
        for language in LANGUAGES {
            reading.visit(&client, &program, &format!("/{language}/mailbox")).await;
        }
        reading.finish();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn desk_pages_pass_the_engine_in_english() {
    desk_pages_pass(Language::En).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn desk_pages_pass_the_engine_in_arabic() {
    desk_pages_pass(Language::Ar).await;
}

async fn desk_pages_pass(language: Language) {
    let program = demonstration().await;
    drive(&format!("desk_accessible_{language}"), Wish::default(), async |client| {
        let mut reading = Reading::new();
        reading.visit(&client, &program, "/desk/sign-in").await;
        at(&client, "main form button").await.click().await.unwrap();
        at(&client, ".error-summary").await;
        reading.read(&client, "errors of the sign-in").await;
        sign_in_as(&client, &program, "ana", Role::Coordinator, language).await;
        assert_eq!(at(&client, "html").await.attr("dir").await.unwrap().as_deref(), Some(language.direction()));
        // Before anything happened, every page is empty and says what comes next.
        for page in ["/desk/waves", "/desk/letters", "/desk/replies", "/desk/positions/proposals"] {
            reading.visit(&client, &program, page).await;
        }
        let rows = furnish(&program).await;
        for page in DESK_PAGES.iter().map(|page| (*page).to_owned()).chain(rows.paths.clone()) {
            reading.visit(&client, &program, &page).await;
        }
        for (page, form) in [("/desk/letters", "main form.form button"), ("/desk/replies/new", "main form.form button")] {
            open(&client, &program, page).await;
            at(&client, form).await.click().await.unwrap();
            at(&client, ".error-summary").await;
            reading.read(&client, &format!("errors of {page}")).await;
        }
        for page in record_an_answer(&client, &program).await {
            reading.visit(&client, &program, &page).await;
        }
        open(&client, &program, &rows.board).await;
        open_sample(&client, &program, &rows.board).await;
        at(&client, "form[action$='/approve'] button").await.click().await.unwrap();
        at(&client, ".notice").await;
        reading.read(&client, "an approved board").await;
        reading.finish();
    })
    .await;
}
