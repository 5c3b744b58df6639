//! The keys of a federation: how they are minted, recognised, proven and kept out of sight.
//!
//! Shapes: a trust API key or service key is 32 random bytes as URL-safe base64 without padding
//! (43 characters); the payload key is 32 bytes as padded standard base64 (44 characters).

mod digest;
mod forms;
mod mask;
mod mint;
mod redact;
mod secret;

pub use digest::{cohort_admin_proof, fingerprint, sha256_hex, token};
pub use forms::Form;
pub use mask::mask_text;
pub use mint::{SERVICE_KEY_CHARS, mint_key, mint_payload_key};
pub use redact::{Leak, Redactor, leaks, mask_known};
pub use secret::Secret;
