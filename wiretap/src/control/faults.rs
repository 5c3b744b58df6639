//! Arming and removing faults.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ControlError, Fragments, Input};
use crate::{FaultId, FaultOrder, Standing};

/// The number of a fault.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Armed {
    id: FaultId,
}

/// How many faults were removed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Removed {
    removed: usize,
}

/// Arms a fault.
#[utoipa::path(post, path = "/control/faults", request_body = FaultOrder, responses(
    (status = 201, body = Armed), (status = 400, body = super::document::Error)
))]
pub(super) async fn arm(
    State(fragments): State<Arc<Fragments>>,
    Input(order): Input<FaultOrder>,
) -> Result<(StatusCode, Json<Armed>), ControlError> {
    let id = fragments.faults.arm(order)?;
    Ok((StatusCode::CREATED, Json(Armed { id })))
}

/// Every fault as it stands, spent ones too.
#[utoipa::path(get, path = "/control/faults", responses((status = 200, body = Vec<Standing>)))]
pub(super) async fn list(State(fragments): State<Arc<Fragments>>) -> Json<Vec<Standing>> {
    Json(fragments.faults.standing())
}

/// Removes a fault; requests that hang in it are ended.
#[utoipa::path(delete, path = "/control/faults/{id}", responses(
    (status = 200, body = Removed), (status = 404, body = super::document::Error)
), params(("id" = String, Path, description = "Number of the fault")))]
pub(super) async fn disarm(
    State(fragments): State<Arc<Fragments>>,
    Path(id): Path<String>,
) -> Result<Json<Removed>, ControlError> {
    let id = FaultId(id);
    if fragments.faults.disarm(&id) {
        return Ok(Json(Removed { removed: 1 }));
    }
    Err(ControlError::not_found(format!("no fault {id} is armed: GET /control/faults lists them")))
}

/// Removes every fault.
#[utoipa::path(delete, path = "/control/faults", responses((status = 200, body = Removed)))]
pub(super) async fn clear(State(fragments): State<Arc<Fragments>>) -> Json<Removed> {
    Json(Removed { removed: fragments.faults.clear() })
}
