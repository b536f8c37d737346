//! Wishes to open a withheld name that wait for a second person (R14).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, index};

/// Wishes to open a withheld name.
pub(crate) struct Reveals;

impl MigrationName for Reveals {
    fn name(&self) -> &str {
        "m0023_reveals"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Reveals {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let reference = |column: &'static str, to: &'static str| {
            ForeignKey::create().name(format!("fk_reveal_request_{column}")).from("reveal_request", column).to(to, "id").to_owned()
        };
        manager
            .create_table(
                Table::create()
                    .table("reveal_request")
                    .col(uuid("id").primary_key())
                    .col(uuid("signature_id"))
                    .col(text("reason"))
                    .col(uuid("account_id"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(uuid_null("agreed_by"))
                    .col(timestamp_with_time_zone_null("agreed_at"))
                    .col(timestamp_with_time_zone_null("opened_at"))
                    .foreign_key(&mut reference("signature_id", "signature"))
                    .foreign_key(&mut reference("account_id", "account"))
                    .foreign_key(&mut reference("agreed_by", "account"))
                    .to_owned(),
            )
            .await?;
        index(manager, "ix_reveal_request_signature", "reveal_request", &["signature_id"]).await?;
        index(manager, "ix_reveal_request_open", "reveal_request", &["opened_at", "created_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "reveal_request").await
    }
}
