//! A provision or question on which states differ.

use sea_orm::entity::prelude::*;

/// A provision or question on which states differ.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "issue")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub code: String,
    pub position: i32,
    /// Language to label.
    #[sea_orm(column_type = "JsonBinary")]
    pub labels: Json,
    pub articles: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
