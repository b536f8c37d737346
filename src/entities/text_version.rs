//! A version of the joint statement; only a substantive edit makes a new one.

use sea_orm::entity::prelude::*;

/// A version of the joint statement; only a substantive edit makes a new one.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "text_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub number: i32,
    /// draft, closed_comments, locked, open, closed, archived.
    pub stage: String,
    pub authoritative_language: String,
    pub created_at: DateTimeUtc,
    pub opened_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
