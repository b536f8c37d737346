//! A letter that somebody says they sent themselves. Holds nobody's name but an organisation's.

use sea_orm::entity::prelude::*;

/// A letter that somebody says they sent themselves. Holds nobody's name but an organisation's.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "letter_report")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub iso3: String,
    /// Kind of post: foreign_minister, …
    pub post: String,
    #[sea_orm(column_type = "Text")]
    pub organisation: String,
    /// As they say.
    pub sent_on: Date,
    /// mail, post, hand or portal.
    pub channel: String,
    /// waiting, accepted or set_aside.
    pub state: String,
    /// The same for the same letter, however often it is reported.
    pub mark: String,
    /// Proof, if they sent one.
    pub file_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
