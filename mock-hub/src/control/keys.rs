//! Keys and tokens of the hub. These routes and the registration are the only ones that show any.

use axum::Json;
use axum::extract::State;
use contract::envelope::SHARED_KID;
use contract::key::Secret;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use wiretap::control::{ControlError, Input};

use super::Context;
use crate::domain::UserToken;
use crate::faults::routes::UPKEEP_MOMENT;

/// A payload key.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PayloadKey {
    /// The key; absent: a new one. A bad length is taken: it is a fault of the hub.
    #[schema(value_type = Option<String>)]
    base64: Option<Secret>,
    /// `trust-<id>` gives the hub its half of a trust's own key; absent: the platform's key.
    kid: Option<String>,
}

/// The hub-internal key.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InternalKey {
    /// The key; absent: a new one.
    #[schema(value_type = Option<String>)]
    value: Option<Secret>,
    /// Replace a key that is there.
    #[serde(default)]
    force: bool,
}

/// A user token and what it stands for.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Token {
    /// Its text; absent: the admin's token made at start is returned.
    #[schema(value_type = Option<String>)]
    token: Option<Secret>,
    /// What it stands for: admin, user, expired, foreign or no-mfa; absent: admin.
    #[schema(value_type = Option<String>)]
    meaning: Option<UserToken>,
}

/// Replaces a payload key.
#[utoipa::path(put, path = "/control/keys/aes", request_body = PayloadKey, responses(
    (status = 200, body = Object), (status = 400, body = super::document::Error)))]
pub(super) async fn put_aes(
    State(context): State<Context>,
    Input(key): Input<PayloadKey>,
) -> Result<Json<Value>, ControlError> {
    match (key.kid.filter(|kid| kid != SHARED_KID), key.base64) {
        (Some(kid), Some(base64)) => {
            context.domain.hold_trust_key(&kid, &base64);
            Ok(Json(json!({"kid": kid, "base64": base64.expose()})))
        }
        (Some(kid), None) => Err(ControlError::bad_request(format!(
            "PUT /control/keys/aes: `base64` is missing for kid {kid:?}: send the key that the \
             registration of that trust showed"
        ))),
        (None, base64) => {
            let keys = context.domain.rotate_payload_key(base64);
            let (base64, fingerprint) = (keys.text().expose(), keys.fingerprint());
            Ok(Json(json!({"base64": base64, "fingerprint": fingerprint})))
        }
    }
}

/// Replaces the hub-internal key.
#[utoipa::path(put, path = "/control/keys/internal", request_body = InternalKey,
    responses((status = 200, body = Object)))]
pub(super) async fn put_internal(
    State(context): State<Context>,
    Input(key): Input<InternalKey>,
) -> Json<Value> {
    let force = key.force || key.value.is_some();
    let value =
        context.domain.rotate_internal_key(key.value, force, &context.habits(UPKEEP_MOMENT));
    Json(json!({"value": value.as_ref().map(Secret::expose)}))
}

/// Makes a user token stand for something.
#[utoipa::path(put, path = "/control/tokens", request_body = Token,
    responses((status = 200, body = Object)))]
pub(super) async fn put_token(
    State(context): State<Context>,
    Input(token): Input<Token>,
) -> Json<Value> {
    let meaning = token.meaning.unwrap_or(UserToken::Admin);
    let text = token.token.unwrap_or_else(|| context.domain.admin_token().clone());
    context.domain.set_user_token(&text, meaning);
    Json(json!({"token": text.expose(), "meaning": meaning}))
}
