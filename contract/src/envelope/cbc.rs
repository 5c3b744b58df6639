//! `cbc`: base64 of iv and AES-CBC text with PKCS7 padding. Nothing proves who wrote it, and nobody
//! checks that the key has 32 bytes: with 16 or 24 it is AES-128 or AES-192.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, InvalidLength, KeyIvInit};
use aes::{Aes128, Aes192, Aes256};

use super::{CBC_IV_BYTES, CbcFault, Cipher, OpenError, SealError, base64_text};

/// Seals under an iv of 16 bytes and a key of 16, 24 or 32.
pub(super) fn seal(key: &[u8], iv: &[u8], plaintext: &[u8]) -> Result<String, SealError> {
    let iv: &[u8; CBC_IV_BYTES] = iv.try_into().map_err(|_| SealError::IvLength {
        cipher: Cipher::Cbc,
        got: iv.len(),
        takes: "16 bytes",
    })?;
    let padded_bytes = (plaintext.len() / BLOCK_BYTES + 1) * BLOCK_BYTES;
    let mut sealed = iv.to_vec();
    sealed.resize(CBC_IV_BYTES + padded_bytes, 0);
    let text = &mut sealed[CBC_IV_BYTES..];
    let done = match key.len() {
        16 => encrypt::<cbc::Encryptor<Aes128>>(key, iv, plaintext, text),
        24 => encrypt::<cbc::Encryptor<Aes192>>(key, iv, plaintext, text),
        _ => encrypt::<cbc::Encryptor<Aes256>>(key, iv, plaintext, text),
    };
    done.map_err(|_| SealError::KeyLength { cipher: Cipher::Cbc, got: key.len() })?;
    Ok(base64_text::encode(&sealed))
}

fn encrypt<E: BlockModeEncrypt + KeyIvInit>(
    key: &[u8],
    iv: &[u8],
    plaintext: &[u8],
    text: &mut [u8],
) -> Result<(), InvalidLength> {
    E::new_from_slices(key, iv)?
        .encrypt_padded_b2b::<Pkcs7>(plaintext, text)
        .expect("the buffer holds the padded text");
    Ok(())
}

/// Reads leniently; a wrong key is noticed by its padding, or not at all.
pub(super) fn open(key: &[u8], payload: &str) -> Result<Vec<u8>, OpenError> {
    if !Cipher::Cbc.takes_key(key.len()) {
        return Err(OpenError::KeyLength { cipher: Cipher::Cbc, got: key.len() });
    }
    decrypt(key, payload).map_err(OpenError::Cbc)
}

fn decrypt(key: &[u8], payload: &str) -> Result<Vec<u8>, CbcFault> {
    let sealed = base64_text::lenient(payload).ok_or(CbcFault::Base64)?;
    let Some((iv, ciphertext)) = sealed.split_first_chunk::<CBC_IV_BYTES>() else {
        return Err(CbcFault::Iv { got: sealed.len() });
    };
    if ciphertext.len() % BLOCK_BYTES != 0 {
        return Err(CbcFault::Blocks);
    }
    let mut plaintext = vec![0; ciphertext.len()];
    let length = match key.len() {
        16 => unpadded::<cbc::Decryptor<Aes128>>(key, iv, ciphertext, &mut plaintext),
        24 => unpadded::<cbc::Decryptor<Aes192>>(key, iv, ciphertext, &mut plaintext),
        _ => unpadded::<cbc::Decryptor<Aes256>>(key, iv, ciphertext, &mut plaintext),
    };
    plaintext.truncate(length.ok_or(CbcFault::Padding)?);
    match std::str::from_utf8(&plaintext) {
        Ok(_) => Ok(plaintext),
        Err(_) => Err(CbcFault::Text),
    }
}

/// Bytes of the plaintext written to `plaintext`.
fn unpadded<D: BlockModeDecrypt + KeyIvInit>(
    key: &[u8],
    iv: &[u8],
    ciphertext: &[u8],
    plaintext: &mut [u8],
) -> Option<usize> {
    let decryptor = D::new_from_slices(key, iv).ok()?;
    Some(decryptor.decrypt_padded_b2b::<Pkcs7>(ciphertext, plaintext).ok()?.len())
}

const BLOCK_BYTES: usize = 16;
