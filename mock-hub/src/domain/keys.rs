//! The hub's own keys: the payload key and its ring, the hub-internal key, user tokens.

use std::collections::HashMap;
use std::fmt;

use contract::envelope::{KeyRing, SHARED_KID, key_bytes};
use contract::key::{Secret, fingerprint};
use contract::limits::PAYLOAD_KEY_BYTES;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// SHA-256 of a key's text: all the hub keeps of a trust's key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    /// The digest of a key as it was sent.
    pub fn of(key: &[u8]) -> Self {
        Self(Sha256::digest(key).into())
    }

    /// Lower-case hex.
    pub fn hex(self) -> String {
        hex::encode(self.0)
    }

    /// The digest behind its hex.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest).ok()?;
        Some(Self(digest))
    }

    /// The first eight bytes as a number: well spread, as any digest.
    pub(super) fn spread(self) -> u64 {
        self.0[..8].iter().fold(0, |word, &byte| word << 8 | u64::from(byte))
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex()[..12])
    }
}

/// The payload keys the hub seals with.
#[derive(Clone, Debug)]
pub struct PayloadKeys {
    text: Secret,
    ring: KeyRing,
    fingerprint: Option<String>,
    former: KeyRing,
}

impl PayloadKeys {
    /// A ring with the platform's key, given as base64. A text that is no base64 counts as a key
    /// of no bytes.
    pub fn shared(text: Secret) -> Self {
        let mut keys = Self {
            text: Secret::from(""),
            ring: KeyRing::new(),
            fingerprint: None,
            former: KeyRing::new(),
        };
        keys.replace_shared(text);
        keys
    }

    /// Replaces the platform's key.
    pub fn replace_shared(&mut self, text: Secret) {
        let bytes = key_bytes(text.expose()).map(|bytes| bytes.to_vec()).unwrap_or_default();
        self.fingerprint = (bytes.len() == PAYLOAD_KEY_BYTES).then(|| fingerprint(&bytes));
        self.put(SHARED_KID, bytes);
        self.text = text;
    }

    /// Adds a trust's own key (edition trust-keys).
    pub fn insert(&mut self, kid: &str, text: &Secret) {
        let bytes = key_bytes(text.expose()).map(|bytes| bytes.to_vec()).unwrap_or_default();
        self.put(kid, bytes);
    }

    /// The platform's key as base64.
    pub fn text(&self) -> &Secret {
        &self.text
    }

    /// First 12 hex digits of the digest of the decoded key; absent when it is unusable.
    pub fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }

    /// The key under an id.
    pub fn key(&self, kid: &str) -> Option<&[u8]> {
        self.ring.key(kid)
    }

    /// The key under an id before its last change.
    pub fn former_key(&self, kid: &str) -> Option<&[u8]> {
        self.former.key(kid)
    }

    fn put(&mut self, kid: &str, bytes: Vec<u8>) {
        if let Some(held) = self.ring.key(kid) {
            self.former.insert(kid, held.to_vec());
        }
        self.ring.insert(kid, bytes);
    }
}

/// The hub-internal key. The plaintext is the admin's environment file, not the database.
#[derive(Clone, Debug, Default)]
pub struct InternalKey {
    value: Option<Secret>,
    hash: Option<KeyHash>,
    former: Vec<KeyHash>,
}

impl InternalKey {
    /// A key, or none: then no call passes.
    pub fn new(value: Option<Secret>) -> Self {
        let hash = value.as_ref().map(|value| KeyHash::of(value.expose().as_bytes()));
        Self { value, hash, former: Vec::new() }
    }

    /// Replaces the key.
    pub fn rotate(&mut self, value: Secret) {
        self.former.extend(self.hash);
        self.hash = Some(KeyHash::of(value.expose().as_bytes()));
        self.value = Some(value);
    }

    /// The plaintext, for whoever plays the FL server or the admin.
    pub fn value(&self) -> Option<&Secret> {
        self.value.as_ref()
    }

    /// The digest the API compares with.
    pub fn hash(&self) -> Option<KeyHash> {
        self.hash
    }

    /// Whether there was a key before this one.
    pub fn is_rotated(&self) -> bool {
        !self.former.is_empty()
    }

    /// Whether this was the key before a rotation.
    pub fn was(&self, hash: KeyHash) -> bool {
        self.former.contains(&hash)
    }
}

/// What a user token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserToken {
    /// A user with the admin right.
    Admin,
    /// A user without it.
    User,
    /// A token past its time.
    Expired,
    /// A token for another audience.
    Foreign,
    /// A user without second factor.
    NoMfa,
    /// A user with authority at this trust and no admin right.
    TrustAdmin(Uuid),
}

/// Tokens the hub knows, by digest.
#[derive(Debug, Default)]
pub(super) struct UserTokens(HashMap<KeyHash, UserToken>);

impl UserTokens {
    /// Makes a token text stand for something; replaces what it stood for.
    pub(super) fn insert(&mut self, text: &Secret, meaning: UserToken) {
        self.0.insert(KeyHash::of(text.expose().as_bytes()), meaning);
    }

    /// What a token text stands for.
    pub(super) fn meaning(&self, text: &[u8]) -> Option<UserToken> {
        self.0.get(&KeyHash::of(text)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_a_bad_length_has_no_fingerprint() {
        let mut keys =
            PayloadKeys::shared(Secret::from("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="));
        assert_eq!(keys.fingerprint(), Some("4bb06f8e4e3a"));
        keys.replace_shared(Secret::from("BwcHBw=="));
        assert_eq!(keys.fingerprint(), None);
        assert_eq!(keys.former_key("shared"), Some(&[7; 32][..]));
        assert_eq!(keys.key("shared"), Some(&[7; 4][..]));
    }

    #[test]
    fn a_rotated_internal_key_is_remembered_as_former_only() {
        let mut key = InternalKey::new(Some(Secret::from("old")));
        let old = key.hash().expect("there is a key");
        key.rotate(Secret::from("new"));
        assert_ne!(key.hash(), Some(old));
        assert!(key.was(old));
    }
}
