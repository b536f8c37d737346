//! What people made of single paragraphs of a letter (R34).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, unique};

/// Edited paragraphs.
pub(crate) struct Edits;

impl MigrationName for Edits {
    fn name(&self) -> &str {
        "m0031_edits"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Edits {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("letter_edit")
                    .col(uuid("id").primary_key())
                    .col(uuid("letter_id"))
                    .col(string_len("block", 64))
                    .col(text_null("base"))
                    .col(text("text"))
                    .col(uuid("account_id"))
                    .col(timestamp_with_time_zone("edited_at"))
                    .foreign_key(ForeignKey::create().name("fk_letter_edit_letter_id").from("letter_edit", "letter_id").to("letter", "id"))
                    .foreign_key(
                        ForeignKey::create().name("fk_letter_edit_account_id").from("letter_edit", "account_id").to("account", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_letter_edit_block", "letter_edit", &["letter_id", "block"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "letter_edit").await
    }
}
