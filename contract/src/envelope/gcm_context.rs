//! `gcm-context`: bound to key id and context, read strictly.

use super::gcm;
use super::json::Members;
use super::{Cipher, GCM_IV_BYTES, KEY_BYTES, OpenError, SealError, base64_text};

/// Seals under `FLIP|v1|<kid>|<context>`; the context itself is not sent.
pub(super) fn seal(
    key: &[u8; KEY_BYTES],
    kid: &str,
    context: &str,
    iv: &[u8],
    plaintext: &[u8],
) -> Result<String, SealError> {
    let associated_data = associated_data(kid, context);
    gcm::seal_envelope(Cipher::GcmContext, key, (kid, &associated_data), iv, plaintext)
}

/// Reads in the order of the service: outer base64, members, version, key, iv, tag.
pub(super) fn open<'k>(
    key: impl FnOnce(&str) -> Result<&'k [u8; KEY_BYTES], OpenError>,
    context: &str,
    payload: &str,
) -> Result<Vec<u8>, OpenError> {
    let json = base64_text::strict(payload).ok_or(OpenError::NotEnvelope)?;
    let members = Members::parse(&json).ok_or(OpenError::NotEnvelope)?;
    members.require_version_1()?;
    let key = key(&members.kid)?;
    let iv = base64_text::strict(&members.iv).ok_or(OpenError::NotEnvelope)?;
    let ct = base64_text::strict(&members.ct).ok_or(OpenError::NotEnvelope)?;
    if iv.len() != GCM_IV_BYTES {
        return Err(OpenError::NonceLength(iv.len()));
    }
    gcm::decrypt(key, &iv, &associated_data(&members.kid, context), &ct)
        .map_err(|_| OpenError::Authentication)
}

fn associated_data(kid: &str, context: &str) -> String {
    format!("FLIP|v1|{kid}|{context}")
}
