//! One line of a letter's history.

use sea_orm::entity::prelude::*;

/// One line of a letter's history.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "letter_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub letter_id: Uuid,
    pub occurred_at: DateTimeUtc,
    pub account_id: Option<Uuid>,
    pub from_state: Option<String>,
    pub to_state: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
