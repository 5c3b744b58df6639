//! `gcm-kid`: bound to its key id, read leniently, with the older `cbc` behind it.

use super::gcm::{self, Refusal};
use super::json::Members;
use super::{Cipher, KEY_BYTES, OpenError, SHARED_KID, SealError, base64_text, cbc};

/// Seals under `FLIP|v1|<kid>`.
pub(super) fn seal(
    key: &[u8; KEY_BYTES],
    kid: &str,
    iv: &[u8],
    plaintext: &[u8],
) -> Result<String, SealError> {
    let associated_data = associated_data(kid);
    gcm::seal_envelope(Cipher::GcmKid, key, (kid, &associated_data), iv, plaintext)
}

/// Reads an envelope whatever the length of its iv. A text without an envelope is `cbc` sealed with
/// the platform-wide key when `accept_legacy_cbc` says so.
pub(super) fn open<'k>(
    key: impl FnOnce(&str) -> Result<&'k [u8; KEY_BYTES], OpenError>,
    accept_legacy_cbc: bool,
    payload: &str,
) -> Result<Vec<u8>, OpenError> {
    let json = base64_text::lenient(payload);
    let Some(members) = json.and_then(|json| Members::parse(&json)) else {
        if !accept_legacy_cbc {
            return Err(OpenError::NotEnvelope);
        }
        return cbc::open(key(SHARED_KID)?, payload);
    };
    members.require_version_1()?;
    let key = key(&members.kid)?;
    let iv = base64_text::lenient(&members.iv).ok_or(OpenError::NotEnvelope)?;
    let ct = base64_text::lenient(&members.ct).ok_or(OpenError::NotEnvelope)?;
    gcm::decrypt(key, &iv, &associated_data(&members.kid), &ct).map_err(|refusal| match refusal {
        Refusal::IvLength => OpenError::NonceOutOfRange(iv.len()),
        Refusal::Tag => OpenError::Authentication,
    })
}

fn associated_data(kid: &str) -> String {
    format!("FLIP|v1|{kid}")
}
