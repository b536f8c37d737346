//! Folded counts of verified signatures.

use sea_orm::entity::prelude::*;

/// Folded counts of verified signatures.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signature_count")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub kind: String,
    pub visibility: String,
    /// Listed under a label of their own instead of the country.
    pub labelled: bool,
    /// Empty text when unknown.
    pub iso3: String,
    pub total: i32,
    pub folded_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
