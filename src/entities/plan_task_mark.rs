//! What people said of a task of the plan: who does it, whether it is done. The task itself follows from the event and the campaign's steps.

use sea_orm::entity::prelude::*;

/// What people said of a task of the plan.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_task_mark")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub event_id: Uuid,
    /// Key of the step in the configuration.
    pub step_key: String,
    /// The account that does it.
    pub owner_id: Option<Uuid>,
    pub done_at: Option<DateTimeUtc>,
    pub done_by: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub note: String,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
