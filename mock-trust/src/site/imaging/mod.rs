//! imaging-api: projects and users of the imaging archive, its studies, the PACS behind it.

mod images;
mod pacs;
mod projects;
mod retrieval;
mod studies;
mod users;

use std::sync::Arc;

use axum::extract::State;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post, put};
use axum::{Json, Router};
use contract::edition::DeleteImaging;
use serde_json::{Value, json};

use super::answers::Refusal;
use super::hospital::ArchiveError;
use super::keys::need_site_key;
use super::premises::Premises;

/// Every route of the service.
pub(super) fn router(premises: Arc<Premises>) -> Router {
    let door = Arc::clone(&premises.imaging_door);
    let guarded = Router::new()
        .route("/imaging/ping_pacs", get(pacs::ping))
        .route("/imaging/ping_pacs/{id}", get(pacs::ping_one))
        .route("/projects", projects_by_query(&premises))
        .route("/projects/", projects_by_query(&premises))
        .route("/projects/create-project-from-central-hub-project", post(projects::create))
        .route("/projects/{id}", project_by_path(&premises))
        .route("/retrieval/import_status_count/{id}", get(retrieval::import_status))
        .route("/retrieval/reimport_imaging_project_studies/{id}", put(retrieval::reimport))
        .route("/users", get(users::list).post(users::create).put(users::update))
        .route("/users/add-to-project/{username}/{project_id}", put(users::add_to_project))
        .route("/download/images/{net_id}", post(images::download))
        .route("/upload/images/{net_id}", put(images::upload));
    guarded
        .method_not_allowed_fallback(async || Refusal::method_not_allowed())
        .route_layer(from_fn_with_state(door, need_site_key))
        .route("/health", get(health))
        .with_state(premises)
}

/// In every edition a DELETE names its project in the path: one that names it in the query meets 405,
/// as older trusts do. A service that has it the other way round is a misbehaving one.
fn projects_by_query(premises: &Premises) -> MethodRouter<Arc<Premises>> {
    match premises.habits.delete_project {
        DeleteImaging::PathParameter => get(projects::list),
        DeleteImaging::QueryParameter => get(projects::list).delete(projects::delete_by_query),
    }
}

fn project_by_path(premises: &Premises) -> MethodRouter<Arc<Premises>> {
    match premises.habits.delete_project {
        DeleteImaging::PathParameter => get(projects::show).delete(projects::delete),
        DeleteImaging::QueryParameter => get(projects::show),
    }
}

async fn health(State(premises): State<Arc<Premises>>) -> Json<Value> {
    Json(json!({"status": "ok", "version": premises.release, "dead_tasks": []}))
}

impl From<ArchiveError> for Refusal {
    fn from(error: ArchiveError) -> Self {
        let text = error.to_string();
        match error {
            ArchiveError::ProjectUnknown | ArchiveError::UserUnknown => Self::not_found(text),
            ArchiveError::ProjectExists | ArchiveError::UserExists => Self::bad_request(text),
        }
    }
}
