//! A keyed mark by which others of the same signatory are found. A signature whose name is hidden has none.

use sea_orm::entity::prelude::*;

/// A keyed mark by which others of the same signatory are found. A signature whose name is hidden has none.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signature_mark")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub mark: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub signature_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
