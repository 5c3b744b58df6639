//! Where the studies of a project stand, and fetching them again.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde_json::{Value, json};

use super::studies;
use crate::site::answers::Refusal;
use crate::site::hospital::Project;
use crate::site::premises::Premises;

/// The SQL of a status or reimport call, base64url.
#[derive(Deserialize)]
pub(super) struct Encoded {
    encoded_query: Option<String>,
}

/// Counts the studies of a project by state.
pub(super) async fn import_status(
    State(premises): State<Arc<Premises>>,
    Path(id): Path<String>,
    Query(encoded): Query<Encoded>,
) -> Result<Json<Value>, Refusal> {
    let query = encoded.query()?;
    let project = project(&premises, &id)?;
    let wanted = studies::wanted(&premises, &project.central_id, &query).await?;
    let counts = premises.archive.lock().import_counts(&id, &wanted)?;
    Ok(Json(json!({"project_creation_completed": true, "import_status": counts})))
}

/// Queues the studies of a project again.
pub(super) async fn reimport(
    State(premises): State<Arc<Premises>>,
    Path(id): Path<String>,
    Query(encoded): Query<Encoded>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    if !premises.knobs.lock().reimport_enabled {
        return Err(Refusal::new(StatusCode::IM_A_TEAPOT, "Reimport is switched off."));
    }
    let query = encoded.query()?;
    let project = project(&premises, &id)?;
    let reply = json!({"message": "Reimport queued", "projectId": project.id});
    premises.in_background(studies::retrieve(Arc::clone(&premises), project, query));
    Ok((StatusCode::ACCEPTED, Json(reply)))
}

impl Encoded {
    fn query(&self) -> Result<String, Refusal> {
        let Some(text) = &self.encoded_query else {
            return Err(Refusal::parameter("query", "encoded_query", "missing", "Field required"));
        };
        let bytes = LENIENT.decode(text).ok();
        let query = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        query.ok_or_else(|| Refusal::bad_request("The query is not base64url text."))
    }
}

fn project(premises: &Premises, id: &str) -> Result<Project, Refusal> {
    Ok(premises.archive.lock().project(id)?.clone())
}

/// Padding may be there or not.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
