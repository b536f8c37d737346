//! Meetings with states and what was promised there (R42).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, index, unique};

/// Meetings.
pub(crate) struct Meetings;

impl MigrationName for Meetings {
    fn name(&self) -> &str {
        "m0030_meetings"
    }
}

fn key(name: &str, from: (&'static str, &'static str), to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(name).from(from.0, from.1).to(to, "id").to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Meetings {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("meeting")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(string_len("iso3", 3))
                    .col(string_len("status", 16))
                    .col(string_len("level", 32))
                    .col(string_len_null("post_kind", 64))
                    .col(string_len("met", 400))
                    .col(date_null("met_on"))
                    .col(string_len("place", 400))
                    .col(string_len("people", 800))
                    .col(text("notes"))
                    .col(string_len("visibility", 16))
                    .col(uuid_null("reply_id"))
                    .col(string_len("submission_key", 64))
                    .col(integer("revision"))
                    .col(uuid("account_id"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(uuid_null("changed_by"))
                    .col(timestamp_with_time_zone_null("changed_at"))
                    .foreign_key(&mut key("fk_meeting_campaign_id", ("meeting", "campaign_id"), "campaign"))
                    .foreign_key(&mut key("fk_meeting_reply_id", ("meeting", "reply_id"), "reply"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_meeting_submission_key", "meeting", &["submission_key"]).await?;
        index(manager, "ix_meeting_iso3", "meeting", &["campaign_id", "iso3", "met_on"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("promise")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(uuid("meeting_id"))
                    .col(string_len("iso3", 3))
                    .col(text("text"))
                    .col(date_null("due_on"))
                    .col(uuid_null("owner_id"))
                    .col(string_len("status", 16))
                    .col(date_null("settled_on"))
                    .col(text("settle_note"))
                    .col(string_len("submission_key", 64))
                    .col(integer("revision"))
                    .col(uuid("account_id"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(uuid_null("changed_by"))
                    .col(timestamp_with_time_zone_null("changed_at"))
                    .foreign_key(&mut key("fk_promise_campaign_id", ("promise", "campaign_id"), "campaign"))
                    .foreign_key(&mut key("fk_promise_meeting_id", ("promise", "meeting_id"), "meeting"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_promise_submission_key", "promise", &["submission_key"]).await?;
        index(manager, "ix_promise_meeting_id", "promise", &["meeting_id"]).await?;
        index(manager, "ix_promise_status", "promise", &["campaign_id", "status", "due_on"]).await?;
        index(manager, "ix_promise_iso3", "promise", &["campaign_id", "iso3"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "promise").await?;
        drop(manager, "meeting").await
    }
}
