//! Secrets at rest and in links: sealed values, keyed hashes, random tokens. All keys come from one installation secret that lives apart from
//! the database (R74). Must not print, log or return a key or a token in any form that prints by accident.
//!
//! Derivation is HKDF with SHA-256 (RFC 5869), written out over `hmac`: extract with a fixed salt, then one expansion per purpose, so that a
//! key leaked from one purpose says nothing about another. Changing a label changes the key: labels are part of the stored format.

use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use chrono::{Datelike, NaiveDate};
use hmac::{Hmac, Mac};
use rand::{TryRngCore, rngs::OsRng};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// The shortest installation secret that is accepted, in bytes.
pub const SHORTEST_SECRET: usize = 32;

const SALT: &[u8] = b"demarche installation secret, version 1";
const ENVELOPE: u8 = 1;
const NONCE: usize = 24;

type HmacSha256 = Hmac<Sha256>;

/// Why something could not be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// The installation secret is too short.
    #[error("the secret key has fewer than {SHORTEST_SECRET} characters")]
    WeakSecret,
    /// Another key, another row, another purpose, or damaged bytes; nobody can tell which.
    #[error("a sealed value could not be opened: wrong key or damaged data")]
    NotOpened,
    /// The value has no JSON form, or the opened JSON is not of the asked type.
    #[error("a sealed value has not the expected shape")]
    Shape,
    /// The operating system gave no randomness.
    #[error("the operating system gives no randomness")]
    Randomness,
}

/// The keys of an installation, one per purpose.
pub struct Keys {
    sealing: SecretBox<[u8; 32]>,
    addresses: SecretBox<[u8; 32]>,
    networks: SecretBox<[u8; 32]>,
    marks: SecretBox<[u8; 32]>,
    files: SecretBox<[u8; 32]>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(redacted)")
    }
}

impl Keys {
    /// Derives all keys from the installation secret.
    ///
    /// # Errors
    /// [`CryptoError::WeakSecret`] when it is shorter than [`SHORTEST_SECRET`].
    pub fn from_secret(secret: &SecretString) -> Result<Self, CryptoError> {
        if secret.expose_secret().len() < SHORTEST_SECRET {
            return Err(CryptoError::WeakSecret);
        }
        let extracted = mac(SALT, &[secret.expose_secret().as_bytes()]);
        let key = |label: &str| SecretBox::new(Box::new(mac(&extracted, &[label.as_bytes(), &[1]])));
        Ok(Self {
            sealing: key("sealing"),
            addresses: key("address hashes"),
            networks: key("network hashes"),
            marks: key("form marks"),
            files: key("file signatures"),
        })
    }

