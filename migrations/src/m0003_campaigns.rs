//! Campaigns as configuration, their texts, events and issues.

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, index, unique};

/// Campaigns as configuration, their texts, events and issues.
pub(crate) struct Campaigns;

impl MigrationName for Campaigns {
    fn name(&self) -> &str {
        "m0003_campaigns"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Campaigns {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("campaign")
                    .col(uuid("id").primary_key())
                    .col(string_len("slug", 128))
                    .col(json_binary("config"))
                    .col(string_len("config_hash", 64))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_campaign_slug", "campaign", &["slug"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("text_version")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(integer("number"))
                    .col(string_len("stage", 32))
                    .col(string_len("authoritative_language", 8))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone_null("opened_at"))
                    .foreign_key(
                        ForeignKey::create().name("fk_text_version_campaign_id").from("text_version", "campaign_id").to("campaign", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_text_version_number", "text_version", &["campaign_id", "number"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("text_translation")
                    .col(uuid("id").primary_key())
                    .col(uuid("text_version_id"))
                    .col(string_len("language", 8))
                    .col(string_len("title", 500))
                    .col(text("body"))
                    .col(string_len("content_hash", 64))
                    .col(string_len("status", 32))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_text_translation_text_version_id")
                            .from("text_translation", "text_version_id")
                            .to("text_version", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_text_translation_language", "text_translation", &["text_version_id", "language"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("privacy_notice")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(integer("number"))
                    .col(string_len("language", 8))
                    .col(text("body"))
                    .col(string_len("content_hash", 64))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_privacy_notice_campaign_id")
                            .from("privacy_notice", "campaign_id")
                            .to("campaign", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_privacy_notice_number", "privacy_notice", &["campaign_id", "number", "language"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("event")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(string_len("key", 128))
                    .col(string_len("kind", 32))
                    .col(json_binary("names"))
                    .col(date("starts_on"))
                    .col(date_null("ends_on"))
                    .col(string_len("precision", 16))
                    .col(string_len("status", 16))
                    .col(string_len_null("forum", 64))
                    .col(string_len_null("session", 64))
                    .col(text_null("source_url"))
                    .col(text_null("note"))
                    .foreign_key(ForeignKey::create().name("fk_event_campaign_id").from("event", "campaign_id").to("campaign", "id"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_event_key", "event", &["campaign_id", "key"]).await?;
        index(manager, "ix_event_starts_on", "event", &["campaign_id", "starts_on"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("issue")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(string_len("code", 64))
                    .col(integer("position"))
                    .col(json_binary("labels"))
                    .col(string_len_null("articles", 128))
                    .col(text_null("note"))
                    .foreign_key(ForeignKey::create().name("fk_issue_campaign_id").from("issue", "campaign_id").to("campaign", "id"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_issue_code", "issue", &["campaign_id", "code"]).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "issue").await?;
        drop(manager, "event").await?;
        drop(manager, "privacy_notice").await?;
        drop(manager, "text_translation").await?;
        drop(manager, "text_version").await?;
        drop(manager, "campaign").await?;
        Ok(())
    }
}
