//! A version of the campaign's letter blocks in all languages.

use sea_orm::entity::prelude::*;

/// A version of the campaign's letter blocks in all languages.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "letter_template")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub number: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub blocks: Json,
    pub content_hash: String,
    pub created_at: DateTimeUtc,
    /// Who wrote it at the desk; nobody: it came from the campaign's folder.
    pub account_id: Option<Uuid>,
    /// Key of the block that was changed, or what was done.
    pub note: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
