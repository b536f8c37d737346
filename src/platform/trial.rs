//! Empty, migrated databases for unit tests: SQLite in a scratch file, and PostgreSQL when `DEMARCHE_TEST_POSTGRES` names a server. Compiled
//! for tests only.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::database::Database;

/// Runs a test on each database there is, each time on a fresh one.
pub(crate) async fn on_each_database<F: Future<Output = ()>>(test: impl Fn(Database) -> F) {
    let scratch = tempfile::tempdir().unwrap();
    test(Database::open(&format!("sqlite://{}", scratch.path().join("trial.db").display()), 4, true).await.unwrap()).await;

    let Ok(server) = std::env::var("DEMARCHE_TEST_POSTGRES") else { return };
    // The server's address as `tests/run` gives it: without a database.
    let (base, name) = (server.trim_end_matches('/'), format!("trial_{}", Uuid::new_v4().simple()));
    let keeper = sea_orm::Database::connect(format!("{base}/postgres")).await.unwrap();
    keeper.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    test(Database::open(&format!("{base}/{name}"), 8, true).await.unwrap()).await;
    // Left to the server, which goes away after the run: dropping a database waits for a checkpoint of all of them.
}
