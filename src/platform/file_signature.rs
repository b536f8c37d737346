//! Signatures over files that left us, apart from the files (R46): in the form that `ssh-keygen -Y verify` reads, which comes with Windows, macOS and
//! Linux, so that whoever holds a letter can check it without asking us. The key is derived from the installation's secret and is the same as long
//! as that is. Must sign nothing that has not left: a signature is our word for a file.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    digest,
    error::KeyRejected,
    signature::{Ed25519KeyPair, KeyPair as _},
};

use super::crypto::Keys;

/// What the signature is for; `ssh-keygen` calls it the namespace and uses this very word for files.
pub const NAMESPACE: &str = "file";
const ALGORITHM: &str = "ssh-ed25519";
const MAGIC: &[u8] = b"SSHSIG";
const HASH: &str = "sha512";
/// Width of the lines between the two marks.
const WIDTH: usize = 70;

/// Signs with the installation's key for files.
pub struct FileSigner(Ed25519KeyPair);

impl FileSigner {
    /// The signer of an installation.
    ///
    /// # Errors
    /// Never with a key of 32 bytes, which is what ours are.
    pub fn of(keys: &Keys) -> Result<Self, KeyRejected> {
        Ok(Self(Ed25519KeyPair::from_seed_unchecked(keys.file_seed())?))
    }

    /// The signature as text between its two marks, in the form of OpenSSH's `PROTOCOL.sshsig`. The same file always has the same one: Ed25519 draws no
    /// randomness.
    pub fn sign(&self, content: &[u8]) -> String {
        let about = |last: &[u8]| fields(&[NAMESPACE.as_bytes(), b"", HASH.as_bytes(), last]);
        let signed = [MAGIC, &about(digest::digest(&digest::SHA512, content).as_ref())].concat();
        let signature = fields(&[ALGORITHM.as_bytes(), self.0.sign(&signed).as_ref()]);
        let version = 1_u32.to_be_bytes();
        let whole = STANDARD.encode([MAGIC, &version, &fields(&[&self.public()]), &about(&signature)].concat());
        let mut text = "-----BEGIN SSH SIGNATURE-----\n".to_owned();
        let mut rest = whole.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(WIDTH));
            text.push_str(line);
            text.push('\n');
            rest = after;
        }
        text.push_str("-----END SSH SIGNATURE-----\n");
        text
    }

    /// The line of an `allowed_signers` file that lets `who` sign files.
    pub fn allowed(&self, who: &str) -> String {
        format!("{who} namespaces=\"{NAMESPACE}\" {ALGORITHM} {}", STANDARD.encode(self.public()))
    }

    fn public(&self) -> Vec<u8> {
        fields(&[ALGORITHM.as_bytes(), self.0.public_key().as_ref()])
    }
}

/// Each value after its length, as RFC 4251 writes strings.
fn fields(values: &[&[u8]]) -> Vec<u8> {
    // A value of ours is a word, a key or a hash: its length fits four bytes.
    values.iter().flat_map(|value| [&u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes(), *value].concat()).collect()
}

#[cfg(test)]
mod tests {
    //! Against the program that a reader would use.
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::{
        io::Write as _,
        process::{Command, Stdio},
    };

    use super::*;

    fn signer(secret: &str) -> FileSigner {
        FileSigner::of(&Keys::from_secret(&secret.to_owned().into()).unwrap()).unwrap()
    }

    /// What `ssh-keygen` says of a file and a signature.
    fn verified(allowed: &str, signature: &str, content: &[u8]) -> bool {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("allowed"), allowed).unwrap();
        std::fs::write(folder.path().join("letter.sig"), signature).unwrap();
        let mut run = Command::new("ssh-keygen")
            .args(["-Y", "verify", "-f", "allowed", "-I", "letters@example.org", "-n", NAMESPACE, "-s", "letter.sig"])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        run.stdin.take().unwrap().write_all(content).unwrap();
        run.wait().unwrap().success()
    }

    /// R46: one changed byte, another sender or another key, and the signature does not hold.
    #[test]
    fn r46_ssh_keygen_accepts_the_file_and_no_other() {
        let ours = signer("a secret of the tests, long enough to be one");
        let (allowed, content) = (ours.allowed("letters@example.org"), b"%PDF-1.7 a letter".to_vec());
        let signature = ours.sign(&content);
        assert!(verified(&allowed, &signature, &content));
        let mut changed = content.clone();
        changed[10] ^= 1;
        assert!(!verified(&allowed, &signature, &changed));
        assert!(!verified(&ours.allowed("somebody@example.org"), &signature, &content));
        let other = signer("another secret of the tests, also long enough");
        assert!(!verified(&other.allowed("letters@example.org"), &signature, &content));
        assert!(!verified(&allowed, &other.sign(&content), &content));
    }

    #[test]
    fn the_same_file_has_the_same_signature_as_long_as_the_secret_is_the_same() {
        let again = || signer("a secret of the tests, long enough to be one");
        assert_eq!(again().sign(b"a letter"), again().sign(b"a letter"));
        assert_eq!(again().allowed("letters@example.org"), again().allowed("letters@example.org"));
    }
}
