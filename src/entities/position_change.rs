//! A moved position, for the feed and the desk.

use sea_orm::entity::prelude::*;

/// A moved position, for the feed and the desk.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "position_change")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub iso3: String,
    pub audience: String,
    pub issue_code: String,
    pub from_stance: Option<String>,
    pub to_stance: String,
    pub evidence_id: Option<Uuid>,
    pub changed_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
