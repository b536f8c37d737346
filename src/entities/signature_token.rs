//! A link sent by mail; only its hash is kept.

use sea_orm::entity::prelude::*;

/// A link sent by mail; only its hash is kept.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signature_token")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub signature_id: Uuid,
    /// confirm, manage, second_person, contact or left.
    pub purpose: String,
    pub token_hash: String,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub used_at: Option<DateTimeUtc>,
    /// Whom it was sent to, where that is another person than the signer.
    pub sealed_contact: Option<Vec<u8>>,
}

impl ActiveModelBehavior for ActiveModel {}
