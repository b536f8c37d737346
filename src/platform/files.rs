//! Bytes kept by content: the same bytes are one row however often they are stored. Must not know what a file is for, and must not decide who
//! may read it.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, sea_query::OnConflict};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::entities::stored_file::{self, Column};

/// Bytes to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewFile<'a> {
    /// `application/pdf` and the like.
    pub media_type: &'a str,
    /// What a download is called; whoever needs another name for the same bytes keeps that name himself.
    pub file_name: &'a str,
    /// The bytes.
    pub content: &'a [u8],
}

/// Where bytes are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The row.
    pub id: Uuid,
    /// SHA-256 of the bytes, 64 hex digits.
    pub sha256: String,
}

/// Keeps bytes, once; bytes known already keep their first name and type.
///
/// # Errors
/// When the database refuses.
pub async fn keep(connection: &impl ConnectionTrait, file: NewFile<'_>, now: DateTime<Utc>) -> Result<Kept, DbErr> {
    let sha256 = hex::encode(Sha256::digest(file.content));
    if let Some(id) = id_of(connection, &sha256).await? {
        return Ok(Kept { id, sha256 });
    }
    let row = stored_file::ActiveModel {
        id: Set(Uuid::now_v7()),
        sha256: Set(sha256.clone()),
        media_type: Set(file.media_type.chars().take(128).collect()),
        file_name: Set(file.file_name.chars().take(200).collect()),
        size: Set(i64::try_from(file.content.len()).unwrap_or(i64::MAX)),
        content: Set(file.content.to_vec()),
        created_at: Set(now),
    };
    stored_file::Entity::insert_many([row])
        .on_conflict(OnConflict::column(Column::Sha256).do_nothing().to_owned())
        .exec_without_returning(connection)
        .await?;
    // Somebody else may have stored the same bytes in between: theirs is the row then.
    let id = id_of(connection, &sha256).await?.ok_or_else(|| DbErr::RecordNotFound("stored_file".to_owned()))?;
    Ok(Kept { id, sha256 })
}

/// The file with its bytes.
///
/// # Errors
/// When the database refuses.
pub async fn load(connection: &impl ConnectionTrait, id: Uuid) -> Result<Option<stored_file::Model>, DbErr> {
    stored_file::Entity::find_by_id(id).one(connection).await
}

/// The SHA-256 of a file, in hexadecimal, without its bytes.
///
/// # Errors
/// When the database fails.
pub async fn hash_of(connection: &impl ConnectionTrait, id: Uuid) -> Result<Option<String>, DbErr> {
    stored_file::Entity::find().select_only().column(Column::Sha256).filter(Column::Id.eq(id)).into_tuple().one(connection).await
}

/// The file with this SHA-256.
///
/// # Errors
/// When the database fails.
pub async fn id_of(connection: &impl ConnectionTrait, sha256: &str) -> Result<Option<Uuid>, DbErr> {
    stored_file::Entity::find().select_only().column(Column::Id).filter(Column::Sha256.eq(sha256)).into_tuple().one(connection).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::platform::trial::on_each_database;

    #[tokio::test(flavor = "multi_thread")]
    async fn the_same_bytes_are_one_row_even_when_stored_at_the_same_time() {
        on_each_database(async |database| {
            let mut tasks = tokio::task::JoinSet::new();
            for n in 0..12 {
                let database = database.clone();
                tasks.spawn(async move {
                    let name = format!("letter-{n}.pdf");
                    let file = NewFile { media_type: "application/pdf", file_name: &name, content: b"%PDF the same" };
                    keep(database.write(), file, Utc::now()).await.unwrap()
                });
            }
            let kept = tasks.join_all().await;
            assert!(kept.windows(2).all(|pair| pair.first() == pair.last()));
            let first = kept.into_iter().next().unwrap();
            let row = load(database.read(), first.id).await.unwrap().unwrap();
            assert_eq!((row.content.as_slice(), row.size, row.sha256), (b"%PDF the same".as_slice(), 13, first.sha256));
            assert_eq!(load(database.read(), Uuid::now_v7()).await.unwrap(), None);
        })
        .await;
    }

    #[tokio::test]
    async fn other_bytes_are_another_row_and_no_bytes_are_bytes_too() {
        on_each_database(async |database| {
            let store = async |content: &[u8]| {
                let file = NewFile { media_type: "text/plain", file_name: "a.txt", content };
                keep(database.write(), file, Utc::now()).await.unwrap().id
            };
            assert_ne!(store(b"a").await, store(b"").await);
            assert_eq!(store(b"").await, store(b"").await);
        })
        .await;
    }
}
