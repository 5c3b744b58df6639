//! Sealing: what the hub does to a task's payload.

use rand::Rng;

use super::{
    CBC_IV_BYTES, Cipher, GCM_IV_BYTES, KEY_BYTES, SHARED_KID, SealError, cbc, gcm_context, gcm_kid,
};

/// What to seal and how. Members a format has no use for are not looked at.
#[derive(Clone, Copy)]
pub struct SealRequest<'a> {
    /// The format to write.
    pub cipher: Cipher,
    /// The key: 32 bytes, for `cbc` 16 or 24 as well.
    pub key: &'a [u8],
    /// Key id written into the GCM formats.
    pub kid: &'a str,
    /// Context of `gcm-context`, such as [`task_context`](super::task_context); may be empty.
    pub context: &'a str,
    /// The plaintext; readers demand UTF-8.
    pub plaintext: &'a [u8],
    /// The iv to use; `None` draws a fresh one. GCM takes 8 to 16 bytes (writers use 12, other
    /// lengths serve faults), CBC 16.
    pub iv: Option<&'a [u8]>,
}

impl<'a> SealRequest<'a> {
    /// A request under the shared key id, with an empty context and a fresh iv.
    pub fn new(cipher: Cipher, key: &'a [u8], plaintext: &'a [u8]) -> Self {
        Self { cipher, key, kid: SHARED_KID, context: "", plaintext, iv: None }
    }

    /// The same request under another context.
    pub fn context(self, context: &'a str) -> Self {
        Self { context, ..self }
    }

    /// The same request under another key id.
    pub fn kid(self, kid: &'a str) -> Self {
        Self { kid, ..self }
    }

    /// The same request under a given iv.
    pub fn iv(self, iv: &'a [u8]) -> Self {
        Self { iv: Some(iv), ..self }
    }
}

/// The payload text. `rng` is drawn from only when the request gives no iv.
pub fn seal<R: Rng + ?Sized>(request: SealRequest<'_>, rng: &mut R) -> Result<String, SealError> {
    let SealRequest { cipher, key, kid, context, plaintext, iv } = request;
    let whole = || {
        let whole: Result<&[u8; KEY_BYTES], _> = key.try_into();
        whole.map_err(|_| SealError::KeyLength { cipher, got: key.len() })
    };
    if !cipher.takes_key(key.len()) {
        return Err(SealError::KeyLength { cipher, got: key.len() });
    }
    let mut fresh = [0; CBC_IV_BYTES];
    let iv = iv.unwrap_or_else(|| {
        let fresh = &mut fresh[..iv_bytes(cipher)];
        rng.fill_bytes(fresh);
        fresh
    });
    match cipher {
        Cipher::Cbc => cbc::seal(key, iv, plaintext),
        Cipher::GcmKid => gcm_kid::seal(whole()?, kid, iv, plaintext),
        Cipher::GcmContext => gcm_context::seal(whole()?, kid, context, iv, plaintext),
    }
}

const fn iv_bytes(cipher: Cipher) -> usize {
    match cipher {
        Cipher::Cbc => CBC_IV_BYTES,
        Cipher::GcmKid | Cipher::GcmContext => GCM_IV_BYTES,
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn parameters_that_do_not_fit_are_named() {
        let rng = &mut StdRng::seed_from_u64(0);
        for cipher in Cipher::ALL {
            let error = seal(SealRequest::new(cipher, &[7; 15], b""), rng);
            assert_eq!(error, Err(SealError::KeyLength { cipher, got: 15 }));
            let error = seal(SealRequest::new(cipher, &[7; 32], b"").iv(&[0; 17]), rng);
            assert!(matches!(error, Err(SealError::IvLength { got: 17, .. })), "{error:?}");
        }
    }

    #[test]
    fn the_iv_is_drawn_anew_and_repeats_with_the_seed() {
        for cipher in Cipher::ALL {
            let request = SealRequest::new(cipher, &[7; 32], b"x");
            let draw = |rng: &mut StdRng| seal(request, rng).expect("the parameters fit");
            let mut rng = StdRng::seed_from_u64(0);
            let (first, second) = (draw(&mut rng), draw(&mut rng));
            assert_ne!(first, second);
            assert_eq!(first, draw(&mut StdRng::seed_from_u64(0)));
        }
    }
}
