//! Empty, migrated databases for unit tests: SQLite in a scratch file, and PostgreSQL on the server that
//! `DEMARCHE_TEST_POSTGRES` names (`postgres://user@host:port`, no database). Compiled for tests only.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::database::Database;

/// Runs a test on each database there is, each time on a fresh one.
pub(crate) async fn on_each_database<F: Future<Output = ()>>(test: impl Fn(Database) -> F) {
    let scratch = tempfile::tempdir().unwrap();
    test(Database::open(&format!("sqlite://{}", scratch.path().join("trial.db").display()), 4, true).await.unwrap()).await;

    let server = std::env::var("DEMARCHE_TEST_POSTGRES").expect("DEMARCHE_TEST_POSTGRES is not set: run the tests through tests/run");
    let name = format!("trial_{}", Uuid::new_v4().simple());
    let keeper = sea_orm::Database::connect(format!("{server}/postgres")).await.unwrap();
    keeper.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    test(Database::open(&format!("{server}/{name}"), 8, true).await.unwrap()).await;
    keeper.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
}
