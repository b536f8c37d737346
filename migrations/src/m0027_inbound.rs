//! Mails that came in and wait for a person (R37, R41).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, index, unique};

/// The holding pen.
pub(crate) struct Inbound;

impl MigrationName for Inbound {
    fn name(&self) -> &str {
        "m0027_inbound"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Inbound {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("inbound_mail")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(string_len("mail_key", 64))
                    .col(string_len("kind", 16))
                    .col(string_len("state", 16))
                    .col(timestamp_with_time_zone("received_at"))
                    .col(timestamp_with_time_zone_null("written_at"))
                    .col(string_len("from_address", 320))
                    .col(string_len("from_name", 320))
                    .col(string_len("subject", 320))
                    .col(text("body"))
                    .col(json_binary("attachments"))
                    .col(uuid_null("letter_id"))
                    .col(string_len_null("matched_by", 16))
                    .col(boolean("sender_known"))
                    .col(uuid("file_id"))
                    .col(uuid_null("reply_id"))
                    .col(uuid_null("decided_by"))
                    .col(timestamp_with_time_zone_null("decided_at"))
                    .foreign_key(
                        ForeignKey::create().name("fk_inbound_mail_campaign_id").from("inbound_mail", "campaign_id").to("campaign", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create().name("fk_inbound_mail_letter_id").from("inbound_mail", "letter_id").to("letter", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create().name("fk_inbound_mail_file_id").from("inbound_mail", "file_id").to("stored_file", "id"),
                    )
                    .foreign_key(ForeignKey::create().name("fk_inbound_mail_reply_id").from("inbound_mail", "reply_id").to("reply", "id"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_inbound_mail_mail_key", "inbound_mail", &["campaign_id", "mail_key"]).await?;
        index(manager, "ix_inbound_mail_state", "inbound_mail", &["campaign_id", "state", "kind", "received_at"]).await?;
        // What comes back names the mail that carried the letter.
        index(manager, "ix_dispatch_message_id", "dispatch", &["message_id"]).await?;
        index(manager, "ix_addressee_email", "addressee", &["email"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table) in [("ix_addressee_email", "addressee"), ("ix_dispatch_message_id", "dispatch")] {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        drop(manager, "inbound_mail").await
    }
}
