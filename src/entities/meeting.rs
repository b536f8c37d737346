//! A meeting with a state: asked for, held or declined. What was said there stays with the core group.

use sea_orm::entity::prelude::*;

/// A meeting with a state: asked for, held or declined. What was said there stays with the core group.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "meeting")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub iso3: String,
    /// requested, held or declined.
    pub status: String,
    /// See `domain::meeting::MeetingLevel`.
    pub level: String,
    /// An office of the register; empty: see `met`.
    pub post_kind: Option<String>,
    /// Whom one met, in words.
    pub met: String,
    /// The day; of one asked for, the day it is asked for or agreed.
    pub met_on: Option<Date>,
    /// Place or way.
    pub place: String,
    /// Who was there of ours.
    pub people: String,
    #[sea_orm(column_type = "Text")]
    pub notes: String,
    pub visibility: String,
    /// The answer that offered it.
    pub reply_id: Option<Uuid>,
    pub submission_key: String,
    pub revision: i32,
    pub account_id: Uuid,
    pub created_at: DateTimeUtc,
    pub changed_by: Option<Uuid>,
    pub changed_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
