//! Argon2id, bounded: hashing takes memory and a core, so at most two run at once, off the async threads. Must not log what it hashes.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
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
/// The longest: hashing takes time with the length.
pub const LONGEST: usize = 1024;
/// Characters that must differ: `aaaaaaaaaaaa` and `121212121212` are long, and the first that are tried.
const DIFFERENT: usize = 6;
/// Long enough and still among the first that are tried, by what they begin with.
const WELL_KNOWN: [&str; 12] = [
    "password",
    "passw0rd",
    "qwertyuiop",
    "qwerty123",
    "1234567890",
    "12345678",
    "0123456789",
    "letmein",
    "iloveyou",
    "administrator",
    "welcome",
    "changeme",
];

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Fewer than twelve characters.
    #[error("a password has at least {SHORTEST} characters")]
    Short,
    /// More than a thousand.
    #[error("a password has at most {LONGEST} characters")]
    Long,
    /// The same few characters over and over.
    #[error("a password has at least {DIFFERENT} different characters")]
    Monotonous,
    /// One everybody tries, or one made of the address.
    #[error("this password is among the first that are tried; take several words that do not belong together")]
    WellKnown,
}

/// What is wrong with a password for the account `email`, if anything is.
pub fn weakness(password: &SecretString, email: &str) -> Option<Weakness> {
    let password = password.expose_secret();
    let length = password.chars().count();
    if length < SHORTEST {
        return Some(Weakness::Short);
    }
    if length > LONGEST {
        return Some(Weakness::Long);
    }
    let lower = password.to_lowercase();
    if lower.chars().collect::<std::collections::BTreeSet<char>>().len() < DIFFERENT {
        return Some(Weakness::Monotonous);
    }
    let email = email.trim().to_lowercase();
    let of_address = !email.is_empty() && lower.contains(&email);
    let known = WELL_KNOWN.iter().any(|known| lower.strip_prefix(known).is_some_and(|rest| rest.chars().count() <= 6));
    (of_address || known).then_some(Weakness::WellKnown)
}

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

/// 46 MiB, one pass, one lane: the first of the settings OWASP's Password Storage Cheat Sheet recommends. A block of that size goes back to the
/// system when it is freed; the C library keeps smaller ones.
fn hasher() -> Result<Argon2<'static>, PasswordError> {
    let cost = Params::new(46 * 1024, 1, 1, None).map_err(|e| PasswordError(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, cost))
}

fn hash_now(password: &str) -> Result<String, PasswordError> {
    hasher()?.hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|e| PasswordError(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_a_monotonous_and_a_well_known_password_are_refused() {
        let of = |password: &str| weakness(&password.to_owned().into(), "ana@example.org");
        assert_eq!(of("elevenchars"), Some(Weakness::Short));
        assert_eq!(of(&"long word ".repeat(200)), Some(Weakness::Long));
        assert_eq!(of("aaaaaaaaaaaaaaaa"), Some(Weakness::Monotonous));
        assert_eq!(of("Password1234"), Some(Weakness::WellKnown));
        assert_eq!(of("123456789012"), Some(Weakness::WellKnown));
        assert_eq!(of("xAna@Example.orgx"), Some(Weakness::WellKnown));
        assert_eq!(of("correct horse battery staple"), None);
        assert_eq!(of("пять разных слов"), None);
    }
}
