//! Why a payload does not open, and why one cannot be sealed.

use std::fmt;

use thiserror::Error;

use super::{Cipher, GCM_IV_BYTES, KEY_BYTES};

/// Why a reader refuses a payload. `Display` is the service's text where one is known.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    /// The tag does not fit: tampered, another key, another key id or another context.
    #[error("failed authentication")]
    Authentication,
    /// Not the base64 of a JSON object with a version and three texts.
    #[error("Payload is not a FLIP encryption envelope")]
    NotEnvelope,
    /// An integer version other than 1, kept as it was written.
    #[error("Unsupported payload version: {0}")]
    UnsupportedVersion(String),
    /// The ring holds no key under this id.
    #[error("No key registered for kid '{0}'")]
    UnknownKid(String),
    /// `gcm-context` wants 12 bytes.
    #[error("Nonce must be {GCM_IV_BYTES} bytes, got {0}")]
    NonceLength(usize),
    /// `gcm-kid` does not check the length; what its cipher cannot take is refused all the same.
    #[error("Nonce of {0} bytes is outside what the cipher takes")]
    NonceOutOfRange(usize),
    /// The reader's own key has the wrong length.
    #[error("AES key must be {KEY_BYTES} bytes ({}), got {got}", algorithm(*.cipher))]
    KeyLength {
        /// The format being read.
        cipher: Cipher,
        /// Bytes of the key held.
        got: usize,
    },
    /// A `cbc` text that gives no plaintext. It proves nothing about who wrote it.
    #[error("{0}")]
    Cbc(CbcFault),
    /// The payload is authentic and its plaintext is not UTF-8.
    #[error("'utf-8' codec can't decode byte 0x{byte:02x} in position {position}")]
    NotText {
        /// Offset of the first wrong byte in the plaintext.
        position: usize,
        /// That byte.
        byte: u8,
    },
}

impl OpenError {
    /// The class of the failure, as the test vectors name it.
    pub const fn class(&self) -> &'static str {
        match self {
            Self::Authentication => "auth_failed",
            Self::NotEnvelope => "not_envelope",
            Self::UnsupportedVersion(_) => "unsupported_version",
            Self::UnknownKid(_) => "unknown_kid",
            Self::NonceLength(_) | Self::NonceOutOfRange(_) => "bad_nonce_length",
            Self::KeyLength { .. } => "bad_key_length",
            Self::Cbc(_) => "cbc_garbage",
            Self::NotText { .. } => "not_text",
        }
    }
}

/// Where the reading of a `cbc` text ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CbcFault {
    /// No base64, even read leniently.
    Base64,
    /// Fewer bytes than an iv.
    Iv {
        /// Bytes there were.
        got: usize,
    },
    /// No whole number of blocks.
    Blocks,
    /// The padding is wrong: most often another key.
    Padding,
    /// The padding fits by chance and the text is no UTF-8.
    Text,
}

impl fmt::Display for CbcFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Base64 => f.write_str("Incorrect padding"),
            Self::Iv { got } => write!(f, "Invalid IV size ({}) for CBC.", got * 8),
            Self::Blocks => f.write_str(
                "The length of the provided data is not a multiple of the block length.",
            ),
            Self::Padding => f.write_str("Invalid padding bytes."),
            Self::Text => f.write_str("'utf-8' codec can't decode the decrypted bytes"),
        }
    }
}

/// Why a payload cannot be sealed: the caller's parameters do not fit the format.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SealError {
    /// The key has a length the format does not take.
    #[error("payload key has {got} bytes, which {cipher} does not take")]
    KeyLength {
        /// The format to write.
        cipher: Cipher,
        /// Bytes of the key given.
        got: usize,
    },
    /// The format's cipher cannot take an iv of this length.
    #[error("iv has {got} bytes, {cipher} takes {takes}")]
    IvLength {
        /// The format to write.
        cipher: Cipher,
        /// Bytes of the iv given.
        got: usize,
        /// The lengths that work.
        takes: &'static str,
    },
}

const fn algorithm(cipher: Cipher) -> &'static str {
    match cipher {
        Cipher::Cbc => "AES-256-CBC",
        Cipher::GcmKid | Cipher::GcmContext => "AES-256-GCM",
    }
}
