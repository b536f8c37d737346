//! One use of a rule, after a person saw how many it meets.

use sea_orm::entity::prelude::*;

/// One use of a rule, after a person saw how many it meets.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vetting_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub rule_id: Uuid,
    /// running, stopped, done, undoing or undone.
    pub state: String,
    /// How many the person saw.
    pub counted: i32,
    /// When they were counted: what arrived later is not met.
    pub counted_at: DateTimeUtc,
    pub account_id: Uuid,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
    pub undone_by: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
