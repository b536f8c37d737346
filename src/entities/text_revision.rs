//! One wording of a text version in one language; the newest is the one in force.

use sea_orm::entity::prelude::*;

/// One wording of a text version in one language; the newest is the one in force.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "text_revision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub text_version_id: Uuid,
    pub language: String,
    /// From 1.
    pub number: i32,
    pub title: String,
    /// Markdown.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub content_hash: String,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
