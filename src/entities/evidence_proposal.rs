//! Evidence a reply or a meeting suggests; a person accepts or rejects it.

use sea_orm::entity::prelude::*;

/// Evidence a reply or a meeting suggests; a person accepts or rejects it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "evidence_proposal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The answer that suggests it; none: a meeting does.
    pub reply_id: Option<Uuid>,
    /// The meeting that suggests it.
    pub meeting_id: Option<Uuid>,
    pub iso3: String,
    pub direction: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub summary: String,
    pub visibility: String,
    /// proposed, accepted or rejected.
    pub state: String,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    pub evidence_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