    /// Seals a value for one row and one purpose: it opens for no other. Bytes: version, nonce, ciphertext with its tag.
    ///
    /// # Errors
    /// When the value has no JSON form or there is no randomness.
    pub fn seal(&self, purpose: &str, id: Uuid, value: &impl Serialize) -> Result<Vec<u8>, CryptoError> {
        let plain = serde_json::to_vec(value).map_err(|_| CryptoError::Shape)?;
        let mut nonce = [0_u8; NONCE];
        OsRng.try_fill_bytes(&mut nonce).map_err(|_| CryptoError::Randomness)?;
        let payload = Payload { msg: &plain, aad: &context(purpose, id) };
        let sealed = self.cipher().encrypt(XNonce::from_slice(&nonce), payload).map_err(|_| CryptoError::Shape)?;
        Ok([&[ENVELOPE], nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`Keys::seal`] made for the same purpose and row.
    ///
    /// # Errors
    /// [`CryptoError::NotOpened`] for anything else.
    pub fn open<T: DeserializeOwned>(&self, purpose: &str, id: Uuid, sealed: &[u8]) -> Result<T, CryptoError> {
        let Some((&ENVELOPE, rest)) = sealed.split_first() else { return Err(CryptoError::NotOpened) };
        let (nonce, body) = rest.split_at_checked(NONCE).ok_or(CryptoError::NotOpened)?;
        let payload = Payload { msg: body, aad: &context(purpose, id) };
        let plain = self.cipher().decrypt(XNonce::from_slice(nonce), payload).map_err(|_| CryptoError::NotOpened)?;
        serde_json::from_slice(&plain).map_err(|_| CryptoError::Shape)
    }

    /// A keyed hash by which an address can be found again but not read: the same for other case and surrounding blanks. 64 hex digits.
    pub fn address_hash(&self, address: &str) -> String {
        hex::encode(mac(self.addresses.expose_secret(), &[address.trim().to_lowercase().as_bytes()]))
    }

    /// A keyed hash of where a request came from, another one each day, so that days cannot be linked (R73). An IPv6 host owns at least a /64
    /// and changes addresses within: the hash stands for the /64.
    pub fn network_hash(&self, from: IpAddr, day: NaiveDate) -> String {
        let network = match from.to_canonical() {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().into_iter().take(8).collect(),
        };
        hex::encode(mac(self.networks.expose_secret(), &[&day.num_days_from_ce().to_be_bytes(), &network]))
    }

    /// The same for the wider network: the /24 of IPv4, the /48 of IPv6. Whoever has many addresses has them there.
    pub fn wide_network_hash(&self, from: IpAddr, day: NaiveDate) -> String {
        let network = match from.to_canonical() {
            IpAddr::V4(address) => address.octets().into_iter().take(3).collect::<Vec<u8>>(),
            IpAddr::V6(address) => address.octets().into_iter().take(6).collect(),
        };
        hex::encode(mac(self.networks.expose_secret(), &[b"wide", &day.num_days_from_ce().to_be_bytes(), &network]))
    }

    /// A mark that only this installation can make: for hidden form fields bound to something else the browser holds.
    pub fn mark(&self, purpose: &str, value: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.mark_bytes(purpose, value))
    }

    /// Whether a mark is the one [`Keys::mark`] makes; takes the same time for every wrong one.
    pub fn mark_matches(&self, purpose: &str, value: &str, mark: &str) -> bool {
        URL_SAFE_NO_PAD.decode(mark).is_ok_and(|mark| mark.ct_eq(&self.mark_bytes(purpose, value)).into())
    }

    /// What the key is made of that signs files.
    pub(super) fn file_seed(&self) -> &[u8; 32] {
        self.files.expose_secret()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(Key::from_slice(self.sealing.expose_secret()))
    }

    fn mark_bytes(&self, purpose: &str, value: &str) -> [u8; 32] {
        mac(self.marks.expose_secret(), &[purpose.as_bytes(), &[0], value.as_bytes()])
    }
}

/// Purposes are words of ours without a zero byte, so the pair cannot be read in two ways.
fn context(purpose: &str, id: Uuid) -> Vec<u8> {
    [purpose.as_bytes(), &[0], id.as_bytes()].concat()
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of any length; the other branch cannot be reached and would only yield a hash that matches nothing.
    let Ok(mut mac) = <HmacSha256 as Mac>::new_from_slice(key) else { return Sha256::digest(b"unreachable").into() };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// A new installation secret, for a first start without one (the demo).
///
/// # Errors
/// When there is no randomness.
pub fn new_secret() -> Result<SecretString, CryptoError> {
    Ok(Token::random()?.reveal().into())
}

/// 32 random bytes for a link or a cookie. Only its hash is ever stored.
pub struct Token(SecretBox<[u8; 32]>);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(redacted)")
    }
}

