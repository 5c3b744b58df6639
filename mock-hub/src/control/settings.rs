//! Settings that may change while the hub runs.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wiretap::control::{ControlError, Input};

use super::Context;
use crate::domain::IdentityOverride;

/// Rate limits.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    /// Whether they are enforced.
    enforced: bool,
}

/// Members to change; the others stay.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SettingsChange {
    /// Release tag; empty: none is reported.
    hub_version: Option<String>,
    /// Header for a trust's key.
    trust_api_key_header: Option<String>,
    /// Header for the hub-internal key; empty: the edition's.
    internal_key_header: Option<String>,
    /// Another identity than the caller's in replies; `{}` takes it back.
    #[schema(value_type = Option<Object>)]
    identity: Option<IdentityOverride>,
    /// Slot names; new ones join the pool when it is empty in editions that read them again then, at
    /// once in the others.
    slots: Option<Vec<String>>,
    /// Whether API documents are hidden.
    production: Option<bool>,
    /// Whether the public edge stands in front.
    behind_edge: Option<bool>,
    /// Whether a minted payload key of a trust is given to the hub at once.
    adopt_trust_keys: Option<bool>,
}

/// The settings as they stand.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "switches of an operator, one each")]
pub(super) struct SettingsNow {
    hub_version: Option<String>,
    trust_api_key_header: String,
    internal_key_header: Option<String>,
    #[schema(value_type = Object)]
    identity: IdentityOverride,
    slots: Vec<String>,
    production: bool,
    behind_edge: bool,
    adopt_trust_keys: bool,
    limits_enforced: bool,
}

/// Enforces rate limits, or not.
#[utoipa::path(put, path = "/control/limits", request_body = Limits,
    responses((status = 200, body = Limits)))]
pub(super) async fn put_limits(
    State(context): State<Context>,
    Input(limits): Input<Limits>,
) -> Json<Limits> {
    context.domain.change_settings(|settings| settings.limits_enforced = limits.enforced);
    Json(limits)
}

/// Changes settings.
#[utoipa::path(put, path = "/control/settings", request_body = SettingsChange, responses(
    (status = 200, body = SettingsNow), (status = 400, body = super::document::Error)))]
pub(super) async fn change(
    State(context): State<Context>,
    Input(change): Input<SettingsChange>,
) -> Result<Json<SettingsNow>, ControlError> {
    let given = [
        ("trust_api_key_header", &change.trust_api_key_header),
        ("internal_key_header", &change.internal_key_header),
    ];
    for (member, name) in given {
        let Some(name) = name.as_deref().filter(|name| !name.is_empty()) else { continue };
        let name: HeaderName = name.parse().map_err(|_| {
            ControlError::bad_request(format!(
                "PUT /control/settings: `{member}` is no header name: use letters, digits and dashes"
            ))
        })?;
        context.journal.secret_headers().add(name);
    }
    // An edition that reads its names again does so by itself, when its pool is empty.
    let reseed = change.slots.is_some() && !context.facts.edition.row().slot_pool_reread;
    context.domain.change_settings(|settings| {
        if let Some(version) = change.hub_version {
            settings.hub_version = Some(version).filter(|version| !version.is_empty());
        }
        replace(&mut settings.trust_api_key_header, change.trust_api_key_header);
        if let Some(name) = change.internal_key_header {
            settings.internal_key_header = Some(name).filter(|name| !name.is_empty());
        }
        replace(&mut settings.identity, change.identity);
        replace(&mut settings.slot_names, change.slots);
        replace(&mut settings.production, change.production);
        replace(&mut settings.behind_edge, change.behind_edge);
        replace(&mut settings.adopt_trust_keys, change.adopt_trust_keys);
    });
    if reseed {
        context.domain.reseed_slots();
    }
    Ok(show(State(context)).await)
}

/// The settings as they stand.
#[utoipa::path(get, path = "/control/settings", responses((status = 200, body = SettingsNow)))]
pub(super) async fn show(State(context): State<Context>) -> Json<SettingsNow> {
    let settings = context.domain.settings();
    Json(SettingsNow {
        hub_version: settings.hub_version.clone(),
        trust_api_key_header: settings.trust_api_key_header.clone(),
        internal_key_header: settings.internal_key_header.clone(),
        identity: settings.identity.clone(),
        slots: settings.slot_names.clone(),
        production: settings.production,
        behind_edge: settings.behind_edge,
        adopt_trust_keys: settings.adopt_trust_keys,
        limits_enforced: settings.limits_enforced,
    })
}

fn replace<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}
