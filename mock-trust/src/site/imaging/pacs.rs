//! Whether the PACS answers.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::site::answers::Refusal;
use crate::site::premises::Premises;

/// Pings the site's one PACS.
pub(super) async fn ping(State(premises): State<Arc<Premises>>) -> Json<Value> {
    let now = Timestamp::now().as_millisecond();
    Json(json!({
        "pacsId": PACS_ID,
        "successful": premises.knobs.lock().pacs_answers,
        "pingTime": now,
        "created": now,
        "enabled": true,
        "timestamp": now,
        "id": PACS_ID,
        "disabled": 0,
    }))
}

/// The same by number, as older trusts ask.
pub(super) async fn ping_one(
    premises: State<Arc<Premises>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    match id.parse::<u32>() {
        Ok(PACS_ID) => Ok(ping(premises).await),
        Ok(_) => Err(Refusal::not_found("PACS not found")),
        Err(_) => {
            Err(Refusal::parameter("path", "id", "int_parsing", "Input should be a valid integer"))
        }
    }
}

const PACS_ID: u32 = 1;
