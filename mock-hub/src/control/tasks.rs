//! Tasks: queueing them, in any shape, and looking inside.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use wiretap::control::{ControlError, Input, Params};

use super::Context;
use super::document::no_trust;
use crate::domain::{NewTask, ReportRefusal, SealParameters, Sealing, TaskStatus, TaskView};
use crate::fl::python_json;

/// A task to queue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskOrder {
    /// Whose it is.
    trust_id: Uuid,
    /// Its type, known or not.
    task_type: String,
    /// The payload as JSON; written as the hub writes it, members sorted.
    payload: Option<Value>,
    /// The payload as exact text, in place of `payload`.
    payload_text: Option<String>,
    /// Id to use.
    id: Option<Uuid>,
    /// Deliver exactly this text, whatever the payload is.
    sealed: Option<String>,
    /// Seal with other parameters: cipher, key_base64, kid, context.
    #[schema(value_type = Option<Object>)]
    seal: Option<SealParameters>,
    /// How many, at most 10000; absent: one.
    count: Option<u32>,
}

/// Which tasks to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TaskFilter {
    /// Only this trust's.
    trust_id: Option<Uuid>,
    /// Only those in this state, such as PENDING.
    #[param(value_type = Option<String>)]
    status: Option<TaskStatus>,
}

/// Queues tasks.
#[utoipa::path(post, path = "/control/tasks", request_body = TaskOrder, responses(
    (status = 201, body = super::document::Ids),
    (status = 400, body = super::document::Error),
    (status = 404, body = super::document::Error)))]
pub(super) async fn queue(
    State(context): State<Context>,
    Input(order): Input<TaskOrder>,
) -> Result<(StatusCode, Json<Value>), ControlError> {
    let count = order.count.unwrap_or(1);
    check(&order, count)?;
    if context.domain.trust(order.trust_id).is_none() {
        return Err(no_trust(order.trust_id));
    }
    let plaintext = match (order.payload_text, &order.payload) {
        (Some(text), _) => text,
        (None, payload) => python_json::text(payload.as_ref().unwrap_or(&json!({}))),
    };
    let sealing = match (order.sealed, order.seal) {
        (Some(text), _) => Sealing::Verbatim(text),
        (None, Some(parameters)) => Sealing::With(parameters),
        (None, None) => Sealing::Edition,
    };
    let task =
        NewTask { id: order.id, task_type: order.task_type, plaintext: plaintext.into(), sealing };
    // One order is queued whole or not at all, whatever happens to the process.
    let _whole = context.domain.whole();
    let queue = |_| context.domain.queue_task(order.trust_id, task.clone());
    let ids: Result<Vec<Uuid>, _> = (0..count).map(queue).collect();
    let ids = ids.map_err(|error| {
        ControlError::conflict(format!("{error}: GET /control/tasks lists what is there"))
    })?;
    Ok((StatusCode::CREATED, Json(json!({"ids": ids}))))
}

/// Tasks, by trust, oldest first.
#[utoipa::path(get, path = "/control/tasks", params(TaskFilter),
    responses((status = 200, body = [Object])))]
pub(super) async fn list(
    State(context): State<Context>,
    Params(filter): Params<TaskFilter>,
) -> Json<Vec<TaskView>> {
    Json(context.domain.tasks(filter.trust_id, filter.status))
}

/// One task, its payload before sealing included.
#[utoipa::path(get, path = "/control/tasks/{id}", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Object), (status = 404, body = super::document::Error)))]
pub(super) async fn show(
    State(context): State<Context>,
    Path(id): Path<Uuid>,
) -> Result<Json<TaskView>, ControlError> {
    context.domain.task(id).map(Json).ok_or_else(|| unknown(id))
}

/// Withdraws a task that was not handed out.
#[utoipa::path(post, path = "/control/tasks/{id}/cancel", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Object),
    (status = 404, body = super::document::Error),
    (status = 409, body = super::document::Error)))]
pub(super) async fn cancel(
    State(context): State<Context>,
    Path(id): Path<Uuid>,
) -> Result<Json<TaskView>, ControlError> {
    match context.domain.cancel_task(id) {
        Ok(()) => show(State(context), Path(id)).await,
        Err(ReportRefusal::NotInProgress(status)) => Err(ControlError::conflict(format!(
            "task {id} is {status}: only a PENDING task can be cancelled"
        ))),
        Err(ReportRefusal::Unknown | ReportRefusal::Foreign) => Err(unknown(id)),
    }
}

fn check(order: &TaskOrder, count: u32) -> Result<(), ControlError> {
    let what = if order.payload.is_some() && order.payload_text.is_some() {
        "`payload` and `payload_text` are one thing: send one of them"
    } else if order.sealed.is_some() && order.seal.is_some() {
        "`sealed` is delivered as it is: leave `seal` out"
    } else if !(1..=COUNT_MAX).contains(&count) {
        "`count` must be 1 to 10000"
    } else if count > 1 && order.id.is_some() {
        "one `id` cannot name several tasks: leave `id` or `count` out"
    } else {
        return Ok(());
    };
    Err(ControlError::bad_request(format!("POST /control/tasks: {what}")))
}

fn unknown(id: Uuid) -> ControlError {
    ControlError::not_found(format!("no task has the id {id}: GET /control/tasks lists them"))
}

const COUNT_MAX: u32 = 10_000;
