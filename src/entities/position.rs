//! Derived from evidence by the published rule; rebuilt at will.

use sea_orm::entity::prelude::*;

/// Derived from evidence by the published rule; rebuilt at will.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "position")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub iso3: String,
    /// public or staff.
    pub audience: String,
    /// Empty text: overall.
    pub issue_code: String,
    pub stance: String,
    pub confidence: String,
    pub via_group: bool,
    pub since: Option<Date>,
    /// Ids of the deciding evidence and the rule's words.
    #[sea_orm(column_type = "JsonBinary")]
    pub reasons: Json,
    pub rule_version: i32,
    pub derived_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
