//! XNAT, as far as the health probe looks at it.

use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

/// Every route of the service.
pub(super) fn router() -> Router {
    Router::new().route("/xapi/siteConfig/buildInfo", get(build_info))
}

async fn build_info() -> Json<Value> {
    Json(json!({"version": XNAT_VERSION, "buildNumber": "1", "commit": "0000000"}))
}

const XNAT_VERSION: &str = "1.8.10";
