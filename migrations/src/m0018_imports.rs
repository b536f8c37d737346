//! Sheets of signatories that staff upload: kept sealed until they are read, with how their columns are to be read (R17).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, index};

/// Uploaded sheets.
pub(crate) struct Imports;

impl MigrationName for Imports {
    fn name(&self) -> &str {
        "m0018_imports"
    }
}

fn reference(column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(format!("fk_signature_import_{column}")).from("signature_import", column).to(to, "id").to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Imports {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("signature_import")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(string_len("file_name", 200))
                    .col(string_len_null("encoding", 24))
                    .col(blob_null("sealed_content"))
                    .col(text("head"))
                    .col(string_len("head_mark", 64))
                    .col(text_null("mapping"))
                    .col(string_len("state", 16))
                    .col(integer("lines_read"))
                    .col(text_null("report"))
                    .col(blob_null("sealed_rejects"))
                    .col(uuid("account_id"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone_null("finished_at"))
                    .foreign_key(&mut reference("campaign_id", "campaign"))
                    .foreign_key(&mut reference("account_id", "account"))
                    .to_owned(),
            )
            .await?;
        index(manager, "ix_signature_import_head", "signature_import", &["campaign_id", "head_mark", "created_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "signature_import").await
    }
}
