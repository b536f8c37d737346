//! Logos of signatories, with the permission to show them (R24).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, unique};

/// Logos.
pub(crate) struct Logos;

impl MigrationName for Logos {
    fn name(&self) -> &str {
        "m0024_logos"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Logos {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let reference = |column: &'static str, to: &'static str| {
            ForeignKey::create().name(format!("fk_logo_{column}")).from("logo", column).to(to, "id").to_owned()
        };
        manager
            .create_table(
                Table::create()
                    .table("logo")
                    .col(uuid("id").primary_key())
                    .col(uuid("signature_id"))
                    .col(blob("content"))
                    .col(integer("width"))
                    .col(integer("height"))
                    .col(string_len("alternative", 200))
                    .col(string_len("state", 16))
                    .col(timestamp_with_time_zone("permitted_at"))
                    .col(uuid_null("decided_by"))
                    .col(timestamp_with_time_zone_null("decided_at"))
                    .foreign_key(&mut reference("signature_id", "signature"))
                    .foreign_key(&mut reference("decided_by", "account"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_logo_signature", "logo", &["signature_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "logo").await
    }
}
