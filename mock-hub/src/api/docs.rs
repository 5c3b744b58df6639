//! API documents, and the UI page of the public host.

use axum::http::StatusCode;
use contract::edition::Edition;
use serde_json::{Value, json};

use super::context::{Call, Step};
use super::reply::{self, Reply, html, refusal};

pub(super) fn answer(call: &Call<'_>, document: &str) -> Step<Reply> {
    if call.settings.production && call.habits.edge.hide_docs.kept() {
        return Err(refusal(StatusCode::NOT_FOUND, "Not Found", &call.habits.errors));
    }
    Ok(match document {
        "openapi.json" => reply::json(StatusCode::OK, schema(call.domain().edition).to_string()),
        _ => html(DOCS_PAGE),
    })
}

/// The machine schema: whole for the newest edition, info alone for the others.
fn schema(edition: &Edition) -> Value {
    let newest: Value = serde_json::from_str(NEWEST).unwrap_or_default();
    if newest["info"]["version"] == edition.id.name() {
        return newest;
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "flip-api", "version": edition.id.name() },
        "paths": {},
    })
}

const NEWEST: &str = include_str!("openapi-2026.09.json");
const DOCS_PAGE: &str = "<!DOCTYPE html><html><head><title>flip-api</title></head>\
    <body data-schema=\"/api/openapi.json\"></body></html>";
/// What the public host serves at `/`.
pub(super) const UI_PAGE: &str = "<!DOCTYPE html><html><head><title>FLIP</title></head>\
    <body><div id=\"app\"></div></body></html>";
