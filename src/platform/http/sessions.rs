//! Server-side sessions: the cookie holds a random token, the table its hash. Shared by all processes. Must not know what an account may do.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time},
};
use chrono::{DateTime, Duration, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use super::frame::Flash;
use crate::{
    entities::session,
    platform::crypto::{CryptoError, Token},
};

/// Name of the cookie.
pub const COOKIE: &str = "demarche_session";
/// A session ends this long after the last request.
pub const IDLE_LIMIT: Duration = Duration::hours(4);
/// A session ends this long after sign-in, used or not.
pub const ABSOLUTE_LIMIT: Duration = Duration::hours(14);
/// `last_seen_at` is written at most this often, so that reading pages does not write.
const TOUCH_EVERY: Duration = Duration::minutes(5);

/// Why a session could not start.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// No randomness.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Starts a session and returns the token for the cookie.
///
/// # Errors
/// When the database fails.
pub async fn start(db: &impl ConnectionTrait, account_id: Uuid, now: DateTime<Utc>) -> Result<String, SessionError> {
    let token = Token::random()?;
    let row = session::ActiveModel {
        id: Set(Uuid::now_v7()),
        token_hash: Set(token.hash()),
        account_id: Set(account_id),
        csrf_token: Set(Token::random()?.reveal()),
        created_at: Set(now),
        last_seen_at: Set(now),
        expires_at: Set(now + ABSOLUTE_LIMIT),
        flash: Set(None),
    };
    session::Entity::insert(row).exec_without_returning(db).await?;
    Ok(token.reveal())
}

/// The live session of a request, if it has one. One indexed query.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &impl ConnectionTrait, request: &HttpRequest, now: DateTime<Utc>) -> Result<Option<session::Model>, DbErr> {
    let Some(token) = request.cookie(COOKIE).and_then(|cookie| Token::parse(cookie.value())) else { return Ok(None) };
    let found = session::Entity::find().filter(session::Column::TokenHash.eq(token.hash())).one(db).await?;
    Ok(found.filter(|session| session.expires_at > now && session.last_seen_at + IDLE_LIMIT > now))
}

/// Whether `last_seen_at` is old enough to be written again.
pub fn wants_touch(session: &session::Model, now: DateTime<Utc>) -> bool {
    session.last_seen_at + TOUCH_EVERY < now
}

/// Notes that the session is in use.
///
/// # Errors
/// When the database fails.
pub async fn touch(db: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    let update = session::Entity::update_many().col_expr(session::Column::LastSeenAt, Expr::value(now)).filter(session::Column::Id.eq(id));
    update.exec(db).await.map(drop)
}

/// Leaves a message for the next page, or takes it away.
///
/// # Errors
/// When the database fails.
pub async fn set_flash(db: &impl ConnectionTrait, id: Uuid, flash: Option<&Flash>) -> Result<(), DbErr> {
    let value = flash.and_then(|flash| serde_json::to_value(flash).ok());
    let update = session::Entity::update_many()
        .set(session::ActiveModel { flash: Set(value), ..Default::default() })
        .filter(session::Column::Id.eq(id));
    update.exec(db).await.map(drop)
}

/// Ends one session.
///
/// # Errors
/// When the database fails.
pub async fn end(db: &impl ConnectionTrait, id: Uuid) -> Result<(), DbErr> {
    session::Entity::delete_by_id(id).exec(db).await.map(drop)
}

/// Removes sessions that are over.
///
/// # Errors
/// When the database fails.
pub async fn prune(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64, DbErr> {
    session::Entity::delete_many().filter(session::Column::ExpiresAt.lt(now)).exec(db).await.map(|done| done.rows_affected)
}

/// The cookie that carries `token`; `secure` where the site is served over TLS.
pub fn cookie(token: String, secure: bool) -> Cookie<'static> {
    Cookie::build(COOKIE, token).path("/").http_only(true).secure(secure).same_site(SameSite::Lax).finish()
}

/// The cookie that takes it away.
pub fn no_cookie(secure: bool) -> Cookie<'static> {
    Cookie::build(COOKIE, "").path("/").http_only(true).secure(secure).same_site(SameSite::Lax).max_age(time::Duration::ZERO).finish()
}
