//! A fresh database for each test, copied from one that was filled once: migrations, reference data, the demo's campaign.

use std::path::{Path, PathBuf};

use demarche::platform::database::Database;
use sea_orm::ConnectionTrait;
use tokio::sync::OnceCell;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The embedded one.
    Sqlite,
    /// The server `tests/run` starts.
    Postgres,
}

/// A database that goes away with the test.
#[derive(Debug)]
pub struct Scratch {
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

static SQLITE: OnceCell<(tempfile::TempDir, PathBuf)> = OnceCell::const_new();
static POSTGRES: OnceCell<String> = OnceCell::const_new();

/// The server's address without a database.
fn server() -> String {
    std::env::var("DEMARCHE_TEST_POSTGRES").expect("DEMARCHE_TEST_POSTGRES is not set: run the tests through tests/run")
}

pub async fn scratch(kind: Kind) -> Scratch {
    match kind {
        Kind::Sqlite => {
            let (_, filled) = SQLITE.get_or_init(filled_sqlite).await;
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("demarche.sqlite");
            std::fs::copy(filled, &file).unwrap();
            Scratch { url: url_of(&file), _folder: Some(folder) }
        }
        Kind::Postgres => {
            let template = POSTGRES.get_or_init(filled_postgres).await;
            let name = format!("t_{}", uuid::Uuid::now_v7().simple());
            administer(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
            Scratch { url: format!("{}/{name}", server()), _folder: None }
        }
    }
}

fn url_of(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

async fn filled_sqlite() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("filled.sqlite");
    fill(&url_of(&file)).await;
    (folder, file)
}

async fn filled_postgres() -> String {
    let name = format!("filled_{}", uuid::Uuid::now_v7().simple());
    administer(&format!("CREATE DATABASE {name}")).await;
    fill(&format!("{}/{name}", server())).await;
    name
}

async fn fill(url: &str) {
    let database = Database::open(url, 2, true).await.unwrap();
    demarche::app::load_reference(&database, "cah", super::program::start_of_tests()).await.unwrap();
    database.close().await.unwrap();
}

async fn administer(statement: &str) {
    let db = sea_orm::Database::connect(format!("{}/postgres", server())).await.unwrap();
    db.execute_unprepared(statement).await.unwrap();
    db.close().await.unwrap();
}

/// Writes a test once and runs it on both databases.
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($program:ident: Program) $body:block)+) => { $(
        $(#[$meta])*
        mod $name {
            use super::*;
            async fn body($program: Program) $body
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                body(Program::start($crate::support::Kind::Sqlite).await).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                body(Program::start($crate::support::Kind::Postgres).await).await;
            }
        }
    )+ };
}
