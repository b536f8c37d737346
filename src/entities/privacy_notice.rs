//! The privacy notice a signer was shown; versions are never edited.

use sea_orm::entity::prelude::*;

/// The privacy notice a signer was shown; versions are never edited.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "privacy_notice")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub number: i32,
    pub language: String,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub content_hash: String,
}

impl ActiveModelBehavior for ActiveModel {}
