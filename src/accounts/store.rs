//! Queries over accounts.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use uuid::Uuid;

use crate::{domain::language::Language, entities::account};

/// The account with this normalised address.
///
/// # Errors
/// When the database fails.
pub async fn by_email(db: &impl ConnectionTrait, email: &str) -> Result<Option<account::Model>, DbErr> {
    account::Entity::find().filter(account::Column::Email.eq(email)).one(db).await
}

/// The account with this id.
///
/// # Errors
/// When the database fails.
pub async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<account::Model>, DbErr> {
    account::Entity::find_by_id(id).one(db).await
}

/// All accounts by name.
///
/// # Errors
/// When the database fails.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<account::Model>, DbErr> {
    account::Entity::find().order_by_asc(account::Column::Name).all(db).await
}

/// Names by id, for pages that say who did something. One query; staff are few.
///
/// # Errors
/// When the database fails.
pub async fn names(db: &impl ConnectionTrait) -> Result<HashMap<Uuid, String>, DbErr> {
    Ok(all(db).await?.into_iter().map(|account| (account.id, account.name)).collect())
}

/// Stores a new account.
///
/// # Errors
/// When the database fails; a taken address breaks `ux_account_email`.
pub async fn insert(db: &impl ConnectionTrait, account: account::ActiveModel) -> Result<(), DbErr> {
    account::Entity::insert(account).exec_without_returning(db).await.map(drop)
}

/// Notes a sign-in.
///
/// # Errors
/// When the database fails.
pub async fn touch_sign_in(db: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    let change = account::ActiveModel { last_sign_in_at: Set(Some(now)), ..Default::default() };
    account::Entity::update_many().set(change).filter(account::Column::Id.eq(id)).exec(db).await.map(drop)
}

/// Sets an account's language.
///
/// # Errors
/// When the database fails.
pub async fn set_language(db: &impl ConnectionTrait, id: Uuid, language: Language) -> Result<(), DbErr> {
    let change = account::Entity::update_many().col_expr(account::Column::Language, Expr::value(language.code()));
    change.filter(account::Column::Id.eq(id)).exec(db).await.map(drop)
}
