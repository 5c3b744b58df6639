//! The payload keys a reader holds, by key id.

use std::collections::BTreeMap;
use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use super::base64_text;
use crate::key::fingerprint;

/// Payload keys by key id. Lengths are not checked before a key is used, as the services do it.
#[derive(Clone, Default)]
pub struct KeyRing(BTreeMap<String, Zeroizing<Vec<u8>>>);

impl KeyRing {
    /// A ring that holds no key.
    pub fn new() -> Self {
        Self::default()
    }

    /// A ring with one key under [`SHARED_KID`].
    pub fn shared(key: impl Into<Vec<u8>>) -> Self {
        Self::new().with(SHARED_KID, key)
    }

    /// The same ring with one key more; a key already held under this id is replaced.
    #[must_use]
    pub fn with(mut self, kid: impl Into<String>, key: impl Into<Vec<u8>>) -> Self {
        self.insert(kid, key);
        self
    }

    /// Adds a key, replacing one held under the same id.
    pub fn insert(&mut self, kid: impl Into<String>, key: impl Into<Vec<u8>>) {
        self.0.insert(kid.into(), Zeroizing::new(key.into()));
    }

    /// The key under this id.
    pub fn key(&self, kid: &str) -> Option<&[u8]> {
        self.0.get(kid).map(|key| key.as_slice())
    }

    /// The key ids held, sorted.
    pub fn kids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(kid, key)| (kid, fingerprint(key)))).finish()
    }
}

/// The bytes of a key given as text, read as leniently as the services read `AES_KEY_BASE64`: what
/// is not of the alphabet is skipped and no length is demanded.
pub fn key_bytes(text: &str) -> Result<Zeroizing<Vec<u8>>, KeyTextError> {
    base64_text::lenient(text).map(Zeroizing::new).ok_or(KeyTextError)
}

/// A key text that is no base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("payload key is not base64: a group of four characters is incomplete")]
pub struct KeyTextError;

/// Key id of the platform-wide payload key.
pub const SHARED_KID: &str = "shared";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_prints_fingerprints_only() {
        let ring = KeyRing::shared([7; 32]).with("trust-x", [8; 32]);
        let shown = format!("{ring:?}");
        assert!(shown.contains(r#""shared": "4bb06f8e4e3a""#), "{shown}");
        assert_eq!(ring.kids().collect::<Vec<_>>(), ["shared", "trust-x"]);
        assert_eq!(ring.key("trust-y"), None);
    }

    #[test]
    fn key_texts_are_read_leniently_and_without_a_length() {
        let key = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
        assert_eq!(key_bytes(key).as_deref(), Ok(&vec![7; 32]));
        assert_eq!(key_bytes(&format!(" {key}\n")).as_deref(), Ok(&vec![7; 32]));
        assert_eq!(key_bytes("BwcHBw==").as_deref(), Ok(&vec![7; 4]));
        assert_eq!(key_bytes(&key[..43]), Err(KeyTextError));
    }
}
