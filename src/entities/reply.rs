//! An answer by any channel; private by default. It may suggest a position, it never sets one.

use sea_orm::entity::prelude::*;

/// An answer by any channel; private by default. It may suggest a position, it never sets one.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reply")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub letter_id: Option<Uuid>,
    pub iso3: String,
    pub received_on: Date,
    /// See `domain::proof::AnswerChannel`.
    pub channel: String,
    /// The grade of proof: document, record or report.
    pub proof: String,
    /// Where the official record of it is.
    #[sea_orm(column_type = "Text", nullable)]
    pub record_url: Option<String>,
    /// acknowledgement, supportive, non_committal, negative or referred.
    pub class: String,
    #[sea_orm(column_type = "Text")]
    pub summary: String,
    pub file_id: Option<Uuid>,
    pub visibility: String,
    pub account_id: Uuid,
    pub created_at: DateTimeUtc,
    pub submission_key: String,
}

impl ActiveModelBehavior for ActiveModel {}
