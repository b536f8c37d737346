//! All versions of the joint statement with every wording each ever had, for pages that show what changed (R5). Must not be changed by a page.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{
    domain::language::Language,
    entities::{text_revision, text_version},
};

/// A version with its wordings.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its key.
    pub id: Uuid,
    /// Its number.
    pub number: i32,
    /// When it was first open for signatures.
    pub opened_at: Option<DateTime<Utc>>,
    /// The language whose text counts.
    pub authoritative: Language,
    /// By language, oldest first.
    pub wordings: HashMap<Language, Vec<text_revision::Model>>,
}

impl Version {
    /// The wordings in a language, else in the one that counts.
    pub fn in_language(&self, language: Language) -> (Language, &[text_revision::Model]) {
        let of = |language: Language| self.wordings.get(&language).map(|rows| (language, rows.as_slice()));
        of(language).or_else(|| of(self.authoritative)).unwrap_or((language, &[]))
    }
}

/// All versions that were ever open, newest first. Two queries.
///
/// # Errors
/// When the database fails.
pub async fn published(db: &impl ConnectionTrait, campaign: Uuid) -> Result<Vec<Version>, DbErr> {
    let versions = text_version::Entity::find()
        .filter(text_version::Column::CampaignId.eq(campaign))
        .filter(text_version::Column::OpenedAt.is_not_null())
        .order_by_desc(text_version::Column::Number)
        .all(db)
        .await?;
    let mut wordings: HashMap<Uuid, HashMap<Language, Vec<text_revision::Model>>> = HashMap::new();
    let rows = text_revision::Entity::find()
        .filter(text_revision::Column::TextVersionId.is_in(versions.iter().map(|version| version.id)))
        .order_by_asc(text_revision::Column::Number);
    for row in rows.all(db).await? {
        if let Ok(language) = Language::of_interface(&row.language) {
            wordings.entry(row.text_version_id).or_default().entry(language).or_default().push(row);
        }
    }
    let version = |row: text_version::Model| Version {
        id: row.id,
        number: row.number,
        opened_at: row.opened_at,
        authoritative: Language::of_interface(&row.authoritative_language).unwrap_or_default(),
        wordings: wordings.remove(&row.id).unwrap_or_default(),
    };
    Ok(versions.into_iter().map(version).collect())
}
