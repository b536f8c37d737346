//! Argon2id, bounded: hashing takes memory and a core, so at most two run at once, off the async threads. Must not log what it hashes.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// Hashes and verifies passwords.
#[derive(Clone, Debug)]
pub struct Passwords {
    permits: Arc<Semaphore>,
    /// Verified against when no account is found, so that the answer takes as long.
    decoy: Arc<str>,
}

/// Hashing failed, or the process is ending.
#[derive(Debug, thiserror::Error)]
#[error("password hashing failed: {0}")]
pub struct PasswordError(String);

/// The shortest password an account may have, in characters.
pub const SHORTEST: usize = 12;

impl Passwords {
    /// Two hashes at a time.
    ///
    /// # Errors
    /// When the first hash fails.
    pub fn new() -> Result<Self, PasswordError> {
        Ok(Self { permits: Arc::new(Semaphore::new(2)), decoy: hash_now("no account has this password")?.into() })
    }

    /// The PHC string to store.
    ///
    /// # Errors
    /// When hashing fails.
    pub async fn hash(&self, password: SecretString) -> Result<String, PasswordError> {
        let _permit = self.permits.acquire().await.map_err(|e| PasswordError(e.to_string()))?;
        tokio::task::spawn_blocking(move || hash_now(password.expose_secret())).await.map_err(|e| PasswordError(e.to_string()))?
    }

    /// Whether `password` is the one behind `stored`; with no account it works as long and says no.
    ///
    /// # Errors
    /// When the process is ending.
    pub async fn verify(&self, password: SecretString, stored: Option<String>) -> Result<bool, PasswordError> {
        let _permit = self.permits.acquire().await.map_err(|e| PasswordError(e.to_string()))?;
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.decoy.to_string());
        let matches = tokio::task::spawn_blocking(move || {
            PasswordHash::new(&stored)
                .is_ok_and(|hash| Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash).is_ok())
        });
        Ok(matches.await.map_err(|e| PasswordError(e.to_string()))? && known)
    }
}

fn hash_now(password: &str) -> Result<String, PasswordError> {
    Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|e| PasswordError(e.to_string()))
}
