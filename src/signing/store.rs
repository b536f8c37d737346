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

/// The signatures behind several keys.
///
/// # Errors
/// When the database fails.
pub async fn by_ids(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<signature::Model>, DbErr> {
    signature::Entity::find().filter(signature::Column::Id.is_in(ids.iter().copied())).all(db).await
}

/// The newest signature of the same signatory by the same contact for a version of the text.
///
/// # Errors
/// When the database fails.
pub async fn repeated(
    db: &impl ConnectionTrait,
    campaign_id: Uuid,
    contact_hash: &str,
    name_key: &str,
) -> Result<Option<signatory::Model>, DbErr> {
    signatory::Entity::find()
        .filter(signatory::Column::CampaignId.eq(campaign_id))
        .filter(signatory::Column::ContactHash.eq(contact_hash))
        .filter(signatory::Column::NameKey.eq(name_key))
        .one(db)
        .await
}

/// The signature with this submission key.
///
/// # Errors
/// When the database fails.
pub async fn by_submission_key(db: &impl ConnectionTrait, key: &str) -> Result<Option<signature::Model>, DbErr> {
    signature::Entity::find().filter(signature::Column::SubmissionKey.eq(key)).one(db).await
}

/// The signature of a signatory for a version of the text.
///
/// # Errors
/// When the database fails.
pub async fn of_signatory(db: &impl ConnectionTrait, signatory_id: Uuid, version: Uuid) -> Result<Option<signature::Model>, DbErr> {
    signature::Entity::find()
        .filter(signature::Column::SignatoryId.eq(signatory_id))
        .filter(signature::Column::TextVersionId.eq(version))
        .one(db)
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
