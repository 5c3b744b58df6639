//! What may be shown of a key: digests of it.

use sha2::{Digest, Sha256};

/// SHA-256 of `bytes` as 64 lower-case hex digits. The hub keeps this of a trust's API key text.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Fingerprint of a payload key: the first 12 hex digits of the SHA-256 of the *decoded* key bytes.
pub fn fingerprint(key_bytes: &[u8]) -> String {
    short_digest(key_bytes)
}

/// Cohort-admin proof: SHA-256 hex of the payload key's *base64 text*, as it stands in the kit.
pub fn cohort_admin_proof(key_base64: &str) -> String {
    sha256_hex(key_base64.as_bytes())
}

/// What stands for a secret wherever output could be read by people: `{secret:<12 hex>}`, the first
/// 12 hex digits of the SHA-256 of the text. Whoever holds the secret can recognise its token.
pub fn token(text: &str) -> String {
    format!("{{secret:{}}}", short_digest(text.as_bytes()))
}

fn short_digest(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..SHORT_DIGEST_BYTES])
}

const SHORT_DIGEST_BYTES: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_the_known_one() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sha256_hex(b""), empty);
        assert_eq!(token(""), "{secret:e3b0c44298fc}");
    }

    #[test]
    fn fingerprint_reads_bytes_and_proof_reads_text() {
        assert_eq!(fingerprint(&[7; 32]), "4bb06f8e4e3a");
        let proof = cohort_admin_proof("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
        assert_eq!(proof, "ebbad97f478755d90c8f34bec04444dc8b0025d5fc09ed3523aa5d17e6059d86");
    }
}
