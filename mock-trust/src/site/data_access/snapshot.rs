//! Snapshots: the rows of a project's cohort, frozen. Both writes are behind the admin proof.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use contract::edition::RowLevel;
use contract::key::sha256_hex;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::floor::{Standing, standing};
use super::refusal;
use crate::site::answers::{Body, Refusal};
use crate::site::hospital::Table;
use crate::site::premises::Premises;

/// The frozen rows of a project's cohort.
pub(in crate::site) struct Snapshot {
    /// Its rows.
    pub(in crate::site) table: Table,
    /// What freezing them was answered with.
    facts: Value,
}

/// Freezes the rows of a query for a project: in place of an earlier snapshot, or, where row-level
/// routes give out frozen rows only, the first time alone.
pub(super) async fn define(
    State(premises): State<Arc<Premises>>,
    bytes: Bytes,
) -> Result<Json<Value>, Refusal> {
    let mut body = Body::parse(&bytes)?;
    let sealed = body.text("encrypted_project_id");
    let query = body.text("query");
    body.done()?;
    let project = project_uuid(&premises, &sealed)?;
    if premises.edition.row_level == RowLevel::FrozenMembership
        && let Some(first) = premises.snapshots.lock().get(&project)
    {
        return Ok(Json(first.facts.clone()));
    }
    let table = premises.database.select(&query).map_err(|error| refusal(&error))?;
    match standing(&premises, &table)? {
        Standing::Reached => {}
        Standing::Below => {
            return Err(Refusal::forbidden("The cohort is smaller than the minimum size."));
        }
        Standing::NoSubject => {
            let detail = "The query names no subject: it has neither person_id nor accession_id.";
            return Err(Refusal::bad_request(detail));
        }
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
    snapshots.insert(project, Snapshot { table, facts: reply.clone() });
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
