//! Queries over signatories and signatures.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use uuid::Uuid;

use crate::{
    entities::{signatory, signature, signature_token},
    platform::crypto::Token,
};

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

/// The signatures with these keys. Two queries, none for nobody.
///
/// # Errors
/// When the database fails.
pub async fn by_ids(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Signed>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let signatures = signature::Entity::find().filter(signature::Column::Id.is_in(ids)).all(db).await?;
    with_signatories(db, signatures).await
}

/// Rows about signatures beside the signatures they are about. Two queries, none for no rows.
///
/// # Errors
/// When the database fails.
pub(super) async fn beside<R>(db: &impl ConnectionTrait, rows: Vec<R>, of: impl Fn(&R) -> Uuid) -> Result<Vec<(R, Signed)>, DbErr> {
    let signed = by_ids(db, rows.iter().map(&of).collect()).await?;
    let signed: HashMap<Uuid, Signed> = signed.into_iter().map(|signed| (signed.0.id, signed)).collect();
    let with_signature = |row: R| signed.get(&of(&row)).cloned().map(|signed| (row, signed));
    Ok(rows.into_iter().filter_map(with_signature).collect())
}

/// The other signatures of a signatory: of other versions of the text. One query.
///
/// # Errors
/// When the database fails.
pub async fn siblings(db: &impl ConnectionTrait, signature: Uuid, signatory: Uuid) -> Result<Vec<signature::Model>, DbErr> {
    let of_signatory = signature::Entity::find().filter(signature::Column::SignatoryId.eq(signatory));
    of_signatory.filter(signature::Column::Id.ne(signature)).order_by_asc(signature::Column::Id).all(db).await
}

/// Signatures with their signatories. One query.
///
/// # Errors
/// When the database fails.
pub async fn with_signatories(db: &impl ConnectionTrait, signatures: Vec<signature::Model>) -> Result<Vec<Signed>, DbErr> {
    let of = signatory::Entity::find().filter(signatory::Column::Id.is_in(signatures.iter().map(|row| row.signatory_id)));
    let of: HashMap<Uuid, signatory::Model> = of.all(db).await?.into_iter().map(|row| (row.id, row)).collect();
    Ok(signatures.into_iter().filter_map(|row| of.get(&row.signatory_id).cloned().map(|signatory| (row, signatory))).collect())
}

/// The signatures of these signatories for some versions of the text. One query, none for nobody.
///
/// # Errors
/// When the database fails.
pub async fn signed_by(
    db: &impl ConnectionTrait,
    signatories: Vec<signatory::Model>,
    versions: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Signed>, DbErr> {
    if signatories.is_empty() {
        return Ok(Vec::new());
    }
    let signatures = signature::Entity::find()
        .filter(signature::Column::SignatoryId.is_in(signatories.iter().map(|of| of.id)))
        .filter(signature::Column::TextVersionId.is_in(versions))
        .all(db)
        .await?;
    let signatories: HashMap<Uuid, signatory::Model> = signatories.into_iter().map(|of| (of.id, of)).collect();
    let with_signatory = |row: signature::Model| signatories.get(&row.signatory_id).cloned().map(|of| (row, of));
    Ok(signatures.into_iter().filter_map(with_signatory).collect())
}

/// The signatories of these addresses, by their keyed hashes, of whatever campaign. One query.
///
/// # Errors
/// When the database fails.
pub async fn of_addresses(db: &impl ConnectionTrait, hashes: impl IntoIterator<Item = String>) -> Result<Vec<signatory::Model>, DbErr> {
    signatory::Entity::find().filter(signatory::Column::ContactHash.is_in(hashes)).all(db).await
}

/// The token of a link, if there is one for one of these purposes.
///
/// # Errors
/// When the database fails.
pub async fn token(
    db: &impl ConnectionTrait,
    typed: &str,
    purposes: impl IntoIterator<Item = &str>,
) -> Result<Option<signature_token::Model>, DbErr> {
    let Some(token) = Token::parse(typed) else { return Ok(None) };
    let of_purpose = signature_token::Column::Purpose.is_in(purposes);
    signature_token::Entity::find().filter(signature_token::Column::TokenHash.eq(token.hash())).filter(of_purpose).one(db).await
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
