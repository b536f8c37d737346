//! A mail that came in, until a person has said what it is.

use sea_orm::entity::prelude::*;

/// A mail that came in, until a person has said what it is.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbound_mail")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    /// The same for the same mail.
    pub mail_key: String,
    /// reply, auto_reply, bounce or delay.
    pub kind: String,
    /// waiting, recorded or dismissed.
    pub state: String,
    pub received_at: DateTimeUtc,
    pub written_at: Option<DateTimeUtc>,
    pub from_address: String,
    pub from_name: String,
    pub subject: String,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub attachments: Json,
    pub letter_id: Option<Uuid>,
    /// message_id, reference or sender.
    pub matched_by: Option<String>,
    /// Whether it comes from a mailbox its letter went to.
    pub sender_known: bool,
    /// The mail as it came.
    pub file_id: Uuid,
    pub reply_id: Option<Uuid>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
