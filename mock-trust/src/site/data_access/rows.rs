//! The rows of a cohort for calls inside the site: the dataframe and the accession ids.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use contract::edition::RowLevel;
use serde_json::{Map, Value, json};

use super::floor::{Standing, standing};
use super::refusal;
use crate::site::answers::{Body, Refusal};
use crate::site::hospital::Table;
use crate::site::premises::Premises;

/// The cohort as an object of columns.
pub(super) async fn dataframe(
    State(premises): State<Arc<Premises>>,
    bytes: Bytes,
) -> Result<Json<Value>, Refusal> {
    let table = cohort(&premises, &bytes)?;
    if premises.edition.cohort_admin_proof && standing(&premises, &table)? != Standing::Reached {
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

/// The frozen rows of the project if there are any, else those of the query where the edition lets the
/// caller ask.
fn cohort(premises: &Premises, bytes: &[u8]) -> Result<Table, Refusal> {
    let mut body = Body::parse(bytes)?;
    let sealed = body.text("encrypted_project_id");
    let query = body.text("query");
    body.done()?;
    let habits = premises.habits;
    let project = match premises.seals.project_id(&sealed) {
        Err(_) if habits.ignores_project_seal => String::new(),
        opened => opened?,
    };
    let frozen = premises.snapshots.lock().get(&project).map(|snapshot| snapshot.table.clone());
    if let Some(table) = frozen.filter(|_| !habits.obeys_callers_query) {
        return Ok(table);
    }
    let demanded = premises.edition.row_level == RowLevel::FrozenMembership
        || premises.knobs.lock().snapshot_required;
    let waived = habits.gives_unfrozen_rows
        || habits.ignores_project_seal && project.is_empty()
        || habits.obeys_callers_query && premises.snapshots.lock().contains_key(&project);
    if demanded && !waived {
        return Err(Refusal::forbidden(NOT_FROZEN));
    }
    premises.database.select(&query).map_err(|error| refusal(&error))
}

const NOT_FROZEN: &str = "No approved cohort snapshot exists";
const TOO_SMALL: &str = "The cohort is smaller than the minimum size.";
