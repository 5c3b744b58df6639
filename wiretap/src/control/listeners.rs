//! Taking listeners down and up, and changing their certificates.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ControlError, Fragments, Input};
use crate::{ListenerHandle, ListenerState, TlsKind};

/// What to change; at least one member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListenerOrder {
    /// `down` refuses connections and cuts open ones, `up` takes them again on the same port.
    state: Option<ListenerState>,
    /// Certificate to show from now on.
    tls: Option<TlsKind>,
}

/// A listener as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ListenerStatus {
    name: String,
    addr: String,
    state: ListenerState,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<TlsKind>,
}

/// Changes a listener.
#[utoipa::path(post, path = "/control/listeners/{name}", request_body = ListenerOrder, responses(
    (status = 200, body = ListenerStatus),
    (status = 400, body = super::document::Error),
    (status = 404, body = super::document::Error),
    (status = 409, body = super::document::Error)
), params(("name" = String, Path, description = "Name of the listener")))]
pub(super) async fn change(
    State(fragments): State<Arc<Fragments>>,
    Path(name): Path<String>,
    Input(order): Input<ListenerOrder>,
) -> Result<Json<ListenerStatus>, ControlError> {
    let listener = named(&fragments.listeners, &name)?;
    if order.state.is_none() && order.tls.is_none() {
        return Err(ControlError::bad_request(format!(
            "nothing to change on listener {name}: send `state` (up, down) or `tls` (good, \
             unknown-issuer, expired, wrong-name)"
        )));
    }
    if let Some(kind) = order.tls {
        listener.set_tls(kind)?;
    }
    match order.state {
        Some(ListenerState::Down) => listener.down().await?,
        Some(ListenerState::Up) => listener.up().await?,
        None => {}
    }
    Ok(Json(ListenerStatus {
        name,
        addr: listener.addr().to_string(),
        state: listener.state(),
        tls: listener.tls(),
    }))
}

fn named<'a>(
    listeners: &'a [ListenerHandle],
    name: &str,
) -> Result<&'a ListenerHandle, ControlError> {
    listeners.iter().find(|listener| listener.name() == name).ok_or_else(|| {
        let names: Vec<&str> = listeners.iter().map(ListenerHandle::name).collect();
        let names = names.join(", ");
        ControlError::not_found(format!("no listener is called {name:?}: there are {names}"))
    })
}
