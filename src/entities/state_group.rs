//! A regional group or an organisation of states.

use sea_orm::entity::prelude::*;

/// A regional group or an organisation of states.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "state_group")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// regional_group, organisation or caucus.
    pub kind: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub names: Json,
}

impl ActiveModelBehavior for ActiveModel {}
