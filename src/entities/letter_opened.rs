//! That a person has opened a letter as it was then (R36).

use sea_orm::entity::prelude::*;

/// That a person has opened a letter; once a person and letter, the last time.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "letter_opened")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub letter_id: Uuid,
    pub account_id: Uuid,
    /// Of the letter as it was shown.
    pub content_hash: String,
    pub opened_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
