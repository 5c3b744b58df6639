//! What the hub holds after a recorded exchange, asked of the control API.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use contract::key::sha256_hex;
use serde_json::Value;

use super::line::Line;
use super::prepare::{ALPHA_TASK, Known, MODEL, OTHER_TASK, QUERY};
use crate::support::TestHub;

/// Checks every member of `after`; one that nobody knows is an error.
pub async fn check(hub: &TestHub, line: &Line, reply: &Value, known: &Known) -> Result<(), String> {
    for (member, expected) in &line.after {
        let held = match member.as_str() {
            "stored" => model(hub).await["metrics"].as_array().map_or(0, Vec::len).into(),
            "x_value" | "x_label" => last(&model(hub).await["metrics"])[member].clone(),
            "row" => row(&last(&model(hub).await["logs"]), expected),
            "model_status" => model(hub).await["status"].clone(),
            "task_status" => task(hub, line).await["status"].clone(),
            "plaintext" => task(hub, line).await["plaintext"].clone(),
            "kid" => kid(reply, known)?,
            "trust_errors" => hub.get(&format!("/control/queries/{QUERY}")).await[member].clone(),
            "stored_api_key_hash" => {
                stored_hash(hub, line, reply, expected).await?;
                continue;
            }
            other => return Err(format!("nobody checks `after.{other}`")),
        };
        if held != *expected {
            return Err(format!("after: {member} is {held} instead of {expected}"));
        }
    }
    Ok(())
}

async fn model(hub: &TestHub) -> Value {
    hub.get(&format!("/control/models/{MODEL}")).await
}

async fn task(hub: &TestHub, line: &Line) -> Value {
    let named = format!("{}{:?}", line.path, line.reply);
    let id = if named.contains(OTHER_TASK) { OTHER_TASK } else { ALPHA_TASK };
    hub.get(&format!("/control/tasks/{id}")).await
}

fn last(rows: &Value) -> Value {
    rows.as_array().and_then(|rows| rows.last()).cloned().unwrap_or_default()
}

/// Those members of a stored row that the recording names.
fn row(row: &Value, expected: &Value) -> Value {
    let names = expected.as_object().into_iter().flatten().map(|(name, _)| name);
    names.map(|name| (name.clone(), row[name].clone())).collect()
}

fn kid(reply: &Value, known: &Known) -> Result<Value, String> {
    let payload = reply["tasks"][0]["payload"].as_str().ok_or("no payload")?;
    let text = BASE64_STANDARD.decode(payload).map_err(|error| error.to_string())?;
    let envelope: Value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    let held = known.ring.iter().any(|(kid, _)| envelope["kid"] == *kid);
    if held { Ok(envelope["kid"].clone()) } else { Err("sealed under a kid of nobody".into()) }
}

/// The hub keeps the digest of the key it has just shown, and the recording agrees with itself.
async fn stored_hash(
    hub: &TestHub,
    line: &Line,
    reply: &Value,
    expected: &Value,
) -> Result<(), String> {
    let digest = |body: &Value| body["trust_api_key"].as_str().map(|k| sha256_hex(k.as_bytes()));
    if line.reply.as_ref().and_then(digest).as_deref() != expected.as_str() {
        return Err("the recorded digest is not that of the recorded key".into());
    }
    let snapshot = hub.get("/control/snapshot").await.to_string();
    match digest(reply) {
        Some(digest) if snapshot.contains(&digest) => Ok(()),
        _ => Err("the digest of the new key is not held".into()),
    }
}
