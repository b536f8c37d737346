//! A session, debate, vote or deadline.

use sea_orm::entity::prelude::*;

/// A session, debate, vote or deadline.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub key: String,
    pub kind: String,
    /// Language to name.
    #[sea_orm(column_type = "JsonBinary")]
    pub names: Json,
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    /// day, month or year.
    pub precision: String,
    /// past, planned or expected.
    pub status: String,
    pub forum: Option<String>,
    pub session: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub source_url: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// How often its days have changed.
    pub revision: i32,
    /// When any of it changed; not known of rows older than this column.
    pub changed_at: Option<DateTimeUtc>,
    /// Its days as the campaign's folder had them when it was last loaded; other days were set at the desk.
    pub loaded_days: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
