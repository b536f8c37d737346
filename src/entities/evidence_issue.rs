//! The issues a piece of evidence speaks to, with its stance on each.

use sea_orm::entity::prelude::*;

/// The issues a piece of evidence speaks to, with its stance on each.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "evidence_issue")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub evidence_id: Uuid,
    pub issue_code: String,
    /// supports, open, opposes or unclear.
    pub stance: String,
}

impl ActiveModelBehavior for ActiveModel {}
