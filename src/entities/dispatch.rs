//! One attempt to deliver one letter by one channel, with the server's answer.

use sea_orm::entity::prelude::*;

/// One attempt to deliver one letter by one channel, with the server's answer.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dispatch")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub letter_id: Uuid,
    /// mail, post, hand or portal.
    pub channel: String,
    pub to_address: Option<String>,
    pub message_id: Option<String>,
    /// queued, accepted, rejected, deferred, rehearsed or recorded.
    pub state: String,
    /// The server's own words.
    #[sea_orm(column_type = "Text", nullable)]
    pub server_answer: Option<String>,
    pub attempts: i32,
    /// Proof, where a person delivered it.
    pub file_id: Option<Uuid>,
    pub account_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
    /// Its hour; before that it is not offered.
    pub not_before: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
