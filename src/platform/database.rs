//! Connecting, write transactions, constraint names: everything that must differ between SQLite and PostgreSQL. Must not know any table.

use std::{cmp::Ordering, time::Duration};

use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
    sqlx::{
        Connection,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};
use sea_orm_migration::MigratorTrait;

/// A database behind two handles: SQLite allows one writer, which gets a pool of its own so that readers never wait in its queue.
#[derive(Clone, Debug)]
pub struct Database {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
}

impl Database {
    /// Connects to `sqlite://…` or `postgres://…` and brings the schema up to date when `migrate` says so.
    ///
    /// # Errors
    /// When the database cannot be reached or a migration fails.
    pub async fn open(url: &str, pool: u32, migrate: bool) -> Result<Self, DbErr> {
        let is_sqlite = url.starts_with("sqlite:");
        let writer = connect(url, if is_sqlite { 1 } else { pool }, false).await?;
        if migrate {
            demarche_migrations::Migrator::up(&writer, None).await?;
        }
        let in_memory = url.contains(":memory:");
        let reader = if is_sqlite && !in_memory { connect(url, pool, true).await? } else { writer.clone() };
        Ok(Self { reader, writer })
    }

    /// Refuses to go on with a schema that is not this program's: its statements would fail one by one, each in words of its own.
    ///
    /// # Errors
    /// When migrations are missing, or were applied by a newer program.
    pub async fn require_current_schema(&self) -> anyhow::Result<()> {
        let asked = Statement::from_string(self.backend(), "SELECT COUNT(*) FROM seaql_migrations");
        let applied = match self.writer.query_one_raw(asked).await {
            Ok(Some(row)) => row.try_get_by_index::<i64>(0)?,
            // No such table: nothing was ever applied. A database that cannot be reached has failed before.
            Ok(None) | Err(_) => 0,
        };
        let known = i64::try_from(demarche_migrations::Migrator::migrations().len()).unwrap_or(i64::MAX);
        match applied.cmp(&known) {
            Ordering::Equal => Ok(()),
            Ordering::Less => Err(anyhow::anyhow!("the database has no schema yet or an older one: run `demarche migrate`")),
            Ordering::Greater => Err(anyhow::anyhow!("the database has the schema of a newer program")),
        }
    }

    /// For queries. On SQLite a write through it fails.
    pub fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// For single statements that write outside a transaction (a worker's claim, say).
    pub fn write(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// A write transaction. On SQLite it begins IMMEDIATE, so that it can never fail half-way for want of the write lock.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.writer
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..Default::default()
            })
            .await
    }

    /// A write transaction that looks up many rows in tables which grow fast, in a burst or an import. PostgreSQL keeps the plan it made for an empty table,
    /// reading all of it, until it is analysed a minute later; here it plans for the table as it is. One statement more there.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn begin_on_growing_tables(&self) -> Result<DatabaseTransaction, DbErr> {
        let txn = self.begin().await?;
        if self.backend() == DbBackend::Postgres {
            txn.execute_unprepared("SET LOCAL plan_cache_mode = force_custom_plan").await?;
        }
        Ok(txn)
    }

    /// After a name was hidden: SQLite's log keeps pages as they were until it is written over, so it is emptied. Whoever reads for more than a second
    /// meanwhile is not waited for; the next time empties it then. PostgreSQL keeps its log where no dump looks.
    pub async fn empty_log(&self) {
        if self.backend() != DbBackend::Sqlite {
            return;
        }
        let emptied = "PRAGMA busy_timeout = 1000; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = 30000";
        if let Err(error) = self.writer.execute_unprepared(emptied).await {
            tracing::warn!(%error, "the log of the database was not emptied");
        }
    }

    /// Closes both handles; SQLite then leaves one file and no log beside it.
    ///
    /// # Errors
    /// When a connection cannot be closed.
    pub async fn close(self) -> Result<(), DbErr> {
        self.reader.close().await?;
        self.writer.close().await
    }

    /// Which of the two it is.
    pub fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }
}

async fn connect(url: &str, pool: u32, read_only: bool) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(pool)
        .sqlx_logging(false)
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = sqlite.foreign_keys(true).busy_timeout(Duration::from_secs(30)).pragma("temp_store", "memory");
            if read_only {
                return sqlite.read_only(true);
            }
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                // A name that becomes withheld must not survive in freed pages.
                .pragma("secure_delete", "on")
        })
        .map_sqlx_sqlite_pool_opts(|pool| {
            // On a full disk SQLite ends the transaction by itself and the driver goes on counting it: what comes next on such a connection are
            // savepoints, and the commit of a savepoint keeps nothing. Whoever comes back from a transaction still in one is thrown away.
            pool.after_release(|connection, _| {
                Box::pin(async move {
                    // The rollback of a dropped transaction is only under way: it is done when this is answered.
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
        });
    sea_orm::Database::connect(options).await
}

/// The name of the unique constraint an error broke, if it broke one we named (`ux_…`).
///
/// PostgreSQL says the name; SQLite says the columns, so callers pass the candidates as `(name, "table.column")`, the column being the
/// last one of the index.
pub fn broken_unique<'a>(error: &DbErr, candidates: &[(&'a str, &str)]) -> Option<&'a str> {
    let Some(sea_orm::SqlErr::UniqueConstraintViolation(message)) = error.sql_err() else { return None };
    candidates.iter().find(|(name, column)| message.contains(name) || message.contains(column)).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use sea_orm::ConnectionTrait;

    use super::*;

    /// R82: what was acknowledged is there, also after the disk was full and one write more was refused.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_full_disk_takes_nothing_that_was_committed_later() {
        let directory = tempfile::tempdir().unwrap();
        let database = Database::open(&format!("sqlite://{}", directory.path().join("full.sqlite").display()), 2, false).await.unwrap();
        let write = async |statement: &str| {
            let txn = database.begin().await?;
            txn.execute_unprepared(statement).await?;
            txn.commit().await
        };
        write("CREATE TABLE note (id INTEGER PRIMARY KEY, words TEXT)").await.unwrap();
        let pages = "PRAGMA max_page_count = 12";
        database.write().execute_unprepared(pages).await.unwrap();
        let long = "INSERT INTO note (words) VALUES (hex(randomblob(40000)))";
        assert!(write(long).await.unwrap_err().to_string().contains("full"), "the disk is full");
        let twice = "INSERT INTO note (id, words) VALUES (1, 'a'), (1, 'b')";
        assert!(write(twice).await.is_err(), "this can never be stored");
        for id in 10..20 {
            write(&format!("INSERT INTO note (id, words) VALUES ({id}, 'short')")).await.unwrap();
        }
        let kept = database.read().query_one_raw(Statement::from_string(DbBackend::Sqlite, "SELECT COUNT(*) FROM note")).await.unwrap();
        assert_eq!(kept.unwrap().try_get_by_index::<i64>(0).unwrap(), 10, "whoever reads sees what was committed");
        database.close().await.unwrap();
    }
}
