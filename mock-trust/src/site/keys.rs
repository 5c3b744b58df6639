//! Who may call: the site key on every route but `/health`, the admin proof on writes that define a
//! cohort (trust contract section 12).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use contract::key::{Secret, cohort_admin_proof};
use parking_lot::RwLock;
use wiretap::{Auth, Verdict};

use super::answers::Refusal;
use super::habits::SiteHabits;
use super::options::SiteOptions;

/// The door of one service: the key it holds and the header it looks at.
pub(super) struct Door {
    header: String,
    proof_header: String,
    key: RwLock<Secret>,
    proof: RwLock<Secret>,
    habits: SiteHabits,
}

impl Door {
    pub(super) fn new(options: &SiteOptions, key: Option<&Secret>) -> Self {
        Self {
            header: options.site_key_header.clone(),
            proof_header: options.cohort_admin_header.clone(),
            key: RwLock::new(key.unwrap_or(&options.site_key).clone()),
            proof: RwLock::new(proof_of(&options.payload_key)),
            habits: options.habits,
        }
    }

    /// Puts another key into the lock; what is under way keeps its verdict.
    pub(super) fn replace_key(&self, key: Secret) {
        *self.key.write() = key;
    }

    /// Asks for the proof of another payload key from now on.
    pub(super) fn replace_payload_key(&self, key: &Secret) {
        *self.proof.write() = proof_of(key);
    }

    /// The key held now.
    pub(super) fn key(&self) -> Secret {
        self.key.read().clone()
    }

    /// The name of the header the key travels in.
    pub(super) fn header(&self) -> &str {
        &self.header
    }

    fn judge(&self, headers: &HeaderMap) -> (Auth, Option<&'static str>) {
        let shown = shown(headers, &self.header);
        let held = self.key.read();
        if shown.is_empty() {
            let accepted = self.habits.accepts_missing_site_key;
            return (Auth::Missing, (!accepted).then_some(KEY_MISSING));
        }
        if held.is_empty() {
            return (Auth::NotConfigured, Some(KEY_NOT_CONFIGURED));
        }
        if shown == *held {
            return (Auth::Ok, None);
        }
        let accepted = self.habits.accepts_wrong_site_key;
        (Auth::Unknown, (!accepted).then_some(KEY_WRONG))
    }

    fn proves_admin(&self, headers: &HeaderMap) -> bool {
        self.habits.accepts_write_without_proof
            || shown(headers, &self.proof_header) == *self.proof.read()
    }
}

/// Middleware: answers 401 unless the site key is shown.
pub(super) async fn need_site_key(
    State(door): State<Arc<Door>>,
    request: Request,
    next: Next,
) -> Response {
    let (auth, refusal) = door.judge(request.headers());
    let mut response = match refusal {
        Some(text) => Refusal::new(StatusCode::UNAUTHORIZED, text).into_response(),
        None => next.run(request).await,
    };
    let verdict = Verdict::of(&mut response);
    if verdict.auth == Auth::None {
        verdict.auth = auth;
    }
    response
}

/// Middleware behind [`need_site_key`]: answers 403 unless the admin proof is shown.
pub(super) async fn need_admin_proof(
    State(door): State<Arc<Door>>,
    request: Request,
    next: Next,
) -> Response {
    if door.proves_admin(request.headers()) {
        return next.run(request).await;
    }
    let mut response = Refusal::forbidden(PROOF_MISSING).into_response();
    Verdict::of(&mut response).auth = Auth::Forbidden;
    response
}

fn proof_of(payload_key: &Secret) -> Secret {
    Secret::new(cohort_admin_proof(payload_key.expose()))
}

/// The value of a header, empty when it is absent; bytes outside ASCII match no key.
fn shown(headers: &HeaderMap, name: &str) -> Secret {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    Secret::new(value.unwrap_or_default())
}

const KEY_MISSING: &str = "Not authenticated: trust-internal service key is missing.";
const KEY_NOT_CONFIGURED: &str = "Trust-internal service auth not configured.";
const KEY_WRONG: &str = "Invalid trust-internal service key.";
const PROOF_MISSING: &str = "Not authorised to define the cohort snapshot.";
