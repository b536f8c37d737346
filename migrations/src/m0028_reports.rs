//! Letters that others say they sent (R45).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, index, unique};

/// Reports of letters that are not ours.
pub(crate) struct Reports;

impl MigrationName for Reports {
    fn name(&self) -> &str {
        "m0028_reports"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Reports {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("letter_report")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(string_len("iso3", 3))
                    .col(string_len("post", 40))
                    .col(text("organisation"))
                    .col(date("sent_on"))
                    .col(string_len("channel", 16))
                    .col(string_len("state", 16))
                    .col(string_len("mark", 64))
                    .col(uuid_null("file_id"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(uuid_null("decided_by"))
                    .col(timestamp_with_time_zone_null("decided_at"))
                    .foreign_key(
                        ForeignKey::create().name("fk_letter_report_campaign_id").from("letter_report", "campaign_id").to("campaign", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create().name("fk_letter_report_file_id").from("letter_report", "file_id").to("stored_file", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_letter_report_mark", "letter_report", &["campaign_id", "mark"]).await?;
        index(manager, "ix_letter_report_state", "letter_report", &["campaign_id", "state", "sent_on"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "letter_report").await
    }
}
