//! Signatures that may be of one signatory: keyed marks they are found by, the pairs, and what people decided about them (R11).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, index, unique};

/// Marks and pairs of signatures.
pub(crate) struct Duplicates;

impl MigrationName for Duplicates {
    fn name(&self) -> &str {
        "m0014_duplicates"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Duplicates {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The number of the rules its marks were made by; 0: not compared yet.
        manager.alter_table(Table::alter().table("signature").add_column(integer("compared_by").default(0)).to_owned()).await?;
        index(manager, "ix_signature_compared_by", "signature", &["state", "compared_by"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("signature_mark")
                    .col(string_len("mark", 32))
                    .col(uuid("signature_id"))
                    .primary_key(Index::create().col("mark").col("signature_id"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_signature_mark_signature_id")
                            .from("signature_mark", "signature_id")
                            .to("signature", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        index(manager, "ix_signature_mark_signature_id", "signature_mark", &["signature_id"]).await?;
        let reference = |column: &'static str| {
            ForeignKey::create().name(format!("fk_duplicate_pair_{column}")).from("duplicate_pair", column).to("signature", "id").to_owned()
        };
        manager
            .create_table(
                Table::create()
                    .table("duplicate_pair")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(uuid("one_id"))
                    .col(uuid("other_id"))
                    .col(integer("score"))
                    .col(text("reasons"))
                    .col(string_len("state", 16))
                    .col(uuid_null("kept_id"))
                    .col(string_len_null("state_before", 16))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(uuid_null("decided_by"))
                    .col(timestamp_with_time_zone_null("decided_at"))
                    .foreign_key(&mut reference("one_id"))
                    .foreign_key(&mut reference("other_id"))
                    .foreign_key(
                        ForeignKey::create().name("fk_duplicate_pair_decided_by").from("duplicate_pair", "decided_by").to("account", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_duplicate_pair", "duplicate_pair", &["one_id", "other_id"]).await?;
        index(manager, "ix_duplicate_pair_other_id", "duplicate_pair", &["other_id"]).await?;
        index(manager, "ix_duplicate_pair_state", "duplicate_pair", &["campaign_id", "state", "score"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "duplicate_pair").await?;
        drop(manager, "signature_mark").await?;
        manager.drop_index(Index::drop().name("ix_signature_compared_by").table("signature").to_owned()).await?;
        manager.alter_table(Table::alter().table("signature").drop_column("compared_by").to_owned()).await
    }
}
