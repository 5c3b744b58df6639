//! The node's only port: `/health`, and documents in development (trust 2, 9).

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Vitals;
use crate::settings::Environment;

/// The routes.
pub(crate) fn router(vitals: Arc<Vitals>, environment: Environment) -> Router {
    let router = Router::new()
        .route("/health", get(health))
        .route("/health/", get(without_slash))
        .fallback(nothing_here);
    let router = match environment {
        Environment::Production => router,
        Environment::Development => router
            .route("/docs", get(page))
            .route("/redoc", get(page))
            .route("/openapi.json", get(document)),
    };
    router.layer(axum::middleware::map_response(with_request_id)).with_state(vitals)
}

async fn health(State(vitals): State<Arc<Vitals>>) -> Json<Value> {
    Json(vitals.health())
}

async fn without_slash() -> Response {
    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/health")]).into_response()
}

async fn page() -> Response {
    let html = "<!DOCTYPE html><html><head><title>trust-api</title></head></html>";
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

async fn document(State(vitals): State<Arc<Vitals>>) -> Json<Value> {
    Json(json!({
        "openapi": "3.1.0",
        "info": {"title": "trust-api", "version": vitals.version()},
        "paths": {"/health": {"get": {"responses": {"200": {"description": "Signs of life"}}}}},
    }))
}

async fn nothing_here() -> Response {
    (StatusCode::NOT_FOUND, Json(json!({"detail": "Not Found"}))).into_response()
}

async fn with_request_id(mut response: Response) -> Response {
    if let Ok(id) = HeaderValue::from_str(&Uuid::new_v4().to_string()) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}
