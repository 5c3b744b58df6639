//! The reply of the hub against the recorded one.
//!
//! Ids, keys and times that the hub makes up are compared by form, a sealed payload by what it
//! opens to, and a 422 by type and place.

use contract::envelope::{KeyRing, ReadOptions, key_bytes, open, task_context};
use serde_json::Value;

use super::line::{Line, Mark};
use super::prepare::{Known, SEVENS};

/// The parsed reply when it is the recorded one, else what differs.
pub fn compare(line: &Line, body: &str, known: &Known) -> Result<Value, String> {
    if let Some(raw) = &line.reply_raw {
        return same("body", raw, &body.to_owned()).map(|()| Value::Null);
    }
    let Some(expected) = &line.reply else {
        return same("body", &String::new(), &body.to_owned()).map(|()| Value::Null);
    };
    let reply: Value = serde_json::from_str(body).map_err(|error| format!("{error}: {body}"))?;
    if line.status == 422 {
        refusals(line, expected, &reply)?;
    } else {
        value(line, known, "", expected, &reply)?;
    }
    Ok(reply)
}

fn refusals(line: &Line, expected: &Value, reply: &Value) -> Result<(), String> {
    let list = |value: &Value| value["detail"].as_array().cloned().unwrap_or_default();
    let (expected, got) = (list(expected), list(reply));
    if expected.len() != got.len() || expected.is_empty() {
        return Err(format!("{} refusals instead of {}: {reply}", got.len(), expected.len()));
    }
    for (expected, got) in expected.iter().zip(&got) {
        for member in ["type", "loc", "input"] {
            let counted = line.mark == Mark::Observed || member != "input";
            if counted && number_free(&expected[member]) != number_free(&got[member]) {
                return Err(format!("{member} {} instead of {}", got[member], expected[member]));
            }
        }
    }
    Ok(())
}

/// 0 and 0.0 are one number in a refusal's echo.
fn number_free(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), number_free(member))).collect()
        }
        Value::Number(number) => number.as_f64().into(),
        other => other.clone(),
    }
}

fn value(
    line: &Line,
    known: &Known,
    at: &str,
    expected: &Value,
    got: &Value,
) -> Result<(), String> {
    match (expected, got) {
        (Value::Object(wanted), Value::Object(found)) => {
            let names = |map: &serde_json::Map<_, _>| map.keys().cloned().collect::<Vec<String>>();
            same(&format!("members of {at:?}"), &names(wanted), &names(found))?;
            wanted
                .iter()
                .try_for_each(|(name, expected)| value(line, known, name, expected, &found[name]))
        }
        (Value::Array(wanted), Value::Array(found)) => {
            same(&format!("length of {at:?}"), &wanted.len(), &found.len())?;
            wanted
                .iter()
                .zip(found)
                .try_for_each(|(wanted, found)| value(line, known, at, wanted, found))
        }
        (Value::String(wanted), Value::String(found)) => text(line, known, at, wanted, found),
        _ => same(at, expected, got),
    }
}

fn text(line: &Line, known: &Known, at: &str, wanted: &str, found: &str) -> Result<(), String> {
    let made_up = line.is(&["a01"]) && at.contains("key") || line.is(&["a01"]) && at == "id";
    match at {
        "payload" => same("payload", &opened(line, known, wanted)?, &opened(line, known, found)?),
        "created_at" | "last_heartbeat" | "services_updated_at" => {
            same(at, &form(wanted), &form(found))
        }
        _ if made_up => same(at, &wanted.len(), &found.len()),
        _ => same(at, &wanted, &found),
    }
}

/// What the reading trust sees. The recording is sealed under sevens, whatever its kid is called.
fn opened(line: &Line, known: &Known, sealed: &str) -> Result<String, String> {
    let task_type = line.reply.as_ref().and_then(task_type).unwrap_or_default();
    let sevens = key_bytes(SEVENS).map_err(|error| error.to_string())?;
    let mut ring = KeyRing::new();
    for (kid, base64) in &known.ring {
        ring.insert(kid, key_bytes(base64).map_err(|error| error.to_string())?.to_vec());
    }
    let recorded = ReadOptions { force_key: Some(&sevens), ..ReadOptions::default() };
    let (cipher, context) = (line.edition.row().cipher, task_context(&task_type));
    open(cipher, &ring, &context, sealed, ReadOptions::default())
        .or_else(|_| open(cipher, &ring, &context, sealed, recorded))
        .map_err(|error| format!("payload does not open: {error}"))
}

fn task_type(reply: &Value) -> Option<String> {
    let tasks = reply.get("tasks").unwrap_or(reply);
    Some(tasks.get(0)?.get("task_type")?.as_str()?.to_owned())
}

/// The shape of a time.
fn form(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, wanted: &T, found: &T) -> Result<(), String> {
    if wanted == found {
        return Ok(());
    }
    Err(format!("{what} is {found:?} instead of {wanted:?}"))
}
