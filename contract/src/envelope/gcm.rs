//! What the two GCM formats share: the cipher, with an iv of any length they meet, and the writing
//! of the envelope.

use aes_gcm::AesGcm;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::aes::Aes256;
use aes_gcm::aes::cipher::consts::{U8, U9, U10, U11, U12, U13, U14, U15, U16};
use aes_gcm::aes::cipher::typenum::Unsigned;

use super::{Cipher, KEY_BYTES, SealError, base64_text, json};

/// Why the cipher refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It cannot take an iv of this length.
    IvLength,
    /// The tag does not fit.
    Tag,
}

/// Seals and writes the envelope; `cipher` is for the words of an error only.
pub(super) fn seal_envelope(
    cipher: Cipher,
    key: &[u8; KEY_BYTES],
    (kid, associated_data): (&str, &str),
    iv: &[u8],
    plaintext: &[u8],
) -> Result<String, SealError> {
    let ct = apply(Direction::Encrypt, key, iv, associated_data, plaintext)
        .map_err(|_| SealError::IvLength { cipher, got: iv.len(), takes: "8 to 16 bytes" })?;
    let json = json::write(kid, &base64_text::encode(iv), &base64_text::encode(&ct));
    Ok(base64_text::encode(json.as_bytes()))
}

/// The plaintext of ciphertext and tag, if the tag fits.
pub(super) fn decrypt(
    key: &[u8; KEY_BYTES],
    iv: &[u8],
    associated_data: &str,
    ct: &[u8],
) -> Result<Vec<u8>, Refusal> {
    apply(Direction::Decrypt, key, iv, associated_data, ct)
}

#[derive(Clone, Copy)]
enum Direction {
    Encrypt,
    Decrypt,
}

/// The iv length is part of the cipher's type, so each length is an arm of its own.
fn apply(
    direction: Direction,
    key: &[u8; KEY_BYTES],
    iv: &[u8],
    associated_data: &str,
    msg: &[u8],
) -> Result<Vec<u8>, Refusal> {
    let message = Payload { msg, aad: associated_data.as_bytes() };
    macro_rules! by_iv_length {
        ($($length:ident)*) => {
            match iv.len() {
                $(length if length == $length::USIZE => {
                    let cipher = AesGcm::<Aes256, $length>::new(key.into());
                    let iv = iv.try_into().map_err(|_| Refusal::IvLength)?;
                    match direction {
                        Direction::Encrypt => cipher.encrypt(iv, message),
                        Direction::Decrypt => cipher.decrypt(iv, message),
                    }
                })*
                _ => return Err(Refusal::IvLength),
            }
        };
    }
    by_iv_length!(U12 U8 U9 U10 U11 U13 U14 U15 U16).map_err(|_| Refusal::Tag)
}
