//! The words of letters: read from a campaign's folder or changed at the desk, checked whole, kept in versions. Must not draft anything.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::audit::{self, Entry},
    campaigns::{
        files::{Folder, MissingFile},
        load,
    },
    domain::{
        language::Language,
        wording::{LETTER_VARIABLES, LetterWords},
    },
    entities::letter_template,
    platform::{Platform, database::broken_unique},
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

/// Keeps the words of a folder as the newest version, unless they were loaded before: what the desk made of them since is not undone by a restart. A
/// folder that changed is the newest version again; the desk's stays in the list and can be taken back.
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
    let known = letter_template::Entity::find()
        .filter(letter_template::Column::CampaignId.eq(campaign_id))
        .filter(letter_template::Column::ContentHash.eq(&content_hash))
        .count(db)
        .await?;
    if known > 0 {
        return Ok(());
    }
    let number = newest(db, campaign_id).await?.map_or(1, |newest| newest.number + 1);
    letter_template::Entity::insert(row(campaign_id, number, (blocks, content_hash), None, now)).exec_without_returning(db).await?;
    Ok(())
}

fn row(
    campaign_id: Uuid,
    number: i32,
    (blocks, content_hash): (serde_json::Value, String),
    by: Option<(Uuid, &str)>,
    now: DateTime<Utc>,
) -> letter_template::ActiveModel {
    letter_template::ActiveModel {
        id: Set(Uuid::now_v7()),
        campaign_id: Set(campaign_id),
        number: Set(number),
        blocks: Set(blocks),
        content_hash: Set(content_hash),
        created_at: Set(now),
        account_id: Set(by.map(|(account, _)| account)),
        note: Set(by.map(|(_, note)| note.chars().take(200).collect())),
    }
}

/// Keeps words that a person made of version `seen` as the next one, with a line in the trail. `false`: somebody else made one meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn keep(
    platform: &Platform,
    campaign_id: Uuid,
    seen: i32,
    words: &LetterWords,
    (account, note): (Uuid, &str),
) -> Result<bool, anyhow::Error> {
    let now = platform.clock.now();
    let blocks = serde_json::to_value(words)?;
    let hash = load::content_hash(&blocks.to_string());
    let txn = platform.database.begin().await?;
    let current = newest(&txn, campaign_id).await?;
    if current.as_ref().is_none_or(|current| current.number != seen) {
        return Ok(false);
    }
    if current.is_some_and(|current| current.content_hash == hash) {
        return Ok(true); // nothing is different
    }
    let row = row(campaign_id, seen + 1, (blocks, hash), Some((account, note)), now);
    let id = row.id.clone().unwrap();
    if let Err(error) = letter_template::Entity::insert(row).exec_without_returning(&txn).await {
        let taken = broken_unique(&error, &[("ux_letter_template_number", "letter_template.number")]).is_some();
        return if taken { Ok(false) } else { Err(error.into()) };
    }
    let details = json!({ "number": seen + 1, "block": note });
    audit::append(&txn, Entry::of(Some(account), "words.changed", "letter_template", id).with(details), now).await?;
    txn.commit().await?;
    Ok(true)
}

/// What is shown of a version: not its words.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Version {
    /// Counted from 1.
    pub number: i32,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Who; nobody: it came from the campaign's folder.
    pub account_id: Option<Uuid>,
    /// Key of the block that was changed.
    pub note: Option<String>,
}

/// All versions, newest first. One query.
///
/// # Errors
/// When the database fails.
pub async fn versions(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<Vec<Version>, DbErr> {
    use letter_template::Column as C;
    letter_template::Entity::find()
        .select_only()
        .columns([C::Number, C::CreatedAt, C::AccountId, C::Note])
        .filter(C::CampaignId.eq(campaign_id))
        .order_by_desc(C::Number)
        .into_model::<Version>()
        .all(db)
        .await
}

/// One version, with its words.
///
/// # Errors
/// When the database fails.
pub async fn version(db: &impl ConnectionTrait, campaign_id: Uuid, number: i32) -> Result<Option<letter_template::Model>, DbErr> {
    let found = letter_template::Entity::find().filter(letter_template::Column::CampaignId.eq(campaign_id));
    found.filter(letter_template::Column::Number.eq(number)).one(db).await
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
        let words = read(&Folder::Shipped("cah".into()), &Language::LETTERS).unwrap();
        assert!(words.blocks.blocks.len() > 20);
    }
}
