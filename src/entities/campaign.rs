//! One advocacy effort; everything particular to it is in `config`.

use sea_orm::entity::prelude::*;

/// One advocacy effort; everything particular to it is in `config`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub config: Json,
    pub config_hash: String,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
