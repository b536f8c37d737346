//! One dated, sourced fact about a state. Never overwritten: superseded or retracted.

use sea_orm::entity::prelude::*;

/// One dated, sourced fact about a state. Never overwritten: superseded or retracted.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "evidence")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    /// The row's id in the file it came from.
    pub import_key: Option<String>,
    pub iso3: String,
    /// statement, group_statement, alignment, cosponsorship, …
    pub kind: String,
    /// A level of the campaign's scale, independent of the kind.
    pub direction: Option<String>,
    pub occurred_on: Date,
    pub precision: String,
    pub forum: Option<String>,
    pub session: Option<String>,
    /// Key of a campaign event, where it is one.
    pub event: Option<String>,
    pub event_label: Option<String>,
    pub document: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub source_url: Option<String>,
    pub source_kind: Option<String>,
    /// overall, issue, procedure or reported; only `overall` moves the overall position.
    pub scope: String,
    /// Import key of the row that says the same; such a row never counts.
    pub duplicate_of: Option<String>,
    /// national, group_speaker, group_member or aligned.
    pub capacity: String,
    pub group_code: Option<String>,
    pub group_name: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub summary: String,
    pub language: Option<String>,
    pub coder: String,
    pub confidence: String,
    /// public, coalition or core.
    pub visibility: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    pub recorded_at: DateTimeUtc,
    pub recorded_by: Option<Uuid>,
    /// When it was superseded or retracted; earlier boards still show it.
    pub ended_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub end_reason: Option<String>,
    pub superseded_by: Option<Uuid>,
    pub content_hash: String,
}

impl ActiveModelBehavior for ActiveModel {}
