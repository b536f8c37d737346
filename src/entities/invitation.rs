//! Somebody who is asked to sign.

use sea_orm::entity::prelude::*;

/// Somebody who is asked to sign.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    /// Keyed hash of the normalised address: nobody is invited twice.
    pub address_hash: String,
    /// Of the link that ends it.
    pub token_hash: String,
    /// Name and address; empty once nothing more is written.
    pub sealed_contact: Option<Vec<u8>>,
    pub language: String,
    /// invited, signed or stopped.
    pub state: String,
    pub account_id: Uuid,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
