//! A paragraph of one letter as a person made it (R34).

use sea_orm::entity::prelude::*;

/// A paragraph of one letter as a person made it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "letter_edit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub letter_id: Uuid,
    /// Key of the block.
    pub block: String,
    /// What the template said here when it was edited; none: it had no words.
    #[sea_orm(column_type = "Text", nullable)]
    pub base: Option<String>,
    /// What it is to say; empty: it is left out.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub account_id: Uuid,
    pub edited_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
