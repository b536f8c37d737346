//! What a state promised at a meeting, who asks after it, and what became of it.

use sea_orm::entity::prelude::*;

/// What a state promised at a meeting, who asks after it, and what became of it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "promise")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub meeting_id: Uuid,
    pub iso3: String,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub due_on: Option<Date>,
    /// The account that asks after it.
    pub owner_id: Option<Uuid>,
    /// open, kept, broken or withdrawn.
    pub status: String,
    pub settled_on: Option<Date>,
    #[sea_orm(column_type = "Text")]
    pub settle_note: String,
    pub submission_key: String,
    pub revision: i32,
    pub account_id: Uuid,
    pub created_at: DateTimeUtc,
    pub changed_by: Option<Uuid>,
    pub changed_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