impl Token {
    /// A fresh one.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn random() -> Result<Self, CryptoError> {
        let mut bytes = Box::new([0; 32]);
        OsRng.try_fill_bytes(bytes.as_mut_slice()).map_err(|_| CryptoError::Randomness)?;
        Ok(Self(SecretBox::new(bytes)))
    }

    /// Reads one from a link. `None`: it cannot be one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        Some(Self(SecretBox::new(Box::new(bytes))))
    }

    /// The form that goes into a link or a cookie: 43 characters, safe in both.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.expose_secret())
    }

    /// The form that is stored: 64 hex digits of SHA-256. A token is random enough to need no salt and no slow hash.
    pub fn hash(&self) -> String {
        hex::encode(Sha256::digest(self.0.expose_secret()))
    }

    /// Whether a stored hash is this token's; takes the same time for every wrong one of the right length.
    pub fn matches(&self, stored: &str) -> bool {
        self.hash().as_bytes().ct_eq(stored.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn keys(secret: &str) -> Keys {
        Keys::from_secret(&secret.to_owned().into()).unwrap()
    }

    const SECRET: &str = "a long enough secret for these tests";

    #[test]
    fn a_sealed_value_opens_only_with_its_key_its_purpose_and_its_row() {
        let (keys, id) = (keys(SECRET), Uuid::now_v7());
        let sealed = keys.seal("contact", id, &"person@example.org").unwrap();
        assert_eq!(keys.open::<String>("contact", id, &sealed).unwrap(), "person@example.org");
        assert_eq!(keys.open::<String>("name", id, &sealed), Err(CryptoError::NotOpened));
        assert_eq!(keys.open::<String>("contact", Uuid::now_v7(), &sealed), Err(CryptoError::NotOpened));
        let others = self::keys("another long enough secret for tests");
        assert_eq!(others.open::<String>("contact", id, &sealed), Err(CryptoError::NotOpened));
        assert_eq!(keys.open::<u32>("contact", id, &sealed), Err(CryptoError::Shape));
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_noticed() {
        let (keys, id) = (keys(SECRET), Uuid::now_v7());
        let sealed = keys.seal("contact", id, &"x").unwrap();
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert_eq!(keys.open::<String>("contact", id, &damaged), Err(CryptoError::NotOpened), "byte {at}");
            assert_eq!(keys.open::<String>("contact", id, &sealed[..at]), Err(CryptoError::NotOpened), "cut at {at}");
        }
    }

    #[test]
    fn sealing_the_same_value_twice_gives_different_bytes_that_do_not_hold_it() {
        let (keys, id) = (keys(SECRET), Uuid::now_v7());
        let (one, two) = (keys.seal("name", id, &"Withheld").unwrap(), keys.seal("name", id, &"Withheld").unwrap());
        assert_ne!(one, two);
        assert!(!one.windows(8).any(|window| window == b"Withheld"));
    }

    /// RFC 5869, test case 1: our extract and expand give its first block.
    #[test]
    fn derivation_follows_the_published_vector() {
        let salt = hex::decode("000102030405060708090a0b0c").unwrap();
        let info = hex::decode("f0f1f2f3f4f5f6f7f8f9").unwrap();
        let extracted = mac(&salt, &[&[0x0b; 22]]);
        assert_eq!(hex::encode(extracted), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
        assert_eq!(hex::encode(mac(&extracted, &[&info, &[1]])), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
    }

    /// A change here would make every stored hash and sealed value of an installation unreadable.
    #[test]
    fn keys_of_a_given_secret_never_change_and_differ_by_purpose() {
        let keys = keys(SECRET);
        assert_eq!(keys.address_hash("a@example.org"), ADDRESS_HASH);
        let all = [keys.sealing.expose_secret(), keys.addresses.expose_secret(), keys.networks.expose_secret(), keys.marks.expose_secret()];
        for (at, one) in all.iter().enumerate() {
            assert!(all.iter().skip(at + 1).all(|other| one != other));
        }
    }

    const ADDRESS_HASH: &str = "7160a19bfb9289cc671339687140123f8f463b7bc8f878c693858ac62c20a83a";

    #[test]
    fn an_address_hash_ignores_case_and_blanks_and_depends_on_the_key() {
        let keys = keys(SECRET);
        assert_eq!(keys.address_hash(" Person@Example.ORG "), keys.address_hash("person@example.org"));
        assert_ne!(keys.address_hash("person@example.org"), keys.address_hash("person@example.net"));
        assert_ne!(keys.address_hash("a@example.org"), self::keys("another long enough secret for tests").address_hash("a@example.org"));
    }

    /// R73.
    #[test]
    fn a_network_hash_changes_each_day_and_stands_for_the_whole_64() {
        let keys = keys(SECRET);
        let day = NaiveDate::from_ymd_opt(2027, 1, 15).unwrap();
        let hash = |address: &str, day| keys.network_hash(address.parse().unwrap(), day);
        assert_eq!(hash("2001:db8:1:2::1", day), hash("2001:db8:1:2:ffff::9", day));
        assert_ne!(hash("2001:db8:1:2::1", day), hash("2001:db8:1:3::1", day));
        assert_eq!(hash("192.0.2.1", day), hash("::ffff:192.0.2.1", day));
        assert_ne!(hash("192.0.2.1", day), hash("192.0.2.2", day));
        assert_ne!(hash("192.0.2.1", day), hash("192.0.2.1", day.succ_opt().unwrap()));
    }

    #[test]
    fn a_mark_matches_its_purpose_and_value_only() {
        let keys = keys(SECRET);
        let mark = keys.mark("sign", "s1");
        assert!(keys.mark_matches("sign", "s1", &mark));
        assert!(!keys.mark_matches("sign", "s2", &mark) && !keys.mark_matches("vet", "s1", &mark));
        assert!(!keys.mark_matches("sign", "s1", "") && !keys.mark_matches("sign", "s1", "not base64 at all!"));
    }

    #[test]
    fn a_token_goes_through_a_link_and_matches_its_stored_hash_only() {
        let token = Token::random().unwrap();
        let read = Token::parse(&token.reveal()).unwrap();
        assert!(read.matches(&token.hash()));
        assert!(!Token::random().unwrap().matches(&token.hash()));
        assert_eq!((token.reveal().len(), token.hash().len()), (43, 64));
        assert!(Token::parse("").is_none() && Token::parse("ñ").is_none() && Token::parse(&format!("{}A", token.reveal())).is_none());
    }

    #[test]
    fn secrets_do_not_print() {
        let token = Token::random().unwrap();
        assert_eq!(format!("{token:?} {:?}", keys(SECRET)), "Token(redacted) Keys(redacted)");
        assert!(matches!(Keys::from_secret(&"short".to_owned().into()), Err(CryptoError::WeakSecret)));
    }
}
