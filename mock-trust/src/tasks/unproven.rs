//! Where a payload that failed authentication probably comes from.
//!
//! An honest node never asks. Mutants do, so that each tolerates exactly one kind of payload: the
//! text behind an unproven tag is looked at, and what reads like text was sealed with our own key.

use aes::Aes256;
use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::limits::{GCM_IV_BYTES, GCM_TAG_BYTES};
use serde_json::Value;

/// What became of a payload before it reached the node.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Sealed for another task type; its text.
    Relabelled(String),
    /// Sealed with our key, then changed; its text as far as it can be had.
    Altered(String),
    /// Sealed with another key.
    ForeignKey,
}

/// Tells an altered payload from one of another key.
pub(super) fn origin(key: &[u8], payload: &str) -> Origin {
    let Some((iv, ciphertext)) = parts(payload) else { return Origin::ForeignKey };
    let Ok(cipher) = Aes256::new_from_slice(key) else { return Origin::ForeignKey };
    let text = candidates(iv).find_map(|iv| {
        let start = &ciphertext[..ciphertext.len().min(PROBE_BYTES)];
        let reads_well = is_mostly_text(&keystream_applied(&cipher, &iv, start));
        reads_well.then(|| keystream_applied(&cipher, &iv, &ciphertext))
    });
    match text {
        Some(text) => Origin::Altered(String::from_utf8_lossy(&text).into_owned()),
        None => Origin::ForeignKey,
    }
}

fn parts(payload: &str) -> Option<([u8; GCM_IV_BYTES], Vec<u8>)> {
    let envelope: Value = serde_json::from_slice(&STANDARD.decode(payload).ok()?).ok()?;
    let bytes = |name: &str| STANDARD.decode(envelope.get(name)?.as_str()?).ok();
    let iv = bytes("iv")?.try_into().ok()?;
    let mut ciphertext = bytes("ct")?;
    ciphertext.truncate(ciphertext.len().checked_sub(GCM_TAG_BYTES)?);
    Some((iv, ciphertext))
}

/// The iv as it came, then every iv that differs from it in one byte.
fn candidates(iv: [u8; GCM_IV_BYTES]) -> impl Iterator<Item = [u8; GCM_IV_BYTES]> {
    let changed = (0..GCM_IV_BYTES).flat_map(move |at| {
        (1..=u8::MAX).map(move |mask| {
            let mut other = iv;
            other[at] ^= mask;
            other
        })
    });
    std::iter::once(iv).chain(changed)
}

/// GCM without its tag: counter mode from block 2 on.
fn keystream_applied(cipher: &Aes256, iv: &[u8; GCM_IV_BYTES], text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (counter, chunk) in (2_u32..).zip(text.chunks(16)) {
        let mut block = [0; 16];
        block[..GCM_IV_BYTES].copy_from_slice(iv);
        block[GCM_IV_BYTES..].copy_from_slice(&counter.to_be_bytes());
        let mut block = block.into();
        cipher.encrypt_block(&mut block);
        out.extend(chunk.iter().zip(block.iter()).map(|(byte, key)| byte ^ key));
    }
    out
}

fn is_mostly_text(bytes: &[u8]) -> bool {
    let odd = bytes.iter().filter(|b| !(b.is_ascii_graphic() || b.is_ascii_whitespace())).count();
    !bytes.is_empty() && odd <= 1
}

const PROBE_BYTES: usize = 32;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_payload_and_any_key_give_an_answer(
            key in prop::collection::vec(any::<u8>(), 0..40),
            text in ".*",
            iv in prop::collection::vec(any::<u8>(), 0..16),
            ct in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            let _ = origin(&key, &text);
            let iv = STANDARD.encode(iv);
            let ct = STANDARD.encode(ct);
            let envelope = serde_json::json!({"v": 1, "kid": "shared", "iv": iv, "ct": ct});
            let _ = origin(&key, &STANDARD.encode(envelope.to_string()));
        }
    }
}
