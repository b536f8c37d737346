//! DKIM signatures over the finished bytes. Must not read keys from disk: callers hand them over.
//!
//! lettre's own signer makes one signature only and cannot cover `Content-Type` of a multipart; so signing is done by mail-auth, afterwards.

use mail_auth::{
    common::{
        crypto::{Ed25519Key, RsaKey, Sha256},
        headers::HeaderWriter,
    },
    dkim::{DkimSigner, Done},
};
use rustls_pki_types::{PrivateKeyDer, pem::PemObject};
use secrecy::{ExposeSecret, SecretString};

/// Signed headers. From and Subject are named twice: a second one added on the way breaks the signature.
const SIGNED: [&str; 15] = [
    "From",
    "From",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "MIME-Version",
    "Content-Type",
    "Auto-Submitted",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// Why a key is of no use; holds nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DkimError {
    /// Not PEM, or not a private key.
    #[error("the DKIM key is not a private key in PEM form")]
    NotPem,
    /// Neither RSA nor Ed25519.
    #[error("the DKIM key is neither RSA nor Ed25519")]
    Algorithm,
    /// The key did not sign.
    #[error("the DKIM key does not sign")]
    NotSigned,
}

enum Key {
    Rsa(DkimSigner<RsaKey<Sha256>, Done>),
    Ed25519(DkimSigner<Ed25519Key, Done>),
}

/// Signs mails for one domain, with one key or more (an RSA key for all, an Ed25519 key for those who know it).
pub struct Signer {
    domain: String,
    keys: Vec<Key>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({}, {} keys)", self.domain, self.keys.len())
    }
}

impl Signer {
    /// Signs with one key: RSA (PKCS#1 or PKCS#8) or Ed25519 (PKCS#8), as PEM.
    ///
    /// # Errors
    /// When the key cannot be read.
    pub fn new(domain: &str, selector: &str, pem: &SecretString) -> Result<Self, DkimError> {
        Self { domain: domain.to_owned(), keys: Vec::new() }.and(selector, pem)
    }

    /// Signs with one more key.
    ///
    /// # Errors
    /// When the key cannot be read.
    pub fn and(mut self, selector: &str, pem: &SecretString) -> Result<Self, DkimError> {
        let der = PrivateKeyDer::from_pem_slice(pem.expose_secret().as_bytes()).map_err(|_| DkimError::NotPem)?;
        let ed25519 = match &der {
            PrivateKeyDer::Pkcs8(pkcs8) => Ed25519Key::from_pkcs8_maybe_unchecked_der(pkcs8.secret_pkcs8_der()).ok(),
            _ => None,
        };
        self.keys.push(match ed25519 {
            Some(key) => Key::Ed25519(DkimSigner::from_key(key).domain(self.domain.as_str()).selector(selector).headers(SIGNED)),
            None => {
                let key = RsaKey::<Sha256>::from_key_der(der).map_err(|_| DkimError::Algorithm)?;
                Key::Rsa(DkimSigner::from_key(key).domain(self.domain.as_str()).selector(selector).headers(SIGNED))
            }
        });
        Ok(self)
    }

    /// The message with its signatures in front.
    ///
    /// # Errors
    /// When a key does not sign.
    pub fn sign(&self, message: Vec<u8>) -> Result<Vec<u8>, DkimError> {
        let mut signed = Vec::with_capacity(message.len() + 1024 * self.keys.len());
        for key in &self.keys {
            let signature = match key {
                Key::Rsa(signer) => signer.sign(&message),
                Key::Ed25519(signer) => signer.sign(&message),
            };
            signed.extend_from_slice(signature.map_err(|_| DkimError::NotSigned)?.to_header().as_bytes());
        }
        signed.extend_from_slice(&message);
        Ok(signed)
    }
}
