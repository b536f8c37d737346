//! What comes back.

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, index, unique};

/// What comes back.
pub(crate) struct Replies;

impl MigrationName for Replies {
    fn name(&self) -> &str {
        "m0007_replies"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Replies {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("reply")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(uuid_null("letter_id"))
                    .col(string_len("iso3", 8))
                    .col(date("received_on"))
                    .col(string_len("channel", 16))
                    .col(string_len("class", 32))
                    .col(text("summary"))
                    .col(uuid_null("file_id"))
                    .col(string_len("visibility", 16))
                    .col(uuid("account_id"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(string_len("submission_key", 64))
                    .foreign_key(ForeignKey::create().name("fk_reply_campaign_id").from("reply", "campaign_id").to("campaign", "id"))
                    .foreign_key(ForeignKey::create().name("fk_reply_letter_id").from("reply", "letter_id").to("letter", "id"))
                    .foreign_key(ForeignKey::create().name("fk_reply_iso3").from("reply", "iso3").to("state", "iso3"))
                    .foreign_key(ForeignKey::create().name("fk_reply_account_id").from("reply", "account_id").to("account", "id"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_reply_submission_key", "reply", &["submission_key"]).await?;
        index(manager, "ix_reply_iso3", "reply", &["campaign_id", "iso3"]).await?;
        index(manager, "ix_reply_letter_id", "reply", &["letter_id"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("evidence_proposal")
                    .col(uuid("id").primary_key())
                    .col(uuid("reply_id"))
                    .col(string_len("iso3", 8))
                    .col(string_len_null("direction", 32))
                    .col(text("summary"))
                    .col(string_len("visibility", 16))
                    .col(string_len("state", 16))
                    .col(uuid_null("decided_by"))
                    .col(timestamp_with_time_zone_null("decided_at"))
                    .col(uuid_null("evidence_id"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(
                        ForeignKey::create().name("fk_evidence_proposal_reply_id").from("evidence_proposal", "reply_id").to("reply", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create().name("fk_evidence_proposal_iso3").from("evidence_proposal", "iso3").to("state", "iso3"),
                    )
                    .to_owned(),
            )
            .await?;
        index(manager, "ix_evidence_proposal_state", "evidence_proposal", &["state"]).await?;
        index(manager, "ix_evidence_proposal_reply_id", "evidence_proposal", &["reply_id"]).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "evidence_proposal").await?;
        drop(manager, "reply").await?;
        Ok(())
    }
}
