//! A printed name as its signer proposes to correct it. Goes when the name is hidden.

use sea_orm::entity::prelude::*;

/// A printed name as its signer proposes to correct it. Goes when the name is hidden.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "correction")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub signature_id: Uuid,
    /// As it is to be printed.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// proposed, accepted or rejected.
    pub state: String,
    pub created_at: DateTimeUtc,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
