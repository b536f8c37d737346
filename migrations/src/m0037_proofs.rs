//! The grade of proof of an answer (R41), and evidence that a meeting suggests (R42).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{add_columns, drop, drop_columns, index, unique};

/// Grades of proof, and proposals of meetings.
pub(crate) struct Proofs;

impl MigrationName for Proofs {
    fn name(&self) -> &str {
        "m0037_proofs"
    }
}

fn columns() -> [(&'static str, ColumnDef); 2] {
    [("reply", string_len("proof", 16).default("report").take()), ("reply", text_null("record_url").take())]
}

/// Columns of a proposal that are as they were.
const KEPT: &str = "id, reply_id, iso3, direction, summary, visibility, state, decided_by, decided_at, evidence_id, created_at";

/// The table of proposals under a name, with those of meetings or without.
async fn create(manager: &SchemaManager<'_>, name: &'static str, of_meetings: bool) -> Result<(), DbErr> {
    let mut table = Table::create();
    table.table(name).col(uuid("id").primary_key());
    if of_meetings {
        table.col(uuid_null("reply_id")).col(uuid_null("meeting_id"));
    } else {
        table.col(uuid("reply_id"));
    }
    table
        .col(string_len("iso3", 8))
        .col(string_len_null("direction", 32))
        .col(text("summary"))
        .col(string_len("visibility", 16))
        .col(string_len("state", 16))
        .col(uuid_null("decided_by"))
        .col(timestamp_with_time_zone_null("decided_at"))
        .col(uuid_null("evidence_id"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(ForeignKey::create().name("fk_evidence_proposal_reply_id").from(name, "reply_id").to("reply", "id"))
        .foreign_key(ForeignKey::create().name("fk_evidence_proposal_iso3").from(name, "iso3").to("state", "iso3"));
    if of_meetings {
        table.foreign_key(ForeignKey::create().name("fk_evidence_proposal_meeting_id").from(name, "meeting_id").to("meeting", "id"));
    }
    manager.create_table(table.to_owned()).await
}

/// Makes the table anew, since SQLite cannot let a column that had to be filled be empty; what stands in it goes along.
async fn rebuild(manager: &SchemaManager<'_>, of_meetings: bool) -> Result<(), DbErr> {
    const NEW: &str = "evidence_proposal_new";
    create(manager, NEW, of_meetings).await?;
    let db = manager.get_connection();
    db.execute_unprepared(&format!("INSERT INTO {NEW} ({KEPT}) SELECT {KEPT} FROM evidence_proposal WHERE reply_id IS NOT NULL")).await?;
    drop(manager, "evidence_proposal").await?;
    manager.rename_table(Table::rename().table(NEW, "evidence_proposal").to_owned()).await?;
    index(manager, "ix_evidence_proposal_state", "evidence_proposal", &["state"]).await?;
    index(manager, "ix_evidence_proposal_reply_id", "evidence_proposal", &["reply_id"]).await?;
    if of_meetings {
        unique(manager, "ux_evidence_proposal_meeting_id", "evidence_proposal", &["meeting_id"]).await?;
    }
    Ok(())
}

#[async_trait::async_trait]
impl MigrationTrait for Proofs {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_columns(manager, columns()).await?;
        // Until now every way was one of writing: what is kept of it is a document.
        manager.get_connection().execute_unprepared("UPDATE reply SET proof = 'document' WHERE file_id IS NOT NULL").await?;
        rebuild(manager, true).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rebuild(manager, false).await?;
        drop_columns(manager, columns()).await
    }
}
