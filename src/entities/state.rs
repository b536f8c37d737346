//! A member or observer of the United Nations, by its ISO 3166-1 alpha-3 code.

use sea_orm::entity::prelude::*;

/// A member or observer of the United Nations, by its ISO 3166-1 alpha-3 code.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "state")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub iso3: String,
    pub iso2: String,
    pub m49: String,
    pub un_status: String,
    /// Code of the regional group; empty text when in none.
    pub region: String,
    /// Language to grammatical forms.
    #[sea_orm(column_type = "JsonBinary")]
    pub forms: Json,
    /// UN languages that are official there, separated by spaces.
    pub languages: String,
    pub capital: Option<String>,
    /// Treaty status and other dated facts.
    #[sea_orm(column_type = "JsonBinary")]
    pub facts: Json,
    pub tile_x: i32,
    pub tile_y: i32,
}

impl ActiveModelBehavior for ActiveModel {}
