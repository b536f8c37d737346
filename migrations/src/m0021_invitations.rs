//! Invitations to sign: whom to write to, sealed, until they have signed, asked for no more, or heard often enough (R25).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, unique};

/// Invitations.
pub(crate) struct Invitations;

impl MigrationName for Invitations {
    fn name(&self) -> &str {
        "m0021_invitations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Invitations {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let reference = |column: &'static str, to: &'static str| {
            ForeignKey::create().name(format!("fk_invitation_{column}")).from("invitation", column).to(to, "id").to_owned()
        };
        manager
            .create_table(
                Table::create()
                    .table("invitation")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(string_len("address_hash", 64))
                    .col(string_len("token_hash", 64))
                    .col(blob_null("sealed_contact"))
                    .col(string_len("language", 8))
                    .col(string_len("state", 16))
                    .col(uuid("account_id"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(&mut reference("campaign_id", "campaign"))
                    .foreign_key(&mut reference("account_id", "account"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_invitation_token", "invitation", &["token_hash"]).await?;
        unique(manager, "ux_invitation_address", "invitation", &["campaign_id", "address_hash"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "invitation").await
    }
}
