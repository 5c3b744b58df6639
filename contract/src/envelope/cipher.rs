//! The payload formats by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A payload format. The three never open each other's texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cipher {
    /// `cbc`: base64 of iv and AES-256-CBC text; no authentication.
    Cbc,
    /// `gcm-kid`: AES-256-GCM envelope bound to its key id; reads `cbc` unless told not to.
    GcmKid,
    /// `gcm-context`: AES-256-GCM envelope bound to its key id and a context that is not sent.
    GcmContext,
}

impl Cipher {
    /// Every format, oldest first.
    pub const ALL: [Self; 3] = [Self::Cbc, Self::GcmKid, Self::GcmContext];

    /// The name used in data and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cbc => "cbc",
            Self::GcmKid => "gcm-kid",
            Self::GcmContext => "gcm-context",
        }
    }

    /// Whether a key of so many bytes works. The GCM formats check for 32; `cbc` takes whatever AES takes.
    pub const fn takes_key(self, bytes: usize) -> bool {
        match self {
            Self::Cbc => matches!(bytes, 16 | 24 | 32),
            Self::GcmKid | Self::GcmContext => bytes == 32,
        }
    }
}

impl fmt::Display for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Cipher {
    type Err = UnknownCipher;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|cipher| cipher.as_str() == name)
            .ok_or_else(|| UnknownCipher(name.to_owned()))
    }
}

/// A name that is no payload format.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown payload format {0:?}; known: cbc, gcm-kid, gcm-context")]
pub struct UnknownCipher(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_match_their_serialised_form() {
        for cipher in Cipher::ALL {
            assert_eq!(cipher.as_str().parse(), Ok(cipher));
            let json = serde_json::to_string(&cipher).expect("a unit variant serialises");
            assert_eq!(json, format!("\"{cipher}\""));
        }
        assert!("gcm".parse::<Cipher>().is_err());
    }
}
