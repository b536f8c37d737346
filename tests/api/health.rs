//! Whether a process says the truth about itself, and what a monitor may ask.

use demarche::app::{App, Replaced};

use crate::{on_both_databases, processes::organisation, support::Program};

on_both_databases! {
    async fn a_process_is_ready_when_what_it_writes_can_be_read(program: Program) {
        for _ in 0..2 {
            let answer = program.browser().get("/health/ready").await;
            assert_eq!((answer.status, answer.body.as_str()), (200, "ready"));
        }
    }

    /// RFC 9110, section 9.3.2: a monitor that asks for the head alone is told what a reader would be told.
    async fn the_head_of_a_page_is_answered_like_the_page_without_its_body(program: Program) {
        let browser = program.browser();
        for path in ["/", "/en", "/ar/states", "/en/states/SEN", "/en/signatories.csv", "/health/live", "/health/ready", "/en/nowhere", "/desk"] {
            let page = browser.get(path).await;
            let head = browser.client.head(format!("{}{path}", browser.base_url)).send().await.unwrap();
            assert_eq!(head.status().as_u16(), page.status, "{path}");
            let kind = head.headers().get("content-type").map_or("", |kind| kind.to_str().unwrap()).to_owned();
            assert_eq!(kind, page.header("content-type"), "{path}");
            assert!(head.bytes().await.unwrap().is_empty(), "{path}");
        }
    }

    /// R74: with another key contacts do not open and repeated signatures pass for new ones: it does not start at all.
    async fn a_process_with_another_secret_key_does_not_start(program: Program) {
        let folder = tempfile::tempdir().unwrap();
        let lookup = |secret: &'static str| {
            let (url, mail) = (program.database_url.clone(), folder.path().display().to_string());
            let config = demarche::config::Config::from_lookup(&move |name: &str| match name {
                "DATABASE_URL" => Some(url.clone()),
                "DEMARCHE_MAIL_DIR" => Some(mail.clone()),
                "DEMARCHE_SECRET_KEY" => Some(secret.to_owned()),
                _ => None,
            });
            config.unwrap()
        };
        let other = "another secret of the tests, as long as the first";
        assert!(App::compose(&lookup(other), false, Replaced::default()).await.is_ok(), "nothing is sealed yet");
        let fields = organisation(1);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(program.browser().post("/en/sign", &fields).await.status, 303);
        let refused = App::compose(&lookup(other), false, Replaced::default()).await.err().unwrap().to_string();
        assert!(refused.contains("DEMARCHE_SECRET_KEY") && !refused.contains(other), "{refused}");
        assert!(App::compose(&lookup("a secret of the tests, long enough to be one"), false, Replaced::default()).await.is_ok());
    }
}
