//! One ticked line of the vetting checklist, with its evidence.

use sea_orm::entity::prelude::*;

/// One ticked line of the vetting checklist, with its evidence.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vetting_check")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub signature_id: Uuid,
    pub item: String,
    pub passed: bool,
    #[sea_orm(column_type = "Text", nullable)]
    pub evidence: Option<String>,
    pub account_id: Uuid,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
