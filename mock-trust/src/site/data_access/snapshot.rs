//! Snapshots: the rows of a project's cohort, frozen. Both writes are behind the admin proof.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use contract::key::sha256_hex;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::refusal;
use crate::site::answers::{Body, Refusal};
use crate::site::hospital::statistics::too_small;
use crate::site::premises::Premises;

/// Freezes the rows of a query for a project, in place of an earlier snapshot.
pub(super) async fn define(
    State(premises): State<Arc<Premises>>,
    bytes: Bytes,
) -> Result<Json<Value>, Refusal> {
    let mut body = Body::parse(&bytes)?;
    let sealed = body.text("encrypted_project_id");
    let query = body.text("query");
    body.done()?;
    let project = project_uuid(&premises, &sealed)?;
    let table = premises.database.select(&query).map_err(|error| refusal(&error))?;
    if too_small(&table, premises.knobs.lock().cohort_threshold) {
        return Err(Refusal::forbidden("The cohort is smaller than the minimum size."));
    }
    if table.rows.len() > SNAPSHOT_ROWS_MAX {
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "The cohort is too large."));
    }
    let reply = json!({
        "row_count": table.rows.len(),
        "columns": table.columns,
        "has_accessions": table.column("accession_id").is_some(),
        "snapshot_at": Timestamp::now().to_string(),
        "query_hash": sha256_hex(query.as_bytes()),
    });
    let mut snapshots = premises.snapshots.lock();
    if snapshots.len() >= SNAPSHOTS_MAX && !snapshots.contains_key(&project) {
        return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "Snapshot storage is full."));
    }
    snapshots.insert(project, table);
    Ok(Json(reply))
}

/// Forgets the snapshot of a project; a second time too.
pub(super) async fn delete(
    State(premises): State<Arc<Premises>>,
    bytes: Bytes,
) -> Result<Json<Value>, Refusal> {
    let mut body = Body::parse(&bytes)?;
    let sealed = body.text("encrypted_project_id");
    body.done()?;
    let project = project_uuid(&premises, &sealed)?;
    let deleted = premises.snapshots.lock().remove(&project).is_some();
    Ok(Json(json!({"deleted": deleted})))
}

fn project_uuid(premises: &Premises, sealed: &str) -> Result<String, Refusal> {
    let project = premises.seals.project_id(sealed)?;
    match Uuid::parse_str(&project) {
        Ok(_) => Ok(project),
        Err(_) => Err(Refusal::bad_request("Project id is not a valid UUID.")),
    }
}

const SNAPSHOT_ROWS_MAX: usize = 100_000;
const SNAPSHOTS_MAX: usize = 256;
