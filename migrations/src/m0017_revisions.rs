//! Every wording a text version ever had: an editorial edit replaces the text and not what its earlier signers read (R5).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, unique};

/// Wordings of text versions.
pub(crate) struct Revisions;

impl MigrationName for Revisions {
    fn name(&self) -> &str {
        "m0017_revisions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Revisions {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("text_revision")
                    .col(uuid("id").primary_key())
                    .col(uuid("text_version_id"))
                    .col(string_len("language", 8))
                    .col(integer("number"))
                    .col(string_len("title", 500))
                    .col(text("body"))
                    .col(string_len("content_hash", 64))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_text_revision_text_version_id")
                            .from("text_revision", "text_version_id")
                            .to("text_version", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_text_revision", "text_revision", &["text_version_id", "language", "number"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "text_revision").await
    }
}
