//! The rows of a cohort for calls inside the site: the dataframe and the accession ids.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::refusal;
use crate::site::answers::{Body, Refusal};
use crate::site::hospital::Table;
use crate::site::hospital::statistics::too_small;
use crate::site::premises::Premises;

/// The cohort as an object of columns.
pub(super) async fn dataframe(
    State(premises): State<Arc<Premises>>,
    bytes: Bytes,
) -> Result<Json<Value>, Refusal> {
    let table = cohort(&premises, &bytes)?;
    let threshold = premises.knobs.lock().cohort_threshold;
    if premises.edition.cohort_admin_proof && too_small(&table, threshold) {
        return Err(Refusal::forbidden(TOO_SMALL));
    }
    let column = |at: usize| table.rows.iter().map(|row| row[at].clone()).collect::<Vec<_>>();
    let columns: Map<String, Value> = table
        .columns
        .iter()
        .enumerate()
        .map(|(at, name)| (name.clone(), Value::Array(column(at))))
        .collect();
    Ok(Json(Value::Object(columns)))
}

/// The accession ids of the cohort.
pub(super) async fn accession_ids(
    State(premises): State<Arc<Premises>>,
    bytes: Bytes,
) -> Result<Json<Value>, Refusal> {
    let table = cohort(&premises, &bytes)?;
    let Some(at) = table.column("accession_id") else {
        if premises.edition.cohort_admin_proof {
            return Ok(Json(json!({"accession_ids": []})));
        }
        return Err(Refusal::bad_request("The cohort has no column accession_id."));
    };
    let ids: Vec<&str> = table.rows.iter().filter_map(|row| row[at].as_str()).collect();
    Ok(Json(json!({"accession_ids": ids})))
}

/// The snapshot of the project if there is one, else the rows of the query.
fn cohort(premises: &Premises, bytes: &[u8]) -> Result<Table, Refusal> {
    let mut body = Body::parse(bytes)?;
    let sealed = body.text("encrypted_project_id");
    let query = body.text("query");
    body.done()?;
    let project = premises.seals.project_id(&sealed)?;
    if let Some(table) = premises.snapshots.lock().get(&project) {
        return Ok(table.clone());
    }
    if premises.knobs.lock().snapshot_required {
        return Err(Refusal::forbidden("No cohort snapshot for this project."));
    }
    premises.database.select(&query).map_err(|error| refusal(&error))
}

const TOO_SMALL: &str = "The cohort is smaller than the minimum size.";
