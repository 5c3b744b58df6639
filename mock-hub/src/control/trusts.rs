//! Trusts, through the same registration as the admin's route.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use contract::key::Secret;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;
use wiretap::control::{ControlError, Input};

use super::Context;
use super::document::no_trust;
use crate::domain::{HubTime, NewTrust, RegisterError, Registered, Trust};
use crate::faults::routes::{CREATE_ROUTE, DELETE_MOMENT};

/// A trust to register; members after `region` pin what is otherwise made up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TrustOrder {
    /// Display name.
    name: String,
    /// Short handle; absent: made from the name.
    code: Option<String>,
    /// Where it is.
    region: Option<String>,
    /// Id to use.
    id: Option<Uuid>,
    /// API key to use.
    #[schema(value_type = Option<String>)]
    trust_api_key: Option<Secret>,
    /// Site key to use.
    #[schema(value_type = Option<String>)]
    trust_internal_service_key: Option<Secret>,
    /// Slot to use.
    slot: Option<String>,
}

/// Registers a trust. Its keys are shown this once.
#[utoipa::path(post, path = "/control/trusts", request_body = TrustOrder, responses(
    (status = 201, body = Object),
    (status = 400, body = super::document::Error),
    (status = 409, body = super::document::Error)))]
pub(super) async fn register(
    State(context): State<Context>,
    Input(order): Input<TrustOrder>,
) -> Result<(StatusCode, Json<Value>), ControlError> {
    let new = NewTrust {
        code: order.code.unwrap_or_else(|| code_of(&order.name)),
        name: order.name,
        region: order.region,
        id: order.id,
        api_key: order.trust_api_key,
        site_key: order.trust_internal_service_key,
        slot: order.slot,
    };
    let registered = context
        .domain
        .register(new, &context.habits(CREATE_ROUTE))
        .map_err(|error| refused(&error))?;
    Ok((StatusCode::CREATED, Json(kit(&context, &registered))))
}

/// Every trust in the order of registration.
#[utoipa::path(get, path = "/control/trusts", responses((status = 200, body = [Object])))]
pub(super) async fn list(State(context): State<Context>) -> Json<Vec<Value>> {
    let trusts = context.domain.trusts();
    Json(trusts.iter().map(|trust| row(&context, trust)).collect())
}

/// Deletes a trust with everything that is its own.
#[utoipa::path(delete, path = "/control/trusts/{id}", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Object), (status = 404, body = super::document::Error)))]
pub(super) async fn delete(
    State(context): State<Context>,
    Path(id): Path<Uuid>,
) -> Result<Json<Value>, ControlError> {
    let report = context
        .domain
        .delete(id, &context.habits_for(DELETE_MOMENT, id))
        .ok_or_else(|| no_trust(id))?;
    Ok(Json(json!(report)))
}

/// Rotates a trust's keys the only way there is: deletes it and registers it again.
#[utoipa::path(post, path = "/control/trusts/{id}/rotate", params(("id" = Uuid, Path)), responses(
    (status = 201, body = Object), (status = 404, body = super::document::Error)))]
pub(super) async fn rotate(
    State(context): State<Context>,
    Path(id): Path<Uuid>,
) -> Result<(StatusCode, Json<Value>), ControlError> {
    let outcome = context
        .domain
        .rotate(id, &context.habits_for(DELETE_MOMENT, id))
        .ok_or_else(|| no_trust(id))?;
    let registered = outcome.map_err(|error| refused(&error))?;
    Ok((StatusCode::CREATED, Json(kit(&context, &registered))))
}

pub(super) fn kit(context: &Context, registered: &Registered) -> Value {
    let trust = &registered.trust;
    let mut kit = json!({
        "id": trust.id,
        "name": trust.name,
        "code": trust.code,
        "region": trust.region,
        "created_at": trust.created_at,
        "trust_api_key": registered.api_key.expose(),
        "trust_internal_service_key": registered.site_key.expose(),
        "fl_kit_slot": trust.slot.as_ref().map(|slot| &slot.name),
        "fl_kit_slot_number": trust.slot.as_ref().map(|slot| slot.number),
        "hub_shared": context.domain.hub_shared(),
    });
    if let Some(key) = &registered.payload_key {
        kit["trust_aes_key"] = json!(key.key_base64.expose());
        kit["trust_aes_kid"] = json!(key.kid);
    }
    kit
}

fn row(context: &Context, trust: &Trust) -> Value {
    let live = trust.liveness();
    let online = trust.is_online(context.domain.clock.now(), &context.conduct_habits().heartbeat);
    json!({
        "id": trust.id,
        "name": trust.name,
        "code": trust.code,
        "region": trust.region,
        "slot": trust.slot.as_ref().map(|slot| &slot.name),
        "slot_number": trust.slot.as_ref().map(|slot| slot.number),
        "last_heartbeat": live.last_heartbeat.map(HubTime::zulu),
        "online": online,
        "services": live.services,
    })
}

/// A handle for a trust that was given none: its letters and digits, in capitals.
fn code_of(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric).take(CODE_CHARS_MAX);
    let code: String = letters.map(|c| c.to_ascii_uppercase()).collect();
    if code.is_empty() { "TRUST".to_owned() } else { code }
}

fn refused(error: &RegisterError) -> ControlError {
    match error {
        RegisterError::NameBlank | RegisterError::CodeBlank => {
            ControlError::bad_request(format!("{error} Send a text that is not blank."))
        }
        RegisterError::NameTaken(_) => ControlError::conflict(format!(
            "{error} Delete that trust first, or choose another name."
        )),
        RegisterError::NoSlot => ControlError::conflict(format!(
            "{error} PUT /control/settings with more `slots` does that."
        )),
        RegisterError::InUse(_) => {
            ControlError::conflict(format!("{error} Leave it out to have one made."))
        }
    }
}

const CODE_CHARS_MAX: usize = 12;
