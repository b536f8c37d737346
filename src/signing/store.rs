//! Queries over signatories and signatures.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use crate::entities::{signatory, signature, signature_token};

/// A signature with its signatory.
pub type Signed = (signature::Model, signatory::Model);

/// The signature with this key. Two queries.
///
/// # Errors
/// When the database fails.
pub async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Signed>, DbErr> {
    let Some(found) = signature::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let of = signatory::Entity::find_by_id(found.signatory_id).one(db).await?;
    Ok(of.map(|signatory| (found, signatory)))
}

/// The signatures of several signatories for some versions of the text.
///
/// # Errors
/// When the database fails.
pub async fn of_signatories(
    db: &impl ConnectionTrait,
    signatories: impl IntoIterator<Item = Uuid>,
    versions: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<signature::Model>, DbErr> {
    signature::Entity::find()
        .filter(signature::Column::SignatoryId.is_in(signatories))
        .filter(signature::Column::TextVersionId.is_in(versions))
        .all(db)
        .await
}

/// The token with this hash.
///
/// # Errors
/// When the database fails.
pub async fn token(db: &impl ConnectionTrait, hash: &str) -> Result<Option<signature_token::Model>, DbErr> {
    signature_token::Entity::find().filter(signature_token::Column::TokenHash.eq(hash)).one(db).await
}

/// Marks a token as used.
///
/// # Errors
/// When the database fails.
pub async fn use_token(db: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    let update = signature_token::Entity::update_many().col_expr(signature_token::Column::UsedAt, Expr::value(now));
    update.filter(signature_token::Column::Id.eq(id)).exec(db).await.map(drop)
}

/// Moves a signature from one state to another; `false` when it is not in the first any more.
///
/// # Errors
/// When the database fails.
pub async fn step(db: &impl ConnectionTrait, id: Uuid, from: &str, change: signature::ActiveModel) -> Result<bool, DbErr> {
    let update =
        signature::Entity::update_many().set(change).filter(signature::Column::Id.eq(id)).filter(signature::Column::State.eq(from));
    Ok(update.exec(db).await?.rows_affected == 1)
}
