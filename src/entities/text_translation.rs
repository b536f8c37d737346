//! The text of one version in one language, with the hash of its content.

use sea_orm::entity::prelude::*;

/// The text of one version in one language, with the hash of its content.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "text_translation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub text_version_id: Uuid,
    pub language: String,
    pub title: String,
    /// Markdown.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub content_hash: String,
    /// authoritative, unofficial or checked.
    pub status: String,
}

impl ActiveModelBehavior for ActiveModel {}
