//! Around every route: what the tables cannot take is refused, and what a reply tells is on file.

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use wiretap::control::ControlError;

use super::Context;
use crate::store::{Statement, statement};

pub(super) async fn keep(State(context): State<Context>, request: Request, next: Next) -> Response {
    let domain = &context.domain;
    let statements = statements(request.method(), request.uri().path());
    if let Err(reason) = domain.attempt(statements).await {
        return ControlError::conflict(format!(
            "the tables of the state file are of another release ({reason}): POST /control/reset \
             recreates them, or start the release that made them"
        ))
        .into_response();
    }
    if let Err(refused) = writable(&context, request.method()) {
        return refused.into_response();
    }
    let reply = next.run(request).await;
    match domain.settled().await {
        Ok(()) => reply,
        Err(reason) => lost(&reason).into_response(),
    }
}

/// Nothing more is changed once a change was lost.
fn writable(context: &Context, method: &Method) -> Result<(), ControlError> {
    if *method != Method::GET && context.domain.lost_its_file() {
        return Err(lost("an earlier write failed"));
    }
    Ok(())
}

fn lost(reason: &str) -> ControlError {
    ControlError::internal(format!(
        "the state file cannot be written ({reason}): make room for it and start the hub again"
    ))
}

/// The statements behind what a route changes.
fn statements(method: &Method, path: &str) -> &'static [Statement] {
    if *method == Method::GET {
        return &[];
    }
    match path.trim_start_matches("/control/").split('/').next() {
        Some("trusts") => statement::REGISTRY_ROWS,
        Some("tasks") => statement::TASK_ROWS,
        Some("queries") => statement::COUNT_ROWS,
        Some("models") => statement::MODEL_ROWS,
        _ => &[],
    }
}
