//! A change of a count, appended by a request and folded by the worker.

use sea_orm::entity::prelude::*;

/// A change of a count, appended by a request and folded by the worker.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signature_count_delta")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub kind: String,
    pub visibility: String,
    /// Listed under a label of their own instead of the country.
    pub labelled: bool,
    pub iso3: String,
    pub delta: i32,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
