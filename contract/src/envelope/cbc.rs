//! `cbc`: base64 of iv and AES-256-CBC text with PKCS7 padding. Nothing proves who wrote it.

use aes::Aes256;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};

use super::{CBC_IV_BYTES, CbcFault, Cipher, KEY_BYTES, OpenError, SealError, base64_text};

/// Seals under an iv of 16 bytes.
pub(super) fn seal(
    key: &[u8; KEY_BYTES],
    iv: &[u8],
    plaintext: &[u8],
) -> Result<String, SealError> {
    let iv: &[u8; CBC_IV_BYTES] = iv.try_into().map_err(|_| SealError::IvLength {
        cipher: Cipher::Cbc,
        got: iv.len(),
        takes: "16 bytes",
    })?;
    let padded_bytes = (plaintext.len() / BLOCK_BYTES + 1) * BLOCK_BYTES;
    let mut sealed = iv.to_vec();
    sealed.resize(CBC_IV_BYTES + padded_bytes, 0);
    cbc::Encryptor::<Aes256>::new(key.into(), iv.into())
        .encrypt_padded_b2b::<Pkcs7>(plaintext, &mut sealed[CBC_IV_BYTES..])
        .expect("the buffer holds the padded text");
    Ok(base64_text::encode(&sealed))
}

/// Reads leniently; a wrong key is noticed by its padding, or not at all.
pub(super) fn open(key: &[u8; KEY_BYTES], payload: &str) -> Result<Vec<u8>, OpenError> {
    decrypt(key, payload).map_err(OpenError::Cbc)
}

fn decrypt(key: &[u8; KEY_BYTES], payload: &str) -> Result<Vec<u8>, CbcFault> {
    let sealed = base64_text::lenient(payload).ok_or(CbcFault::Base64)?;
    let Some((iv, ciphertext)) = sealed.split_first_chunk::<CBC_IV_BYTES>() else {
        return Err(CbcFault::Iv { got: sealed.len() });
    };
    if ciphertext.len() % BLOCK_BYTES != 0 {
        return Err(CbcFault::Blocks);
    }
    let mut plaintext = vec![0; ciphertext.len()];
    let length = cbc::Decryptor::<Aes256>::new(key.into(), iv.into())
        .decrypt_padded_b2b::<Pkcs7>(ciphertext, &mut plaintext)
        .map_err(|_| CbcFault::Padding)?
        .len();
    plaintext.truncate(length);
    match std::str::from_utf8(&plaintext) {
        Ok(_) => Ok(plaintext),
        Err(_) => Err(CbcFault::Text),
    }
}

const BLOCK_BYTES: usize = 16;
