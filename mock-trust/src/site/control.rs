//! The site's control API: what every mock has, and the knobs of this one.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, put};
use axum::{Json, Router};
use contract::envelope::SHARED_KID;
use contract::key::Secret;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use wiretap::control::{self, ControlError, ControlToken, Fragments, Input};
use wiretap::{FaultBook, Journal, ListenerHandle};

use super::premises::{Knobs, Premises};

/// What the control API acts on.
pub(super) struct Office {
    pub(super) premises: Arc<Premises>,
    pub(super) journal: Journal,
    pub(super) faults: FaultBook,
    pub(super) listeners: Vec<ListenerHandle>,
}

#[derive(OpenApi)]
#[openapi(paths(status, change_settings))]
struct Document;

/// The whole control API behind its token.
pub(super) fn router(office: Office, token: &ControlToken) -> Router {
    let Office { premises, journal, faults, listeners } = office;
    let own = Router::new()
        .route("/control/status", get(status))
        .route("/control/settings", put(change_settings))
        .with_state(premises);
    let shared = control::router(Fragments { journal, faults, listeners });
    control::guarded(own.merge(shared), token, document())
}

fn document() -> utoipa::openapi::OpenApi {
    let mut document = control::openapi("mock-trust site services");
    document.merge(Document::openapi());
    document
}

/// The site as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Status {
    edition: String,
    seed: u64,
    version: String,
    /// People in the hospital.
    persons: usize,
    /// Imaging projects.
    projects: usize,
    /// Users of the imaging archive.
    users: usize,
    /// Frozen cohorts.
    snapshots: usize,
    settings: Settings,
}

/// What may be turned while the site runs.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Settings {
    /// Cohorts smaller than this do not leave.
    cohort_threshold: u64,
    /// Whether the PACS answers a ping.
    pacs_answers: bool,
    /// Whether studies can be fetched again; else 418.
    reimport_enabled: bool,
    /// Whether rows are given from snapshots only; else 403.
    snapshot_required: bool,
    /// What stands for the key data-access-api holds.
    data_access_key: String,
    /// What stands for the key imaging-api holds.
    imaging_key: String,
}

/// Settings to change; those left out stay.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SettingsOrder {
    cohort_threshold: Option<u64>,
    pacs_answers: Option<bool>,
    reimport_enabled: Option<bool>,
    snapshot_required: Option<bool>,
    /// Key data-access-api holds from now on; empty = not configured.
    #[schema(value_type = Option<String>)]
    data_access_key: Option<Secret>,
    /// Key imaging-api holds and shows from now on; empty = not configured.
    #[schema(value_type = Option<String>)]
    imaging_key: Option<Secret>,
    /// Payload keys both services hold from now on, base64 text by key id; others stay.
    #[schema(value_type = Option<Object>)]
    payload_keys: Option<BTreeMap<String, Secret>>,
    /// Key id new users' secrets are sealed under from now on.
    own_kid: Option<String>,
}

/// Tells how the site stands.
#[utoipa::path(get, path = "/control/status", responses((status = 200, body = Status)))]
pub(super) async fn status(State(premises): State<Arc<Premises>>) -> Json<Status> {
    let (projects, users) = {
        let archive = premises.archive.lock();
        (archive.projects().count(), archive.users().count())
    };
    Json(Status {
        edition: premises.edition.id.to_string(),
        seed: premises.seed,
        version: premises.release.clone(),
        persons: premises.people.len(),
        projects,
        users,
        snapshots: premises.snapshots.lock().len(),
        settings: settings(&premises),
    })
}

/// Turns knobs and puts other keys into the locks.
#[utoipa::path(put, path = "/control/settings", request_body = SettingsOrder, responses(
    (status = 200, body = Settings), (status = 400, description = "a body that cannot be carried out")
))]
pub(super) async fn change_settings(
    State(premises): State<Arc<Premises>>,
    Input(order): Input<SettingsOrder>,
) -> Result<Json<Settings>, ControlError> {
    if order.cohort_threshold == Some(0) {
        return Err(ControlError::bad_request(
            "cohort_threshold is 0 at PUT /control/settings: the services refuse it, send at least 1",
        ));
    }
    {
        let mut knobs = premises.knobs.lock();
        *knobs = Knobs {
            cohort_threshold: order.cohort_threshold.unwrap_or(knobs.cohort_threshold),
            pacs_answers: order.pacs_answers.unwrap_or(knobs.pacs_answers),
            reimport_enabled: order.reimport_enabled.unwrap_or(knobs.reimport_enabled),
            snapshot_required: order.snapshot_required.unwrap_or(knobs.snapshot_required),
        };
    }
    if let Some(key) = order.data_access_key {
        premises.data_access_door.replace_key(key);
    }
    if let Some(key) = order.imaging_key {
        premises.imaging_door.replace_key(key);
    }
    for (kid, key) in order.payload_keys.unwrap_or_default() {
        premises.seals.replace_key(&kid, &key);
        if kid == SHARED_KID {
            premises.data_access_door.replace_payload_key(&key);
            premises.imaging_door.replace_payload_key(&key);
        }
    }
    if let Some(kid) = order.own_kid {
        premises.seals.replace_kid(kid);
    }
    Ok(Json(settings(&premises)))
}

fn settings(premises: &Premises) -> Settings {
    let knobs = *premises.knobs.lock();
    Settings {
        cohort_threshold: knobs.cohort_threshold,
        pacs_answers: knobs.pacs_answers,
        reimport_enabled: knobs.reimport_enabled,
        snapshot_required: knobs.snapshot_required,
        data_access_key: premises.data_access_door.key().token(),
        imaging_key: premises.imaging_door.key().token(),
    }
}
