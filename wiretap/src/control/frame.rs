//! Mounting the shared routes, and the frame around all routes.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use utoipa::openapi::OpenApi;

use super::{ControlError, ControlToken, faults, journal, listeners};
use crate::{FaultBook, Journal, ListenerHandle};

/// What the shared routes act on.
#[derive(Clone)]
pub struct Fragments {
    /// The journal they read.
    pub journal: Journal,
    /// The faults they arm.
    pub faults: FaultBook,
    /// The listeners they steer, by name.
    pub listeners: Vec<ListenerHandle>,
}

/// The shared routes, without a frame: merge them with the owner's, then call [`guarded`].
pub fn router(fragments: Fragments) -> Router {
    Router::new()
        .route("/control/journal", get(journal::exchanges))
        .route("/control/connections", get(journal::connections))
        .route("/control/faults", get(faults::list).post(faults::arm).delete(faults::clear))
        .route("/control/faults/{id}", delete(faults::disarm))
        .route("/control/listeners/{name}", post(listeners::change))
        .with_state(Arc::new(fragments))
}

/// Closes the frame: the document at `/control/openapi.json`, the token on everything else, and JSON
/// errors for paths and methods that nobody serves.
pub fn guarded(router: Router, token: &ControlToken, document: OpenApi) -> Router {
    let document: Arc<OpenApi> = Arc::new(document);
    router
        .route(DOCUMENT, get(async move || Json(OpenApi::clone(&document))))
        .fallback(no_path)
        .method_not_allowed_fallback(no_method)
        .layer(from_fn_with_state(token.clone(), check))
}

async fn check(State(token): State<ControlToken>, request: Request, next: Next) -> Response {
    let open = request.uri().path() == DOCUMENT;
    if open || token.is_shown_by(request.headers()) {
        return next.run(request).await;
    }
    let message = format!(
        "the control token is missing or wrong at {} {}: send `Authorization: Bearer` and the \
         control_token of the ready line",
        request.method(),
        request.uri().path()
    );
    ControlError::new(StatusCode::UNAUTHORIZED, message).into_response()
}

async fn no_path(method: Method, uri: Uri) -> ControlError {
    let path = uri.path();
    ControlError::not_found(format!("nothing is at {method} {path}: {DOCUMENT} lists the paths"))
}

async fn no_method(method: Method, uri: Uri) -> ControlError {
    let message = format!("{} does not take {method}: {DOCUMENT} lists the methods", uri.path());
    ControlError::new(StatusCode::METHOD_NOT_ALLOWED, message)
}

const DOCUMENT: &str = "/control/openapi.json";
