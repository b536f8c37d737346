//! A sheet of signatories that staff uploaded. What it holds of people is sealed, and gone once it is read.

use sea_orm::entity::prelude::*;

/// A sheet of signatories that staff uploaded. What it holds of people is sealed, and gone once it is read.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signature_import")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub file_name: String,
    /// As somebody said; empty: as the file says.
    pub encoding: Option<String>,
    pub sealed_content: Option<Vec<u8>>,
    /// The headings, as JSON.
    #[sea_orm(column_type = "Text")]
    pub head: String,
    /// SHA-256 of the headings: the same form's next sheet is read the same way.
    pub head_mark: String,
    /// How the columns are read, as JSON.
    #[sea_orm(column_type = "Text", nullable)]
    pub mapping: Option<String>,
    /// uploaded, trying, tried, running, stopped, done or failed.
    pub state: String,
    pub lines_read: i32,
    /// Counts, as JSON.
    #[sea_orm(column_type = "Text", nullable)]
    pub report: Option<String>,
    /// Lines that were not taken, with their reasons, as a sheet.
    pub sealed_rejects: Option<Vec<u8>>,
    pub account_id: Uuid,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
