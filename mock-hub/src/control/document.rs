//! The OpenAPI document of the control API.

#![allow(dead_code, reason = "these types only describe shapes")]

use utoipa::{OpenApi, ToSchema};
use uuid::Uuid;
use wiretap::control::ControlError;

use super::{
    admin, clock, fl, fl_kits, keys, models, projects, queries, settings, tasks, training, trusts,
    verbs,
};

/// The document: the shared routes and the hub's own.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = wiretap::control::openapi("mock-hub");
    document.merge(Own::openapi());
    document
}

#[derive(OpenApi)]
#[openapi(paths(
    admin::status,
    admin::deviations,
    admin::snapshot,
    admin::reset,
    trusts::list,
    trusts::register,
    trusts::delete,
    trusts::rotate,
    verbs::register_trust,
    tasks::list,
    tasks::queue,
    tasks::show,
    tasks::cancel,
    queries::create,
    queries::show,
    projects::approve,
    models::create,
    models::show,
    keys::put_aes,
    keys::put_internal,
    keys::put_token,
    clock::show,
    clock::change,
    clock::recover,
    settings::put_limits,
    settings::show,
    settings::change,
    fl::show,
    fl::replace,
    fl::add,
    fl::presence,
    fl::clients,
    fl_kits::show,
    fl_kits::change,
    fl_kits::issue,
    training::run,
))]
struct Own;

/// What went wrong.
#[derive(ToSchema)]
pub(super) struct Error {
    /// What, where, what to do.
    error: String,
}

/// The id of something new.
#[derive(ToSchema)]
pub(super) struct Id {
    id: Uuid,
}

/// The ids of something new.
#[derive(ToSchema)]
pub(super) struct Ids {
    ids: Vec<Uuid>,
}

/// The clock as it stands.
#[derive(ToSchema)]
pub(super) struct Clock {
    /// Time of the hub, UTC without zone.
    now: String,
    /// Whether it stands still.
    frozen: bool,
    /// How far it was moved, milliseconds.
    advanced_ms: i64,
    /// Distance to the true time, milliseconds.
    skew_ms: i64,
}

pub(super) fn no_trust(id: Uuid) -> ControlError {
    ControlError::not_found(format!("no trust has the id {id}: GET /control/trusts lists them"))
}
