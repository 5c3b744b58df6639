//! Opening: what the trust does to a task's payload.

use super::{Cipher, KEY_BYTES, KeyRing, OpenError, cbc, gcm_context, gcm_kid};

/// How lenient a reader is.
#[derive(Clone, Copy)]
pub struct ReadOptions<'k> {
    /// Whether `gcm-kid` reads a text without an envelope as `cbc`; the other formats never do.
    pub accept_legacy_cbc: bool,
    /// This key for every payload: key ids are read and not looked up.
    pub force_key: Option<&'k [u8]>,
}

impl Default for ReadOptions<'_> {
    /// Legacy reading on, as `AES_ACCEPT_LEGACY_CBC` defaults; keys from the ring.
    fn default() -> Self {
        Self { accept_legacy_cbc: true, force_key: None }
    }
}

/// The plaintext of `payload`, read as format `cipher`. `context` counts for `gcm-context` only;
/// `cbc` takes the key under [`SHARED_KID`](super::SHARED_KID).
pub fn open(
    cipher: Cipher,
    ring: &KeyRing,
    context: &str,
    payload: &str,
    options: ReadOptions<'_>,
) -> Result<String, OpenError> {
    let held = |kid: &str| {
        let held = options.force_key.or_else(|| ring.key(kid));
        held.ok_or_else(|| OpenError::UnknownKid(kid.to_owned()))
    };
    let key = |kid: &str| {
        let held = held(kid)?;
        <&[u8; KEY_BYTES]>::try_from(held)
            .map_err(|_| OpenError::KeyLength { cipher, got: held.len() })
    };
    let plaintext = match cipher {
        Cipher::Cbc => cbc::open(held(super::SHARED_KID)?, payload),
        Cipher::GcmKid => gcm_kid::open(key, options.accept_legacy_cbc, payload),
        Cipher::GcmContext => gcm_context::open(key, context, payload),
    }?;
    String::from_utf8(plaintext).map_err(|error| {
        let position = error.utf8_error().valid_up_to();
        OpenError::NotText { position, byte: error.as_bytes()[position] }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::super::{SealRequest, base64_text, json, seal};
    use super::*;

    const KEY: [u8; KEY_BYTES] = [7; KEY_BYTES];

    fn sealed(request: SealRequest<'_>) -> String {
        seal(request, &mut StdRng::seed_from_u64(0)).expect("the parameters fit")
    }

    fn read(cipher: Cipher, context: &str, payload: &str) -> Result<String, OpenError> {
        open(cipher, &KeyRing::shared(KEY), context, payload, ReadOptions::default())
    }

    #[test]
    fn only_cbc_takes_shorter_keys() {
        for bytes in [15, 16, 24, 31, 32, 33] {
            let key = vec![7; bytes];
            let ring = KeyRing::shared(key.clone());
            for cipher in Cipher::ALL {
                let request = SealRequest::new(cipher, &key, b"text");
                let sealed = seal(request, &mut StdRng::seed_from_u64(0));
                assert_eq!(sealed.is_ok(), cipher.takes_key(bytes), "{cipher} {bytes}");
                let text = sealed.unwrap_or_else(|_| read_by_nobody(cipher));
                let opened = open(cipher, &ring, "", &text, ReadOptions::default());
                assert_eq!(opened.is_ok(), cipher.takes_key(bytes), "{cipher} {bytes}");
            }
        }
    }

    /// A whole payload under a right key.
    fn read_by_nobody(cipher: Cipher) -> String {
        sealed(SealRequest::new(cipher, &KEY, b"text"))
    }

    #[test]
    fn only_gcm_kid_overlooks_the_length_of_the_iv() {
        for iv in [&[1; 8][..], &[1; 11], &[1; 16]] {
            let request = |cipher| sealed(SealRequest::new(cipher, &KEY, b"text").iv(iv));
            let lenient = read(Cipher::GcmKid, "", &request(Cipher::GcmKid));
            assert_eq!(lenient.as_deref(), Ok("text"));
            let strict = read(Cipher::GcmContext, "", &request(Cipher::GcmContext));
            assert_eq!(strict, Err(OpenError::NonceLength(iv.len())));
        }
        let hopeless = base64_text::encode(json::write("shared", "", "").as_bytes());
        let class = read(Cipher::GcmKid, "", &hopeless).map_err(|error| error.class());
        assert_eq!(class, Err("bad_nonce_length"));
    }

    #[test]
    fn only_gcm_context_is_strict_about_base64() {
        let broken = |cipher| {
            let text = sealed(SealRequest::new(cipher, &KEY, b"text"));
            format!("{}\n{}", &text[..9], &text[9..])
        };
        assert_eq!(read(Cipher::GcmKid, "", &broken(Cipher::GcmKid)).as_deref(), Ok("text"));
        assert_eq!(read(Cipher::Cbc, "", &broken(Cipher::Cbc)).as_deref(), Ok("text"));
        let strict = read(Cipher::GcmContext, "", &broken(Cipher::GcmContext));
        assert_eq!(strict, Err(OpenError::NotEnvelope));
    }

    #[test]
    fn an_authentic_plaintext_that_is_no_text_says_where() {
        let payload = sealed(SealRequest::new(Cipher::GcmContext, &KEY, b"ab\xff"));
        let error = read(Cipher::GcmContext, "", &payload);
        assert_eq!(error, Err(OpenError::NotText { position: 2, byte: 0xff }));
        let payload = sealed(SealRequest::new(Cipher::Cbc, &KEY, b"ab\xff"));
        let class = read(Cipher::Cbc, "", &payload).map_err(|error| error.class());
        assert_eq!(class, Err("cbc_garbage"));
    }

    #[test]
    fn a_version_is_judged_before_the_key_and_the_key_before_the_iv() {
        let envelope = |v: &str, kid: &str, iv: &str| {
            let json = format!(r#"{{"v":{v},"kid":"{kid}","iv":"{iv}","ct":""}}"#);
            let payload = base64_text::encode(json.as_bytes());
            read(Cipher::GcmContext, "", &payload).map_err(|error| error.to_string())
        };
        let err = |text: &str| Err(text.to_owned());
        assert_eq!(envelope("9", "x", "?"), err("Unsupported payload version: 9"));
        assert_eq!(envelope("1", "x", "?"), err("No key registered for kid 'x'"));
        assert_eq!(envelope("1", "shared", "AAAA"), err("Nonce must be 12 bytes, got 3"));
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens(
            cipher in prop::sample::select(Cipher::ALL.to_vec()),
            key in prop::array::uniform32(any::<u8>()),
            kid in ".{0,12}",
            context in ".{0,20}",
            plaintext in ".{0,80}",
            seed in any::<u64>(),
        ) {
            let request = SealRequest::new(cipher, &key, plaintext.as_bytes())
                .kid(&kid)
                .context(&context);
            let payload = seal(request, &mut StdRng::seed_from_u64(seed)).expect("a whole key");
            let ring = KeyRing::shared(key).with(&*kid, key);
            let opened = open(cipher, &ring, &context, &payload, ReadOptions::default());
            prop_assert_eq!(opened.as_deref(), Ok(plaintext.as_str()));
        }

        #[test]
        fn another_context_never_opens(ours in ".{0,12}", theirs in ".{0,12}") {
            prop_assume!(ours != theirs);
            let payload = sealed(SealRequest::new(Cipher::GcmContext, &KEY, b"x").context(&ours));
            let error = read(Cipher::GcmContext, &theirs, &payload);
            prop_assert_eq!(error, Err(OpenError::Authentication));
        }

        #[test]
        fn any_text_is_refused_or_read_without_a_panic(
            payload in ".*",
            bytes in prop::collection::vec(any::<u8>(), 0..80),
            members in "[-0-9a-z\"{}:, .]{0,40}",
        ) {
            let framed = format!(r#"{{"v":1,"kid":"shared","iv":"","ct":"",{members}}}"#);
            let inner = base64_text::encode(framed.as_bytes());
            for cipher in Cipher::ALL {
                for text in [&payload, &base64_text::encode(&bytes), &inner] {
                    let _ = read(cipher, "", text);
                }
            }
        }
    }
}
