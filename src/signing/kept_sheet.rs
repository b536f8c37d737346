//! What pages read of an upload: never the sheet itself unless they show its first lines. What it holds of people stays sealed in the table and may be
//! many megabytes. Must not write.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Select};
use uuid::Uuid;

use crate::{entities::signature_import, platform::crypto::Keys};

/// What the sheet is sealed for.
pub(super) const CONTENT: &str = "import.content";
/// What the lines that were not taken are sealed for.
pub(super) const REJECTS: &str = "import.rejects";

/// An upload without what it holds of people.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct KeptSheet {
    pub(super) id: Uuid,
    pub(super) file_name: String,
    pub(super) encoding: Option<String>,
    pub(super) head: String,
    pub(super) mapping: Option<String>,
    pub(super) state: String,
    pub(super) lines_read: i32,
    pub(super) report: Option<String>,
    pub(super) created_at: DateTime<Utc>,
    /// Whether the sheet is still kept.
    pub(super) is_kept: bool,
    /// Whether lines were not taken.
    pub(super) has_rejects: bool,
}

impl KeptSheet {
    /// All uploads, to be narrowed.
    pub(super) fn find() -> Select<signature_import::Entity> {
        use signature_import::Column as C;
        signature_import::Entity::find()
            .select_only()
            .columns([C::Id, C::FileName, C::Encoding, C::Head, C::Mapping, C::State, C::LinesRead, C::Report, C::CreatedAt])
            .column_as(C::SealedContent.is_not_null(), "is_kept")
            .column_as(C::SealedRejects.is_not_null(), "has_rejects")
    }

    /// One upload.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Self>, DbErr> {
        Self::find().filter(signature_import::Column::Id.eq(id)).into_model().one(db).await
    }
}

/// The bytes of an upload; nothing once it is read.
///
/// # Errors
/// When the database fails.
pub(super) async fn content(db: &impl ConnectionTrait, keys: &Keys, id: Uuid) -> Result<Option<Vec<u8>>, DbErr> {
    part(db, keys, (signature_import::Column::SealedContent, CONTENT), id).await
}

/// The sheet of lines that were not taken.
///
/// # Errors
/// When the database fails.
pub(super) async fn rejects(db: &impl ConnectionTrait, keys: &Keys, id: Uuid) -> Result<Option<Vec<u8>>, DbErr> {
    part(db, keys, (signature_import::Column::SealedRejects, REJECTS), id).await
}

async fn part(
    db: &impl ConnectionTrait,
    keys: &Keys,
    (column, purpose): (signature_import::Column, &str),
    id: Uuid,
) -> Result<Option<Vec<u8>>, DbErr> {
    let find = signature_import::Entity::find_by_id(id).select_only().column(column);
    let sealed: Option<Option<Vec<u8>>> = find.into_tuple().one(db).await?;
    Ok(sealed.flatten().and_then(|sealed| open_bytes(keys, purpose, id, &sealed)))
}

/// Opens one of the two.
pub(super) fn open_bytes(keys: &Keys, purpose: &str, id: Uuid, sealed: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(keys.open::<String>(purpose, id, sealed).ok()?).ok()
}
