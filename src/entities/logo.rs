//! A signatory's logo, drawn anew from what was sent.

use sea_orm::entity::prelude::*;

/// A signatory's logo, drawn anew from what was sent.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "logo")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// One a signature.
    pub signature_id: Uuid,
    /// PNG.
    pub content: Vec<u8>,
    pub width: i32,
    pub height: i32,
    /// What it shows, for whoever does not see it.
    pub alternative: String,
    /// proposed or shown.
    pub state: String,
    /// When the signer permitted this use of it.
    pub permitted_at: DateTimeUtc,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
