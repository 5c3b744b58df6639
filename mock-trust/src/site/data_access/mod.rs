//! data-access-api: counts of a cohort, its rows for training, its snapshots.

mod cohort;
mod floor;
mod rows;
mod snapshot;

use std::sync::Arc;

pub(in crate::site) use snapshot::Snapshot;

use axum::extract::State;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::answers::Refusal;
use super::hospital::QueryError;
use super::keys::{need_admin_proof, need_site_key};
use super::premises::Premises;

/// Every route of the service.
pub(super) fn router(premises: Arc<Premises>) -> Router {
    let door = Arc::clone(&premises.data_access_door);
    let mut guarded = Router::new()
        .route("/cohort", post(cohort::count))
        .route("/cohort/", post(cohort::count))
        .route("/cohort/dataframe", post(rows::dataframe))
        .route("/cohort/accession-ids", post(rows::accession_ids));
    if premises.edition.cohort_admin_proof {
        let writes = Router::new()
            .route("/cohort/snapshot", post(snapshot::define))
            .route("/cohort/snapshot/delete", post(snapshot::delete))
            .route_layer(from_fn_with_state(Arc::clone(&door), need_admin_proof));
        guarded = guarded.merge(writes);
    }
    guarded
        .method_not_allowed_fallback(async || Refusal::method_not_allowed())
        .route_layer(from_fn_with_state(door, need_site_key))
        .route("/health", get(health))
        .with_state(premises)
}

async fn health(State(premises): State<Arc<Premises>>) -> Json<Value> {
    Json(json!({"status": "ok", "version": premises.release}))
}

/// A query's failure as the service words it.
fn refusal(error: &QueryError) -> Refusal {
    match error {
        QueryError::Refused(_) => Refusal::bad_request(error.to_string()),
        QueryError::Failed | QueryError::Internal(_) => Refusal::internal(error.to_string()),
    }
}
