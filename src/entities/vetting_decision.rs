//! A decision about a signature; a decline counts only when seconded.

use sea_orm::entity::prelude::*;

/// A decision about a signature; a decline counts only when seconded.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vetting_decision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub signature_id: Uuid,
    /// verify, decline, ask_more, quarantine or release.
    pub decision: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    pub account_id: Uuid,
    pub created_at: DateTimeUtc,
    pub seconded_by: Option<Uuid>,
    pub seconded_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
