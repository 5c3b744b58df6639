//! The hub's own scripts as an admin runs them: exit code and output (hub 9).

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use wiretap::control::{ControlError, Input};

use super::Context;
use super::trusts::kit;
use crate::domain::{NewTrust, RegisterError};
use crate::faults::routes::CREATE_ROUTE;

/// Arguments of `python -m flip_api.scripts.register_trust`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RegisterTrust {
    /// `--name`
    name: String,
    /// `--code`
    code: String,
    /// `--region`
    region: Option<String>,
    /// `--require-existing`
    #[serde(default)]
    require_existing: bool,
}

/// How a script ended.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Ended {
    /// Exit code.
    exit_code: u8,
    /// What it printed, a line of JSON or nothing.
    stdout: String,
    /// What it complained of.
    stderr: String,
}

/// Registers a trust as the script does: a name that is taken is no error to it, and gives a kit without
/// keys.
#[utoipa::path(post, path = "/control/verbs/register-trust", request_body = RegisterTrust,
    responses((status = 200, body = Ended), (status = 400, body = super::document::Error)))]
pub(super) async fn register_trust(
    State(context): State<Context>,
    Input(order): Input<RegisterTrust>,
) -> Result<Json<Ended>, ControlError> {
    if order.require_existing && context.domain.trust_named(&order.name).is_none() {
        let stderr = format!("no trust is named '{}'", order.name);
        return Ok(Json(Ended { exit_code: 1, stdout: String::new(), stderr }));
    }
    let name = order.name.clone();
    let new = NewTrust {
        name: order.name,
        code: order.code,
        region: order.region,
        ..NewTrust::default()
    };
    Ok(Json(match context.domain.register(new, &context.habits(CREATE_ROUTE)) {
        Ok(registered) => printed(0, &json!([kit(&context, &registered)]), ""),
        Err(RegisterError::NameTaken(_)) => printed(0, &json!([known(&context, &name)]), ""),
        Err(error) => printed(1, &json!([]), &error.to_string()),
    }))
}

/// A kit of a trust that is there: everything but the keys, which nobody keeps.
fn known(context: &Context, name: &str) -> Value {
    let holder = context.domain.trust_named(name.trim());
    holder.map_or(Value::Null, |trust| {
        json!({
            "id": trust.id,
            "name": trust.name,
            "code": trust.code,
            "region": trust.region,
            "created_at": trust.created_at,
            "fl_kit_slot": trust.slot.as_ref().map(|slot| &slot.name),
            "fl_kit_slot_number": trust.slot.as_ref().map(|slot| slot.number),
            "hub_shared": context.domain.hub_shared(),
        })
    })
}

fn printed(exit_code: u8, stdout: &Value, stderr: &str) -> Ended {
    Ended { exit_code, stdout: stdout.to_string(), stderr: stderr.to_owned() }
}
