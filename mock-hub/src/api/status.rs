//! `PUT /api/model/{model_id}/status/{status}` (hub 8).

use axum::http::StatusCode;

use super::access;
use super::context::{Call, Step, path_uuid};
use super::issue::{Input, Issue, at};
use super::reply::{Reply, json, refusal, unprocessable};
use crate::domain::{StatusOutcome, status_word};
use crate::store::statement::STATUS_ROWS;

pub(super) async fn answer(call: &mut Call<'_>, model: &str, status: &str) -> Step<Reply> {
    access::internal(call)?;
    let errors = call.habits.errors;
    let domain = call.domain();
    let mut issues = Vec::new();
    let model = path_uuid(model, "model_id", &mut issues);
    let word = status_word(domain.edition, status, &call.habits.fl);
    if word.is_none() {
        let input = Input::Text(status.into());
        let words = domain.edition.status_words;
        issues.push(Issue::word(at(["path", "model_status"]), words, input));
    }
    let (Some(model), Some(word)) = (model, word) else {
        return Err(unprocessable(&issues, &errors));
    };
    // The model is looked up first; only then is it written, with a log line of the hub's own.
    let known = domain.model(model).is_some();
    if call.database_fails() || known && domain.attempt(STATUS_ROWS).await.is_err() {
        return Err(refusal(StatusCode::INTERNAL_SERVER_ERROR, DATABASE_FAULT, &errors));
    }
    if call.habits.conditions.status_write.broken() {
        let detail = if errors.fixed_status_text.kept() { FIXED } else { RAW };
        return Err(refusal(StatusCode::INTERNAL_SERVER_ERROR, detail, &errors));
    }
    match domain.set_model_status(model, word, &call.habits) {
        StatusOutcome::UnknownModel if call.habits.fl.status_needs_model.kept() => {
            let detail = format!("Model ID: {model} does not exist");
            Err(refusal(StatusCode::NOT_FOUND, &detail, &errors))
        }
        StatusOutcome::Set | StatusOutcome::Ignored | StatusOutcome::UnknownModel => {
            Ok(json(StatusCode::OK, r#"{"success":"status set"}"#))
        }
    }
}

/// The reply when the database does not take a status.
pub(super) const DATABASE_FAULT: &str = "Database error while updating model status.";
const FIXED: &str = "Unexpected error while updating model status.";
/// The raw text of an exception: SQL and a file path of the hub's.
const RAW: &str = "Unexpected error while updating model status: \
    (psycopg2.errors.LockNotAvailable) canceling statement due to lock timeout \
    [SQL: UPDATE model SET status=%(status)s WHERE model.id = %(model_id)s] \
    (/app/src/flip_api/model_services/update_status.py)";
