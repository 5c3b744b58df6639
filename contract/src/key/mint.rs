//! New keys from a caller's generator, so that a seed repeats them.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rand::Rng;
use zeroize::Zeroizing;

use super::Secret;

/// A new trust API key or service key: 32 random bytes as 43 characters of URL-safe base64.
pub fn mint_key<R: Rng + ?Sized>(rng: &mut R) -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(random_bytes(rng)))
}

/// A new payload key: 32 random bytes as 44 characters of padded standard base64.
pub fn mint_payload_key<R: Rng + ?Sized>(rng: &mut R) -> Secret {
    Secret::new(STANDARD.encode(random_bytes(rng)))
}

fn random_bytes<R: Rng + ?Sized>(rng: &mut R) -> Zeroizing<[u8; KEY_BYTES]> {
    let mut bytes = Zeroizing::new([0; KEY_BYTES]);
    rng.fill_bytes(&mut *bytes);
    bytes
}

/// Characters of a trust API key and of both service keys.
pub const SERVICE_KEY_CHARS: usize = 43;

const KEY_BYTES: usize = 32;

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn minted_keys_have_their_form_and_repeat_with_the_seed() {
        let key = mint_key(&mut StdRng::seed_from_u64(1));
        assert_eq!(key.expose().len(), SERVICE_KEY_CHARS);
        assert!(key.expose().bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
        assert_eq!(key, mint_key(&mut StdRng::seed_from_u64(1)));
        assert_ne!(key, mint_key(&mut StdRng::seed_from_u64(2)));

        let payload_key = mint_payload_key(&mut StdRng::seed_from_u64(1));
        assert_eq!(STANDARD.decode(payload_key.expose()).map(|bytes| bytes.len()), Ok(KEY_BYTES));
    }
}
