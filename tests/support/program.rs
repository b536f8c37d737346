//! A running program: server on port 0, worker on demand, browsers that keep their cookies.

use std::{net::TcpListener, sync::Arc};

use chrono::{DateTime, TimeZone, Utc};
use demarche::{
    accounts::{Role, service::NewAccount},
    app::{App, Replaced},
    config::Config,
    domain::{clock::FixedClock, language::Language},
    platform::mail::MemoryTransport,
};

use super::{
    databases::{self, Kind, Scratch},
    reading::Answer,
};

/// The password of every account of the tests.
pub const PASSWORD: &str = "correct horse battery staple";

/// When the tests' clock starts: while the demo's statement is open.
pub fn start_of_tests() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 9, 0, 0).unwrap()
}

/// One program under test.
pub struct Program {
    pub base_url: String,
    pub app: App,
    pub clock: Arc<FixedClock>,
    pub mail: Arc<MemoryTransport>,
    pub kind: Kind,
    pub database_url: String,
    server: actix_web::dev::ServerHandle,
    _scratch: Arc<Scratch>,
}

impl Program {
    pub async fn start(kind: Kind) -> Self {
        Self::start_on(Arc::new(databases::scratch(kind).await), kind, |_| {}).await
    }

    /// Starts with settings changed by `change`.
    pub async fn start_with(kind: Kind, change: impl FnOnce(&mut Config)) -> Self {
        Self::start_on(Arc::new(databases::scratch(kind).await), kind, change).await
    }

    /// A second process on the same database.
    pub async fn sibling(&self) -> Self {
        Self::start_on(Arc::clone(&self._scratch), self.kind, |_| {}).await
    }

    async fn start_on(scratch: Arc<Scratch>, kind: Kind, change: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let url = scratch.url.clone();
        let lookup = |name: &str| match name {
            "DATABASE_URL" => Some(url.clone()),
            "DEMARCHE_BASE_URL" => Some(base_url.clone()),
            "DEMARCHE_MAIL_DIR" => Some("unused-in-tests".to_owned()),
            "DEMARCHE_SECRET_KEY" => Some("a secret of the tests, long enough to be one".to_owned()),
            "DEMARCHE_PAGE_CACHE_MS" => Some("0".to_owned()),
            _ => None,
        };
        let mut config = Config::from_lookup(&lookup).unwrap();
        change(&mut config);
        let clock = Arc::new(FixedClock::at(start_of_tests()));
        let mail = Arc::new(MemoryTransport::new());
        let replaced = Replaced { clock: Some(clock.clone()), mail: Some(mail.clone()), ..Replaced::default() };
        let app = App::compose(&config, true, replaced).await.unwrap();
        let server = app.serve(listener).unwrap();
        let handle = server.handle();
        tokio::spawn(server);
        Self { base_url, app, clock, mail, kind, database_url: config_url(&scratch), server: handle, _scratch: scratch }
    }

    /// Runs all work that is due, and what it queues, to the end.
    pub async fn drain(&self) -> Vec<demarche::platform::jobs::Ran> {
        self.app.worker().drain().await.unwrap()
    }

    /// Every byte the database keeps: the file and its log, or a dump.
    pub async fn database_bytes(&self) -> Vec<u8> {
        match self.kind {
            Kind::Sqlite => {
                let file = self.database_url.trim_start_matches("sqlite://").to_owned();
                let mut bytes = std::fs::read(&file).unwrap();
                bytes.extend(std::fs::read(format!("{file}-wal")).unwrap_or_default());
                bytes
            }
            Kind::Postgres => {
                let dump = std::process::Command::new("pg_dump").arg(&self.database_url).output().unwrap();
                assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
                dump.stdout
            }
        }
    }

    /// A browser that has signed nobody in.
    pub fn browser(&self) -> Browser {
        // Shorter than the server keeps a connection: neither sends into one the other is just closing.
        let patience = std::time::Duration::from_secs(2);
        let client = reqwest::Client::builder()
            .cookie_store(true)
            .pool_idle_timeout(patience)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Browser { client, base_url: self.base_url.clone() }
    }

    /// Adds an account and signs it in.
    pub async fn staff(&self, role: Role) -> Browser {
        let email = format!("{}-{}@staff.example.org", role.key(), uuid::Uuid::now_v7().simple());
        self.add_account(&email, role).await;
        let browser = self.browser();
        let answer = browser.post("/desk/sign-in", &[("email", email.as_str()), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        browser
    }

    pub async fn add_account(&self, email: &str, role: Role) -> uuid::Uuid {
        let new = NewAccount {
            email: email.to_owned(),
            name: format!("Test {}", role.key()),
            role,
            language: Language::En,
            password: PASSWORD.to_owned().into(),
        };
        self.app.add_account(new).await.unwrap()
    }
}

fn config_url(scratch: &Scratch) -> String {
    scratch.url.clone()
}

impl Drop for Program {
    fn drop(&mut self) {
        let handle = self.server.clone();
        drop(tokio::spawn(async move { handle.stop(false).await }));
    }
}

/// A client that keeps its cookies and follows no redirect by itself.
#[derive(Clone, Debug)]
pub struct Browser {
    pub client: reqwest::Client,
    pub base_url: String,
}

impl Browser {
    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.client.get(format!("{}{path}", self.base_url)).send().await.unwrap()).await
    }

    /// Sends a form as a page of the site would.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.client.post(format!("{}{path}", self.base_url)).header("sec-fetch-site", "same-origin");
        Answer::of(request.form(fields).send().await.unwrap()).await
    }

    /// Opens what the board of a round asks whoever approves to open; gives how many letters that were.
    pub async fn open_sample(&self, board: &str) -> usize {
        let asked = self.get(board).await.attributes("#sample li a:first-child", "href");
        for letter in &asked {
            assert_eq!(self.get(letter).await.status, 200);
        }
        asked.len()
    }

    /// Opens `page`, takes its form token, and sends the form to `path`.
    pub async fn submit(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.get(page).await.field("csrf").unwrap_or_default();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &all).await
    }
}
