//! The evidence as a sheet in the columns of the shipped file, so that what goes out may come in again. No cell runs as a formula. Must not
//! decide who may have it: the audience does.

use std::io;

use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::store::{self, Audience};
use crate::platform::documents::csv::Sheet;

/// The columns, as in the shipped file.
pub const COLUMNS: [&str; 25] = [
    "id",
    "iso3",
    "type",
    "direction",
    "date",
    "date_precision",
    "forum",
    "session",
    "event",
    "event_label",
    "document",
    "source_url",
    "source_kind",
    "capacity",
    "group_name",
    "group_code",
    "issues",
    "summary",
    "language",
    "coder",
    "confidence",
    "visibility",
    "scope",
    "duplicate_of",
    "note",
];

/// Why there is no sheet.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// Writing failed.
    #[error(transparent)]
    Write(#[from] io::Error),
}

/// All evidence in force that an audience may see, oldest first, as a sheet.
///
/// # Errors
/// See [`ExportError`].
pub async fn evidence(db: &impl ConnectionTrait, campaign_id: Uuid, audience: Audience) -> Result<Vec<u8>, ExportError> {
    let mut items = store::evidence(db, campaign_id, audience).await?;
    items.reverse();
    let mut sheet = Sheet::new(false);
    sheet.row(COLUMNS)?;
    for item in items {
        let row = item.row;
        let date = match row.precision.as_str() {
            "year" => row.occurred_on.format("%Y"),
            "month" => row.occurred_on.format("%Y-%m"),
            _ => row.occurred_on.format("%Y-%m-%d"),
        };
        let issues: Vec<String> =
            item.issues.into_iter().map(|(code, stance)| if stance == "unclear" { code } else { format!("{code}:{stance}") }).collect();
        sheet.row([
            row.import_key.unwrap_or_default(),
            row.iso3,
            row.kind,
            row.direction.unwrap_or_default(),
            date.to_string(),
            row.precision,
            row.forum.unwrap_or_default(),
            row.session.unwrap_or_default(),
            row.event.unwrap_or_default(),
            row.event_label.unwrap_or_default(),
            row.document.unwrap_or_default(),
            row.source_url.unwrap_or_default(),
            row.source_kind.unwrap_or_default(),
            row.capacity,
            row.group_name.unwrap_or_default(),
            row.group_code.unwrap_or_default(),
            issues.join(";"),
            row.summary,
            row.language.unwrap_or_default(),
            row.coder,
            row.confidence,
            row.visibility,
            row.scope,
            row.duplicate_of.unwrap_or_default(),
            row.note.unwrap_or_default(),
        ])?;
    }
    Ok(sheet.take()?)
}
