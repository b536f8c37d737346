//! A signed-in browser; the cookie holds the token, the table only its hash.

use sea_orm::entity::prelude::*;

/// A signed-in browser; the cookie holds the token, the table only its hash.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub token_hash: String,
    pub account_id: Uuid,
    pub csrf_token: String,
    pub created_at: DateTimeUtc,
    pub last_seen_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    /// A message for the next page, shown once.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub flash: Option<Json>,
}

impl ActiveModelBehavior for ActiveModel {}
