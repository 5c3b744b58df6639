//! Reading the journal, at once or when something is there.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{ControlError, Fragments, Params};
use crate::{ConnectionPage, ExchangePage, Filter};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ExchangeParams {
    /// Only exchanges numbered above this.
    #[serde(default)]
    after: u64,
    /// Only this route.
    route: Option<String>,
    /// Only this trust.
    trust_id: Option<String>,
    /// Only this listener.
    listener: Option<String>,
    /// When nothing matches, wait so long for the first that does, milliseconds, at most 60000.
    #[serde(default)]
    wait_ms: u64,
    /// Exchanges in one answer, most; 1000 unless told.
    #[serde(default = "limit_default")]
    limit: usize,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ConnectionParams {
    /// Only connections numbered above this.
    #[serde(default)]
    after: u64,
    /// Only this listener.
    listener: Option<String>,
    /// When nothing matches, wait so long for the first that does, milliseconds, at most 60000.
    #[serde(default)]
    wait_ms: u64,
    /// Connections in one answer, most; 1000 unless told.
    #[serde(default = "limit_default")]
    limit: usize,
}

/// Captured exchanges.
#[utoipa::path(get, path = "/control/journal", params(ExchangeParams), responses(
    (status = 200, body = super::document::ExchangePage)
))]
pub(super) async fn exchanges(
    State(fragments): State<Arc<Fragments>>,
    Params(params): Params<ExchangeParams>,
) -> Result<Json<ExchangePage>, ControlError> {
    let deadline = deadline(params.wait_ms)?;
    let filter =
        Filter { route: params.route, trust_id: params.trust_id, listener: params.listener };
    let limit = params.limit.min(LIMIT_MAX);
    Ok(Json(fragments.journal.wait(params.after, &filter, limit, deadline).await))
}

/// TCP connections of raw listeners, and those that never became HTTP.
#[utoipa::path(get, path = "/control/connections", params(ConnectionParams), responses(
    (status = 200, body = super::document::ConnectionPage)
))]
pub(super) async fn connections(
    State(fragments): State<Arc<Fragments>>,
    Params(params): Params<ConnectionParams>,
) -> Result<Json<ConnectionPage>, ControlError> {
    let deadline = deadline(params.wait_ms)?;
    let (listener, limit) = (params.listener.as_deref(), params.limit.min(LIMIT_MAX));
    Ok(Json(fragments.journal.wait_connections(params.after, listener, limit, deadline).await))
}

fn deadline(wait_ms: u64) -> Result<Instant, ControlError> {
    if wait_ms > WAIT_MS_MAX {
        return Err(ControlError::bad_request(format!(
            "wait_ms is {wait_ms}, more than {WAIT_MS_MAX}: ask again after each answer instead"
        )));
    }
    Ok(Instant::now() + Duration::from_millis(wait_ms))
}

fn limit_default() -> usize {
    1000
}

const LIMIT_MAX: usize = 10_000;
const WAIT_MS_MAX: u64 = 60_000;
