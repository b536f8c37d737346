//! A wish to open a withheld name. Holds no name.

use sea_orm::entity::prelude::*;

/// A wish to open a withheld name. Holds no name.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reveal_request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub signature_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// Who wants to open it.
    pub account_id: Uuid,
    pub created_at: DateTimeUtc,
    /// Somebody else.
    pub agreed_by: Option<Uuid>,
    pub agreed_at: Option<DateTimeUtc>,
    /// Once.
    pub opened_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
