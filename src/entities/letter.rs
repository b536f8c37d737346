//! One letter to one addressee.

use sea_orm::entity::prelude::*;

/// One letter to one addressee.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "letter")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub round_id: Uuid,
    pub iso3: String,
    pub post_id: Uuid,
    pub language: String,
    pub reference: String,
    /// draft, checked, approved, queued, sent, bounced, acknowledged, answered or closed.
    pub state: String,
    /// The text and everything the page shows.
    #[sea_orm(column_type = "JsonBinary")]
    pub content: Json,
    pub content_hash: String,
    /// What kind of letter it is: of one kind are those made of the same subject, opening and asks, and touched by nobody.
    pub variant: String,
    /// Its sentences as they are compared with those of other letters.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub marks: Option<Json>,
    /// What the checks found; any blocker stops approval.
    #[sea_orm(column_type = "JsonBinary")]
    pub findings: Json,
    pub blockers: i32,
    /// The PDF as issued.
    pub file_id: Option<Uuid>,
    pub pages: Option<i32>,
    /// The list's own count when the PDF was made; behind it, the PDF shows a name that is hidden now.
    pub names_removed: i32,
    /// Why it may go to an addressee who was not checked for long: a person's words (R27).
    #[sea_orm(column_type = "Text", nullable)]
    pub unchecked_because: Option<String>,
    /// The way it is to leave: mail, post, hand or portal. A dispatch says how it left.
    pub channel: String,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
