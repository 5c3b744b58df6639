//! Projects: approving one queues what it needs of its trusts.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;
use wiretap::control::{ControlError, Input};

use super::Context;
use super::document::no_trust;
use crate::domain::{ApprovalRefusal, NewProject};
use crate::faults::routes::APPROVAL_MOMENT;

/// A project that was approved for some trusts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Approval {
    /// The id to use; absent: a new one.
    id: Option<Uuid>,
    /// Trusts that take part.
    trust_ids: Vec<Uuid>,
    /// The query of its cohort.
    query: Option<String>,
    /// Whether it has imaging.
    #[serde(default)]
    imaging: bool,
}

/// Approves a project. Where the edition freezes cohorts, a project without a query is refused.
#[utoipa::path(post, path = "/control/projects", request_body = Approval, responses(
    (status = 201, body = Object),
    (status = 404, body = super::document::Error),
    (status = 409, body = super::document::Error)))]
pub(super) async fn approve(
    State(context): State<Context>,
    Input(approval): Input<Approval>,
) -> Result<(StatusCode, Json<Value>), ControlError> {
    let Approval { id, trust_ids, query, imaging } = approval;
    let project = NewProject { id, trust_ids, query, imaging };
    let habits = context.habits(APPROVAL_MOMENT).tasks;
    match context.domain.approve(&project, &habits) {
        Ok(approved) => Ok((StatusCode::CREATED, Json(json!(approved)))),
        Err(ApprovalRefusal::UnknownTrust(id)) => Err(no_trust(id)),
        Err(error) => Err(ControlError::conflict(format!("POST /control/projects: {error}"))),
    }
}
