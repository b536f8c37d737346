//! Letter templates, rounds, letters and their dispatch.

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, index, unique};

/// Letter templates, rounds, letters and their dispatch.
pub(crate) struct Letters;

impl MigrationName for Letters {
    fn name(&self) -> &str {
        "m0006_letters"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Letters {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("letter_template")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(integer("number"))
                    .col(json_binary("blocks"))
                    .col(string_len("content_hash", 64))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_letter_template_campaign_id")
                            .from("letter_template", "campaign_id")
                            .to("campaign", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_letter_template_number", "letter_template", &["campaign_id", "number"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("letter_round")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(string_len("name", 128))
                    .col(uuid("event_id"))
                    .col(uuid("wave_id"))
                    .col(uuid("template_id"))
                    .col(string_len("state", 16))
                    .col(date("dated_on"))
                    .col(boolean("rehearsal"))
                    .col(json_binary("options"))
                    .col(uuid("created_by"))
                    .col(uuid_null("approved_by"))
                    .col(timestamp_with_time_zone_null("approved_at"))
                    .col(uuid_null("released_by"))
                    .col(timestamp_with_time_zone_null("released_at"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(
                        ForeignKey::create().name("fk_letter_round_campaign_id").from("letter_round", "campaign_id").to("campaign", "id"),
                    )
                    .foreign_key(ForeignKey::create().name("fk_letter_round_event_id").from("letter_round", "event_id").to("event", "id"))
                    .foreign_key(ForeignKey::create().name("fk_letter_round_wave_id").from("letter_round", "wave_id").to("wave", "id"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_letter_round_template_id")
                            .from("letter_round", "template_id")
                            .to("letter_template", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create().name("fk_letter_round_created_by").from("letter_round", "created_by").to("account", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_letter_round_name", "letter_round", &["campaign_id", "name"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("letter")
                    .col(uuid("id").primary_key())
                    .col(uuid("round_id"))
                    .col(string_len("iso3", 8))
                    .col(uuid("post_id"))
                    .col(string_len("language", 8))
                    .col(string_len("reference", 32))
                    .col(string_len("state", 16))
                    .col(json_binary("content"))
                    .col(string_len("content_hash", 64))
                    .col(json_binary("findings"))
                    .col(integer("blockers"))
                    .col(uuid_null("file_id"))
                    .col(integer_null("pages"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .foreign_key(ForeignKey::create().name("fk_letter_round_id").from("letter", "round_id").to("letter_round", "id"))
                    .foreign_key(ForeignKey::create().name("fk_letter_iso3").from("letter", "iso3").to("state", "iso3"))
                    .foreign_key(ForeignKey::create().name("fk_letter_post_id").from("letter", "post_id").to("post", "id"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_letter_reference", "letter", &["reference"]).await?;
        unique(manager, "ux_letter_post", "letter", &["round_id", "post_id"]).await?;
        index(manager, "ix_letter_round_state", "letter", &["round_id", "state"]).await?;
        index(manager, "ix_letter_iso3", "letter", &["iso3"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("letter_event")
                    .col(uuid("id").primary_key())
                    .col(uuid("letter_id"))
                    .col(timestamp_with_time_zone("occurred_at"))
                    .col(uuid_null("account_id"))
                    .col(string_len_null("from_state", 16))
                    .col(string_len("to_state", 16))
                    .col(text_null("note"))
                    .foreign_key(
                        ForeignKey::create().name("fk_letter_event_letter_id").from("letter_event", "letter_id").to("letter", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        index(manager, "ix_letter_event_letter_id", "letter_event", &["letter_id"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("dispatch")
                    .col(uuid("id").primary_key())
                    .col(uuid("letter_id"))
                    .col(string_len("channel", 16))
                    .col(string_len_null("to_address", 254))
                    .col(string_len_null("message_id", 200))
                    .col(string_len("state", 16))
                    .col(text_null("server_answer"))
                    .col(integer("attempts"))
                    .col(uuid_null("file_id"))
                    .col(uuid_null("account_id"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone_null("finished_at"))
                    .foreign_key(ForeignKey::create().name("fk_dispatch_letter_id").from("dispatch", "letter_id").to("letter", "id"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_dispatch_message_id", "dispatch", &["message_id"]).await?;
        index(manager, "ix_dispatch_letter_id", "dispatch", &["letter_id"]).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "dispatch").await?;
        drop(manager, "letter_event").await?;
        drop(manager, "letter").await?;
        drop(manager, "letter_round").await?;
        drop(manager, "letter_template").await?;
        Ok(())
    }
}
