//! Users of the imaging archive.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::Value;

use crate::site::answers::{Body, Refusal};
use crate::site::hospital::User;
use crate::site::premises::Premises;

/// All users.
pub(super) async fn list(State(premises): State<Arc<Premises>>) -> Json<Vec<User>> {
    Json(premises.archive.lock().users().cloned().collect())
}

/// Adds a user by address.
pub(super) async fn create(
    State(premises): State<Arc<Premises>>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<User>), Refusal> {
    let mut body = Body::parse(&bytes)?;
    let email = body.text("email");
    body.done()?;
    let new = premises.archive.lock().add_user(&email)?;
    Ok((StatusCode::CREATED, Json(new.user)))
}

/// Enables or disables a user.
pub(super) async fn update(
    State(premises): State<Arc<Premises>>,
    bytes: Bytes,
) -> Result<Json<User>, Refusal> {
    let mut body = Body::parse(&bytes)?;
    let email = body.text("email");
    let enabled = body.bool("enabled");
    body.done()?;
    Ok(Json(premises.archive.lock().enable_user(&email, enabled)?))
}

/// Gives a user access to a project.
pub(super) async fn add_to_project(
    State(premises): State<Arc<Premises>>,
    Path((username, project)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let user = premises.archive.lock().join(&username, &project)?;
    Ok(Json(serde_json::json!({"username": user.username, "project_id": project})))
}
