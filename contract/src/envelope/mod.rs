//! Payload envelopes: how the hub seals a task for a trust, in each edition's format.
//!
//! [`seal`] writes and [`open`] reads, byte for byte as the services do. What a reader refuses is an
//! [`OpenError`] whose text is the service's own; the trust puts `Invalid payload: ` before it.
//!
//! | format | text | bound to |
//! |---|---|---|
//! | `cbc` | base64 of iv (16) and AES-256-CBC text, PKCS7 | nothing |
//! | `gcm-kid` | base64 of `{"v": 1, "kid": .., "iv": .., "ct": ..}` | key id |
//! | `gcm-context` | the same | key id and a context both sides know |

mod base64_text;
mod cbc;
mod cipher;
mod error;
mod gcm;
mod gcm_context;
mod gcm_kid;
mod json;
mod open;
mod ring;
mod seal;

pub use cipher::{Cipher, UnknownCipher};
pub use error::{CbcFault, OpenError, SealError};
pub use open::{ReadOptions, open};
pub use ring::{KeyRing, KeyTextError, SHARED_KID, key_bytes};
pub use seal::{SealRequest, seal};

/// The context under which a task's payload is sealed: `task:<task_type>`.
pub fn task_context(task_type: &str) -> String {
    format!("task:{task_type}")
}

/// Context of the project id that imaging and data-access bodies carry sealed.
pub const PROJECT_ID_CONTEXT: &str = "project_id";

/// Context of the set-up link a new imaging user gets.
pub const SETUP_PATH_CONTEXT: &str = "xnat_setup_path";

/// Bytes of a payload key.
pub const KEY_BYTES: usize = 32;

/// Bytes of the iv that the GCM formats write.
pub const GCM_IV_BYTES: usize = 12;

/// Bytes of the iv of the CBC format.
pub const CBC_IV_BYTES: usize = 16;
