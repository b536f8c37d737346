//! Staff accounts and the audit trail.

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, index, unique};

/// Staff accounts and the audit trail.
pub(crate) struct Accounts;

impl MigrationName for Accounts {
    fn name(&self) -> &str {
        "m0002_accounts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Accounts {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("account")
                    .col(uuid("id").primary_key())
                    .col(string_len("email", 254))
                    .col(string_len("name", 200))
                    .col(string_len("password_hash", 255))
                    .col(string_len("role", 32))
                    .col(string_len("language", 8))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone_null("disabled_at"))
                    .col(timestamp_with_time_zone_null("last_sign_in_at"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_account_email", "account", &["email"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("audit_entry")
                    .col(uuid("id").primary_key())
                    .col(timestamp_with_time_zone("occurred_at"))
                    .col(uuid_null("account_id"))
                    .col(string_len("action", 64))
                    .col(string_len("subject_kind", 64))
                    .col(string_len_null("subject_id", 64))
                    .col(json_binary("details"))
                    .col(text_null("reason"))
                    .to_owned(),
            )
            .await?;
        index(manager, "ix_audit_entry_occurred_at", "audit_entry", &["occurred_at"]).await?;
        index(manager, "ix_audit_entry_subject", "audit_entry", &["subject_kind", "subject_id"]).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "audit_entry").await?;
        drop(manager, "account").await?;
        Ok(())
    }
}
