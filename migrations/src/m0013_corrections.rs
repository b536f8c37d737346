//! Corrections of printed names that signers propose and staff decide on (R19).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, index};

/// Corrections of printed names.
pub(crate) struct Corrections;

impl MigrationName for Corrections {
    fn name(&self) -> &str {
        "m0013_corrections"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Corrections {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("correction")
                    .col(uuid("id").primary_key())
                    .col(uuid("signature_id"))
                    .col(text("name"))
                    .col(string_len("state", 16))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(uuid_null("decided_by"))
                    .col(timestamp_with_time_zone_null("decided_at"))
                    .foreign_key(
                        ForeignKey::create().name("fk_correction_signature_id").from("correction", "signature_id").to("signature", "id"),
                    )
                    .foreign_key(ForeignKey::create().name("fk_correction_decided_by").from("correction", "decided_by").to("account", "id"))
                    .to_owned(),
            )
            .await?;
        index(manager, "ix_correction_signature_id", "correction", &["signature_id"]).await?;
        index(manager, "ix_correction_state", "correction", &["state", "created_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "correction").await
    }
}
