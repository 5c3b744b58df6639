//! Models in training and what the FL server stored about them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;
use wiretap::control::{ControlError, Input};

use super::Context;

/// A model to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewModel {
    /// Id to use; absent: a new one.
    id: Option<Uuid>,
    /// Trusts that take part.
    trust_ids: Vec<Uuid>,
}

/// Adds a model.
#[utoipa::path(post, path = "/control/models", request_body = NewModel,
    responses((status = 201, body = super::document::Id)))]
pub(super) async fn create(
    State(context): State<Context>,
    Input(new): Input<NewModel>,
) -> (StatusCode, Json<Value>) {
    let id = context.domain.add_model(new.id, new.trust_ids);
    (StatusCode::CREATED, Json(json!({"id": id})))
}

/// A model with its status, metric rows and log rows.
#[utoipa::path(get, path = "/control/models/{id}", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Object), (status = 404, body = super::document::Error)))]
pub(super) async fn show(
    State(context): State<Context>,
    Path(id): Path<Uuid>,
) -> Result<Json<Value>, ControlError> {
    let model = context.domain.model(id).ok_or_else(|| {
        ControlError::not_found(format!("no model {id}: POST /control/models adds one"))
    })?;
    let mut shown = json!(model);
    shown["id"] = json!(id);
    Ok(Json(shown))
}
