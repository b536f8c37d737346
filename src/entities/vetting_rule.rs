//! A rule by which many signatures are decided at once; empty parts ask for nothing.

use sea_orm::entity::prelude::*;

/// A rule by which many signatures are decided at once; empty parts ask for nothing.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vetting_rule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub name: String,
    /// verify, quarantine or release.
    pub decision: String,
    /// Where a signature has to stand.
    pub state: String,
    pub kind: Option<String>,
    pub iso3: Option<String>,
    pub authority: Option<String>,
    pub signal: Option<String>,
    /// Of the printed name.
    pub name_part: Option<String>,
    pub received_from: Option<DateTimeUtc>,
    /// Not included.
    pub received_to: Option<DateTimeUtc>,
    pub created_by: Uuid,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
