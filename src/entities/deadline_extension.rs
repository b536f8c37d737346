//! One step by which a deadline was extended.

use sea_orm::entity::prelude::*;

/// One step by which a deadline was extended.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deadline_extension")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    /// From 1 on.
    pub number: i32,
    /// The deadline until then.
    pub before: DateTimeUtc,
    /// The deadline since.
    pub until: DateTimeUtc,
    pub account_id: Uuid,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
