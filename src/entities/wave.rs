//! A frozen list of signatures with counts, time and hash.

use sea_orm::entity::prelude::*;

/// A frozen list of signatures with counts, time and hash.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "wave")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub text_version_id: Uuid,
    pub number: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub counts: Json,
    pub content_hash: String,
    pub frozen_at: DateTimeUtc,
    pub frozen_by: Option<Uuid>,
    /// How often a name was taken out of it since.
    pub names_removed: i32,
    /// When it was shown to everybody and its signers thanked.
    pub published_at: Option<DateTimeUtc>,
    pub published_by: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
