//! Holds the entities against the migrations, and the migrations against themselves: up, down, up.

use std::collections::BTreeMap;

use demarche_migrations::{Migrator, MigratorTrait};
use sea_orm::{DatabaseConnection, DbBackend, EntityTrait, FromQueryResult, IdenStatic, Iterable, Statement};

use crate::{
    on_both_databases,
    support::{Kind, Program},
};

#[derive(Debug, FromQueryResult)]
struct Column {
    table_name: String,
    column_name: String,
    optional: bool,
}

async fn columns(db: &DatabaseConnection) -> BTreeMap<String, BTreeMap<String, bool>> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT m.name AS table_name, c.name AS column_name, c.\"notnull\" = 0 AND c.pk = 0 AS optional FROM sqlite_master m \
             JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        }
        _ => {
            "SELECT table_name::text, column_name::text, is_nullable = 'YES' AS optional FROM information_schema.columns \
             WHERE table_schema = 'public'"
        }
    };
    let mut tables: BTreeMap<String, BTreeMap<String, bool>> = BTreeMap::new();
    for row in Column::find_by_statement(Statement::from_string(db.get_database_backend(), sql)).all(db).await.unwrap() {
        tables.entry(row.table_name).or_default().insert(row.column_name, row.optional);
    }
    tables.remove("seaql_migrations");
    tables
}

fn declared<E: EntityTrait>(entity: E) -> (String, BTreeMap<String, bool>) {
    use sea_orm::ColumnTrait;
    let columns = E::Column::iter().map(|column| (column.as_str().to_owned(), column.def().is_null()));
    (entity.table_name().to_owned(), columns.collect())
}

macro_rules! entities {
    ($($table:ident)*) => { [$(declared(demarche::entities::$table::Entity)),*] };
}

on_both_databases! {
    async fn every_entity_is_what_the_migrations_made(program: Program) {
        let expected: BTreeMap<_, _> = entities!(
            account addressee audit_entry campaign correction deadline_extension dispatch duplicate_pair event evidence evidence_issue evidence_proposal group_membership inbound_mail invitation issue job letter
            letter_edit letter_event letter_opened letter_report letter_round letter_template logo meeting plan_task_mark position position_change post privacy_notice promise reply reveal_request session signatory signature
            signature_count signature_count_delta signature_import signature_mark signature_token state state_group stored_file text_revision text_translation text_version throttle
            vetting_check vetting_decision vetting_rule vetting_run vetting_run_item wave wave_entry
        ).into_iter().collect();
        let actual = columns(program.app.platform.database.read()).await;
        assert_eq!(actual, expected);
    }

    async fn every_migration_goes_down_and_up_again(program: Program) {
        let folder = tempfile::tempdir().unwrap();
        let url = match program.kind {
            Kind::Sqlite => format!("sqlite://{}?mode=rwc", folder.path().join("x.sqlite").display()),
            Kind::Postgres => program.database_url.clone(),
        };
        let db = sea_orm::Database::connect(url).await.unwrap();
        Migrator::up(&db, None).await.unwrap();
        let before = columns(&db).await;
        Migrator::down(&db, None).await.unwrap();
        assert!(columns(&db).await.is_empty());
        Migrator::up(&db, None).await.unwrap();
        assert_eq!(columns(&db).await, before);
    }
}
