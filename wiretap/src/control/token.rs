//! The token that guards a control API.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue};
use contract::key::{Secret, mint_key};
use rand::Rng;
use subtle::ConstantTimeEq;

/// Token of one control API. `Debug` shows what stands for it, never the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlToken(Secret);

impl ControlToken {
    /// From a seeded generator, so that a run repeats.
    pub fn mint<R: Rng + ?Sized>(rng: &mut R) -> Self {
        Self(mint_key(rng))
    }

    /// From the operating system's randomness.
    pub fn from_os() -> Self {
        Self::mint(&mut rand::rng())
    }

    /// The token itself, for the ready line and for callers.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Whether the request carries `Authorization: Bearer` and this token; the comparison takes the
    /// same time wherever the texts differ.
    pub(super) fn is_shown_by(&self, headers: &HeaderMap) -> bool {
        let shown = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
        let shown = shown.and_then(|value| value.split_at_checked(SCHEME.len()));
        shown.is_some_and(|(scheme, token)| {
            scheme.eq_ignore_ascii_case(SCHEME) && token.ct_eq(self.expose().as_bytes()).into()
        })
    }
}

impl From<Secret> for ControlToken {
    fn from(secret: Secret) -> Self {
        Self(secret)
    }
}

const SCHEME: &[u8] = b"Bearer ";
