//! Use cases of accounts: add one, sign in, sign out. Owns its transactions; never HTTP.

use std::net::IpAddr;

use chrono::Duration;
use sea_orm::{ActiveValue::Set, DbErr};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::{
    audit::{self, Entry},
    passwords::{self, PasswordError, Passwords, Weakness},
    roles::Role,
    store,
};
use crate::{
    domain::{email::EmailAddress, language::Language, name::clean_name},
    entities::account,
    platform::{Platform, database::broken_unique, http::sessions, throttle},
};

/// Failed tries per address and network in a quarter of an hour; the next one is refused unread.
const TRIES: i32 = 8;
/// The same per address from all networks together: so many that a few strangers cannot lock a colleague out, so few that guessing is hopeless.
const TRIES_FROM_EVERYWHERE: i32 = 100;
const TRIES_WINDOW: Duration = Duration::minutes(15);

/// Why an account could not be added or a sign-in failed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Not the shape of an address.
    #[error("that is not an e-mail address")]
    Email,
    /// Empty, too long, or with characters that do not print.
    #[error("that is not a name that can be shown")]
    Name,
    /// Too easily guessed.
    #[error(transparent)]
    Password(#[from] Weakness),
    /// Another account has the address.
    #[error("an account with this address exists")]
    Taken,
    /// Unknown address, wrong password or closed account: one answer for all.
    #[error("wrong address or password")]
    Refused,
    /// Too many tries.
    #[error("too many tries; wait a quarter of an hour")]
    TooMany,
    /// A fault of ours.
    #[error(transparent)]
    Unexpected(#[from] anyhow::Error),
}

impl From<DbErr> for AccountError {
    fn from(error: DbErr) -> Self {
        Self::Unexpected(error.into())
    }
}

impl From<PasswordError> for AccountError {
    fn from(error: PasswordError) -> Self {
        Self::Unexpected(error.into())
    }
}

/// A new account, before its password is hashed.
#[derive(Debug)]
pub struct NewAccount {
    /// Sign-in address.
    pub email: String,
    /// As colleagues see it.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Of the desk.
    pub language: Language,
    /// See [`passwords::weakness`].
    pub password: SecretString,
}

/// Adds an account.
///
/// # Errors
/// When the address, the name or the password is unfit, or the address is taken.
pub async fn add(platform: &Platform, passwords: &Passwords, new: NewAccount) -> Result<Uuid, AccountError> {
    let email = EmailAddress::parse(&new.email).map_err(|_| AccountError::Email)?.comparable();
    let name = clean_name(&new.name).map_err(|_| AccountError::Name)?;
    if let Some(weakness) = passwords::weakness(&new.password, &email) {
        return Err(weakness.into());
    }
    if store::by_email(platform.database.read(), &email).await?.is_some() {
        return Err(AccountError::Taken);
    }
    let password_hash = passwords.hash(new.password).await?;
    let (id, now) = (Uuid::now_v7(), platform.clock.now());
    let row = account::ActiveModel {
        id: Set(id),
        email: Set(email),
        name: Set(name),
        password_hash: Set(password_hash),
        role: Set(new.role.key().to_owned()),
        language: Set(new.language.code().to_owned()),
        created_at: Set(now),
        disabled_at: Set(None),
        last_sign_in_at: Set(None),
    };
    let txn = platform.database.begin().await?;
    if let Err(error) = store::insert(&txn, row).await {
        let taken = broken_unique(&error, &[("ux_account_email", "account.email")]).is_some();
        return Err(if taken { AccountError::Taken } else { error.into() });
    }
    audit::append(&txn, Entry::of(None, "account.added", "account", id).with(json!({ "role": new.role.key() })), now).await?;
    txn.commit().await?;
    Ok(id)
}

/// Sets the language of an account's desk.
///
/// # Errors
/// When the database fails.
pub async fn choose_language(platform: &Platform, id: Uuid, language: Language) -> Result<(), DbErr> {
    let txn = platform.database.begin().await?;
    store::set_language(&txn, id, language).await?;
    let entry = Entry::of(Some(id), "account.language_chosen", "account", id).with(json!({ "to": language.code() }));
    audit::append(&txn, entry, platform.clock.now()).await?;
    txn.commit().await
}

/// Signs in and returns the session's token. An unknown address takes as long as a wrong password. Each try is counted before it is read, so
/// that many at once are no way around; one that succeeds is taken back.
///
/// # Errors
/// [`AccountError::Refused`] or [`AccountError::TooMany`]; nothing tells them apart by account.
pub async fn sign_in(
    platform: &Platform,
    passwords: &Passwords,
    email: &str,
    password: SecretString,
    from: Option<IpAddr>,
) -> Result<String, AccountError> {
    let now = platform.clock.now();
    let email = EmailAddress::parse(email).map_err(|_| AccountError::Refused)?.comparable();
    let everywhere = format!("sign-in:{}", platform.keys.address_hash(&email));
    let network = from.map(|from| platform.keys.network_hash(from, now.date_naive())).unwrap_or_default();
    let here = format!("sign-in:{}", platform.keys.mark("sign-in", &format!("{email} {network}")));
    let db = platform.database.write();
    // The narrow one first: what it refuses does not count against the address.
    if !throttle::allow(db, &here, TRIES, TRIES_WINDOW, now).await?
        || !throttle::allow(db, &everywhere, TRIES_FROM_EVERYWHERE, TRIES_WINDOW, now).await?
    {
        return Err(AccountError::TooMany);
    }
    let account = store::by_email(platform.database.read(), &email).await?.filter(|account| account.disabled_at.is_none());
    let matches = passwords.verify(password, account.as_ref().map(|account| account.password_hash.clone())).await?;
    let Some(account) = account.filter(|_| matches) else { return Err(AccountError::Refused) };
    let txn = platform.database.begin().await?;
    throttle::give_back(&txn, &here).await?;
    throttle::give_back(&txn, &everywhere).await?;
    let token = sessions::start(&txn, account.id, now).await.map_err(anyhow::Error::from)?;
    store::touch_sign_in(&txn, account.id, now).await?;
    audit::append(&txn, Entry::of(Some(account.id), "account.signed_in", "account", account.id), now).await?;
    txn.commit().await?;
    Ok(token)
}
