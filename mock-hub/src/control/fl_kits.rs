//! FL credentials: adding a client to the provisioning, and provisioning anew.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wiretap::control::{ControlError, Input};

use super::Context;
use crate::faults::routes::FL_KIT_MOMENT;
use crate::fl::provisioning::{FlKit, ProvisioningError};

/// What to change; members left out stay.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProvisioningChange {
    /// Whether the FL server speaks TLS only and asks each client for its certificate.
    mutual: Option<bool>,
    /// Provision anew: another CA, and every client loses its connection and its credentials.
    #[serde(default)]
    renew: bool,
}

/// The provisioning as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProvisioningNow {
    /// Whether certificates are asked for.
    mutual: bool,
    /// How many provisionings there were.
    provisionings: usize,
    /// Slots with credentials of the last one.
    slots: Vec<String>,
}

/// A client to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewClient {
    /// Its slot, which becomes the common name of its certificate.
    slot: String,
}

/// The `startup` folder of a client's FL kit. The key is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Startup {
    /// Slot.
    slot: String,
    /// Which provisioning it is from, counted from 1.
    provisioning: usize,
    /// `rootCA.pem`.
    root_ca_pem: String,
    /// `client.crt`.
    client_crt_pem: String,
    /// `client.key`.
    client_key_pem: String,
}

/// Whether certificates are asked for, and who has one.
#[utoipa::path(get, path = "/control/fl-provisioning",
    responses((status = 200, body = ProvisioningNow)))]
pub(super) async fn show(State(context): State<Context>) -> Json<ProvisioningNow> {
    Json(now(&context))
}

/// Asks clients for certificates, or not; provisions anew.
#[utoipa::path(put, path = "/control/fl-provisioning", request_body = ProvisioningChange,
    responses((status = 200, body = ProvisioningNow)))]
pub(super) async fn change(
    State(context): State<Context>,
    Input(change): Input<ProvisioningChange>,
) -> Result<Json<ProvisioningNow>, ControlError> {
    if let Some(mutual) = change.mutual {
        context.provisioning.set_mutual(mutual);
    }
    if change.renew {
        renew(&context)?;
    }
    Ok(Json(now(&context)))
}

/// Adds a client to the provisioning that is there.
#[utoipa::path(post, path = "/control/fl-kits", request_body = NewClient, responses(
    (status = 201, body = Startup), (status = 400, body = super::document::Error)))]
pub(super) async fn issue(
    State(context): State<Context>,
    Input(client): Input<NewClient>,
) -> Result<(axum::http::StatusCode, Json<Startup>), ControlError> {
    if client.slot.trim().is_empty() {
        return Err(ControlError::bad_request(
            "POST /control/fl-kits: `slot` is blank: send a name such as Trust_1",
        ));
    }
    if context.habits(FL_KIT_MOMENT).credentials.add_alone.broken() {
        renew(&context)?;
    }
    let kit = context.provisioning.issue(&client.slot).map_err(|error| failed(&error))?;
    Ok((axum::http::StatusCode::CREATED, Json(startup(kit))))
}

fn startup(kit: FlKit) -> Startup {
    Startup {
        slot: kit.slot,
        provisioning: kit.provisioning,
        root_ca_pem: kit.root_ca_pem,
        client_crt_pem: kit.certificate_pem,
        client_key_pem: kit.key_pem.expose().to_owned(),
    }
}

/// The server starts with its new certificates: nobody stays connected.
fn renew(context: &Context) -> Result<(), ControlError> {
    context.provisioning.renew().map_err(|error| failed(&error))?;
    context.fl_server.dismiss_all();
    Ok(())
}

fn now(context: &Context) -> ProvisioningNow {
    ProvisioningNow {
        mutual: context.provisioning.is_mutual(),
        provisionings: context.provisioning.count(),
        slots: context.provisioning.slots(),
    }
}

fn failed(error: &ProvisioningError) -> ControlError {
    ControlError::internal(format!("FL credentials could not be made: {error}"))
}
