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

use crate::domain::mail_health::PublicKey;

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
    published: Vec<PublicKey>,
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
        Self { domain: domain.to_owned(), keys: Vec::new(), published: Vec::new() }.and(selector, pem)
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
        let (key, kind, bytes, bare) = match ed25519 {
            Some(key) => {
                let public = key.public_key();
                let signer = DkimSigner::from_key(key).domain(self.domain.as_str()).selector(selector).headers(SIGNED);
                (Key::Ed25519(signer), "ed25519", public.clone(), public)
            }
            None => {
                let key = RsaKey::<Sha256>::from_key_der(der).map_err(|_| DkimError::Algorithm)?;
                let public = key.public_key();
                let signer = DkimSigner::from_key(key).domain(self.domain.as_str()).selector(selector).headers(SIGNED);
                (Key::Rsa(signer), "rsa", key_info(&public), public)
            }
        };
        self.keys.push(key);
        self.published.push(PublicKey { selector: selector.to_owned(), kind, bytes, bare });
        Ok(self)
    }

    /// The domain it signs for.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The public halves, as receivers have to find them.
    pub fn published(&self) -> &[PublicKey] {
        &self.published
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

/// An RSA key as `SubjectPublicKeyInfo` (RFC 5280, 4.1.2.7), which is how DKIM publishes it: rsaEncryption, no parameters, the key.
fn key_info(rsa: &[u8]) -> Vec<u8> {
    const RSA_ENCRYPTION: [u8; 15] = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let bits = [&[0x00], rsa].concat();
    der(0x30, &[RSA_ENCRYPTION.to_vec(), der(0x03, &bits)].concat())
}

/// One value of DER: what it is, how long, and itself.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant: Vec<u8> = length.iter().copied().skip_while(|byte| *byte == 0).collect();
    let mut out = vec![tag];
    match (content.len(), u8::try_from(significant.len())) {
        (short @ 0..0x80, _) => out.extend(u8::try_from(short)),
        (_, Ok(bytes)) => {
            out.push(0x80 | bytes);
            out.extend(significant);
        }
        _ => {}
    }
    out.extend_from_slice(content);
    out
}
