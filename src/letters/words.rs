//! The words of letters: read from a campaign's folder, checked whole, kept in versions. Must not draft anything.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{
    campaigns::{
        files::{Folder, MissingFile},
        load,
    },
    domain::{
        language::Language,
        wording::{LETTER_VARIABLES, LetterWords},
    },
    entities::letter_template,
};

/// Why the words cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    /// A file is missing.
    #[error(transparent)]
    Missing(#[from] MissingFile),
    /// A file does not parse.
    #[error("{0}: {1}")]
    Syntax(String, String),
    /// They parse, but something is missing or unknown.
    #[error("the letters have faults:\n  {}", .0.join("\n  "))]
    Faults(Vec<String>),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

fn parsed<T: serde::de::DeserializeOwned>(folder: &Folder, name: &str) -> Result<T, WordsError> {
    toml::from_str(&folder.text(name)?).map_err(|error| WordsError::Syntax(name.to_owned(), error.to_string()))
}

/// Reads and checks a folder's letters: every block in every language, every variable known.
///
/// # Errors
/// One error that lists all faults.
pub fn read(folder: &Folder, languages: &[Language]) -> Result<LetterWords, WordsError> {
    let texts = languages.iter().map(|language| Ok((*language, parsed(folder, &format!("letters/{language}.toml"))?)));
    let words = LetterWords {
        blocks: parsed(folder, "letters/blocks.toml")?,
        texts: texts.collect::<Result<_, WordsError>>()?,
        address: parsed(folder, "letters/address.toml")?,
        labels: parsed(folder, "letters/labels.toml")?,
    };
    let faults = words.faults(languages, |name| LETTER_VARIABLES.contains(&name));
    if faults.is_empty() { Ok(words) } else { Err(WordsError::Faults(faults)) }
}

/// Keeps the words as the newest version, unless they are that already. Repeatable.
///
/// # Errors
/// When the folder has faults or the database fails.
pub async fn load(
    db: &impl ConnectionTrait,
    folder: &Folder,
    languages: &[Language],
    campaign_id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), WordsError> {
    let blocks = serde_json::to_value(read(folder, languages)?).map_err(|error| WordsError::Syntax("letters".into(), error.to_string()))?;
    let content_hash = load::content_hash(&blocks.to_string());
    let newest = newest(db, campaign_id).await?;
    if newest.as_ref().is_some_and(|newest| newest.content_hash == content_hash) {
        return Ok(());
    }
    let row = letter_template::ActiveModel {
        id: Set(Uuid::now_v7()),
        campaign_id: Set(campaign_id),
        number: Set(newest.map_or(1, |newest| newest.number + 1)),
        blocks: Set(blocks),
        content_hash: Set(content_hash),
        created_at: Set(now),
    };
    letter_template::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// The newest version.
///
/// # Errors
/// When the database fails.
pub async fn newest(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<Option<letter_template::Model>, DbErr> {
    letter_template::Entity::find()
        .filter(letter_template::Column::CampaignId.eq(campaign_id))
        .order_by_desc(letter_template::Column::Number)
        .one(db)
        .await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// R31, R39: a missing translation or an unknown variable is an error when the words are read, not when a letter is sent.
    #[test]
    fn the_shipped_words_are_whole_in_every_language() {
        let words = read(&Folder::Shipped("cah".into()), &Language::ALL).unwrap();
        assert!(words.blocks.blocks.len() > 20);
    }
}
