//! `GET /api/health` and the bare base path (hub 1).

use axum::http::StatusCode;

use super::context::{Call, Step};
use super::docs::UI_PAGE;
use super::json_text::quoted;
use super::reply::{Reply, html, json, refusal};
use crate::habits::Database;

pub(super) fn answer(call: &Call<'_>) -> Step<Reply> {
    if call.habits.edge.api_below_api.broken() {
        return Ok(html(UI_PAGE));
    }
    let errors = call.habits.errors;
    let away = call.habits.conditions.database == Database::Away || call.domain().lost_its_file();
    if away && errors.health_asks_database.kept() {
        let detail = "The database does not answer.";
        return Err(refusal(StatusCode::SERVICE_UNAVAILABLE, detail, &errors));
    }
    let mut body = String::from(r#"{"status":"ok","message":"flip is running""#);
    if call.domain().edition.hub_health_version {
        let version = call.settings.hub_version.as_deref();
        body.push_str(r#","version":"#);
        body.push_str(&version.map_or_else(|| "null".to_owned(), quoted));
    }
    body.push('}');
    Ok(json(StatusCode::OK, body))
}

pub(super) fn root() -> Reply {
    json(StatusCode::OK, r#"{"message":"Welcome to flip"}"#)
}
