//! The audit trail can only grow: the database itself refuses to change or remove a line, whoever asks.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// The audit trail can only grow.
pub(crate) struct Audit;

impl MigrationName for Audit {
    fn name(&self) -> &str {
        "m0009_audit"
    }
}

const SQLITE_UP: [&str; 2] = [
    "CREATE TRIGGER tr_audit_entry_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    "CREATE TRIGGER tr_audit_entry_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
];
const SQLITE_DOWN: [&str; 2] = ["DROP TRIGGER tr_audit_entry_update", "DROP TRIGGER tr_audit_entry_delete"];
const POSTGRES_UP: [&str; 2] = [
    "CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS \
     $$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
    "CREATE TRIGGER tr_audit_entry_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry \
     FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()",
];
const POSTGRES_DOWN: [&str; 2] = ["DROP TRIGGER tr_audit_entry_change ON audit_entry", "DROP FUNCTION audit_entry_refuse()"];

#[async_trait::async_trait]
impl MigrationTrait for Audit {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, if is_postgres(manager) { POSTGRES_UP } else { SQLITE_UP }).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, if is_postgres(manager) { POSTGRES_DOWN } else { SQLITE_DOWN }).await
    }
}

fn is_postgres(manager: &SchemaManager) -> bool {
    manager.get_database_backend() == DbBackend::Postgres
}

async fn run(manager: &SchemaManager<'_>, statements: [&str; 2]) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
