//! Cohort queries: what was asked and what came back.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;
use wiretap::control::{ControlError, Input};

use super::Context;
use crate::faults::routes::AGGREGATE_MOMENT;

/// A query to ask.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewQuery {
    /// The id to use; absent: a new one.
    id: Option<Uuid>,
    /// Trusts it is addressed to.
    trust_ids: Vec<Uuid>,
}

/// Asks a query. Nothing is queued: that is a task.
#[utoipa::path(post, path = "/control/queries", request_body = NewQuery,
    responses((status = 201, body = super::document::Id)))]
pub(super) async fn create(
    State(context): State<Context>,
    Input(new): Input<NewQuery>,
) -> (StatusCode, Json<Value>) {
    let id = context.domain.ask_query(new.id, new.trust_ids);
    (StatusCode::CREATED, Json(json!({"id": id})))
}

/// The aggregate of a query.
#[utoipa::path(get, path = "/control/queries/{id}", params(("id" = Uuid, Path)),
    responses((status = 200, body = Object), (status = 404, body = super::document::Error)))]
pub(super) async fn show(
    State(context): State<Context>,
    Path(id): Path<Uuid>,
) -> Result<Json<Value>, ControlError> {
    let aggregate = context.domain.aggregate(id, &context.habits(AGGREGATE_MOMENT).cohort);
    let aggregate = aggregate.ok_or_else(|| {
        ControlError::not_found(format!("no query {id}: POST /control/queries asks one"))
    })?;
    Ok(Json(json!(aggregate)))
}
