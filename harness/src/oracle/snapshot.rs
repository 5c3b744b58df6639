//! The health snapshot of a heartbeat against the hub's limits (trust 7, hub 3).

use std::sync::LazyLock;

use contract::capture::Exchange;
use contract::limits;
use regex::Regex;
use serde_json::{Map, Value};

/// What a service of a snapshot may be.
const STATUS_WORDS: [&str; 4] = ["healthy", "degraded", "down", "unknown"];
/// The services every snapshot tells about.
pub const SERVICES: [&str; 6] =
    ["trust-api", "imaging-api", "data-access-api", "xnat", "dicom", "omop"];

/// The services of a heartbeat; `None` for one without body.
pub fn services(heartbeat: &Exchange) -> Option<Map<String, Value>> {
    if heartbeat.request_body_bytes == 0 {
        return None;
    }
    let body: Value = serde_json::from_str(&heartbeat.request_body).unwrap_or_default();
    Some(body["services"].as_object().cloned().unwrap_or_default())
}

/// What is wrong with a heartbeat as a snapshot of the six services; empty when nothing is.
pub fn flaws(heartbeat: &Exchange) -> Vec<String> {
    let Some(services) = services(heartbeat) else { return vec!["no body".to_owned()] };
    let body: Value = serde_json::from_str(&heartbeat.request_body).unwrap_or_default();
    let mut flaws: Vec<String> = SERVICES
        .iter()
        .filter(|name| !services.contains_key(**name))
        .map(|name| format!("{name} is missing"))
        .collect();
    if services.len() > limits::SNAPSHOT_SERVICES_MAX {
        flaws.push(format!("{} services", services.len()));
    }
    if !body["collected_at"].as_str().is_some_and(is_time) {
        flaws.push(format!("collected_at is {}", body["collected_at"]));
    }
    for (name, entry) in &services {
        flaws.extend(entry_flaws(name, entry));
    }
    flaws
}

fn entry_flaws(name: &str, entry: &Value) -> Vec<String> {
    static NAME: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(limits::SERVICE_NAME_PATTERN).expect("a constant pattern"));
    let mut flaws = Vec::new();
    if !NAME.is_match(name) {
        flaws.push(format!("the name {name:?}"));
    }
    if !entry["status"].as_str().is_some_and(|word| STATUS_WORDS.contains(&word)) {
        flaws.push(format!("{name} has the status {}", entry["status"]));
    }
    match &entry["version"] {
        Value::Null => {}
        Value::String(version) => {
            let chars = version.chars().count();
            if chars > limits::SERVICE_VERSION_CHARS_MAX {
                flaws.push(format!("{name} has a version of {chars} characters"));
            }
        }
        other => flaws.push(format!("{name} has the version {other}")),
    }
    let ms = &entry["response_ms"];
    let within = ms.as_i64().is_some_and(|ms| (0..=limits::RESPONSE_MS_MAX).contains(&ms));
    if !ms.is_null() && !within {
        flaws.push(format!("{name} has a response_ms of {ms}"));
    }
    flaws
}

fn is_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
}

/// Snapshots a hub refused that were not followed at once by exactly one heartbeat without body: the
/// position in `calls` and what came instead. `calls` are heartbeats and polls, oldest first; a
/// refusal nothing followed yet says nothing.
pub fn unrepeated(calls: &[Exchange], at_once_ms: f64) -> Vec<(usize, String)> {
    let beats = |call: &Exchange| call.route == "heartbeat";
    let mut found = Vec::new();
    for (at, refused) in calls.iter().enumerate() {
        if !(beats(refused) && refused.status == 422 && refused.request_body_bytes > 0) {
            continue;
        }
        let Some(next) = calls.get(at + 1) else { continue };
        let later_ms = next.at_ms - refused.ended_ms;
        let instead = if !beats(next) {
            "a poll, and no second heartbeat".to_owned()
        } else if next.request_body_bytes > 0 {
            "another heartbeat with a body".to_owned()
        } else if later_ms > at_once_ms {
            format!("one without body {later_ms:.0} ms later")
        } else if calls.get(at + 2).is_some_and(beats) {
            "more than one further heartbeat".to_owned()
        } else {
            continue;
        };
        found.push((at, instead));
    }
    found
}

/// Refused snapshots with everything that belongs behind them captured.
pub fn settled_refusals(calls: &[Exchange]) -> usize {
    let refused = |call: &Exchange| {
        call.route == "heartbeat" && call.status == 422 && call.request_body_bytes > 0
    };
    calls.iter().enumerate().filter(|(at, call)| refused(call) && at + 2 < calls.len()).count()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::oracle::fabricated::exchange;

    fn heartbeat(body: &Value, status: u16) -> Exchange {
        let mut beat = exchange("heartbeat", status);
        if !body.is_null() {
            beat.request_body = body.to_string();
            beat.request_body_bytes = beat.request_body.len() as u64;
        }
        beat
    }

    fn snapshot() -> Value {
        let entry = json!({"status": "healthy", "version": null, "response_ms": 3});
        let services: Map<String, Value> =
            SERVICES.iter().map(|name| ((*name).to_owned(), entry.clone())).collect();
        json!({"services": services, "collected_at": "2026-09-01T10:00:00.000001+00:00"})
    }

    #[test]
    fn a_snapshot_within_the_limits_has_no_flaw() {
        assert_eq!(flaws(&heartbeat(&snapshot(), 200)), [""; 0]);
        assert_eq!(flaws(&heartbeat(&Value::Null, 200)), ["no body"]);
    }

    #[test]
    fn each_limit_is_looked_at() {
        for (pointer, value, flaw) in [
            ("/services/xnat/status", json!("fine"), "xnat has the status"),
            ("/services/xnat/version", json!("v".repeat(65)), "a version of 65"),
            ("/services/xnat/version", json!(7), "xnat has the version 7"),
            ("/services/xnat/response_ms", json!(-1), "response_ms of -1"),
            ("/services/xnat/response_ms", json!(1_000_001), "response_ms of 1000001"),
            ("/collected_at", json!("yesterday"), "collected_at"),
        ] {
            let mut body = snapshot();
            *body.pointer_mut(pointer).expect("a member") = value;
            let flaws = flaws(&heartbeat(&body, 200));
            assert!(flaws.len() == 1 && flaws[0].contains(flaw), "{pointer}: {flaws:?}");
        }
        let mut few = snapshot();
        few["services"].as_object_mut().expect("an object").remove("omop");
        assert_eq!(flaws(&heartbeat(&few, 200)), ["omop is missing"]);
    }

    #[test]
    fn a_refused_snapshot_wants_one_bodyless_heartbeat_and_no_more() {
        let (refused, bare) = (heartbeat(&snapshot(), 422), heartbeat(&Value::Null, 200));
        let poll = exchange("pending", 200);
        let good = [refused.clone(), bare.clone(), poll.clone()];
        assert!(unrepeated(&good, 100.0).is_empty());
        assert_eq!(settled_refusals(&good), 1);
        for bad in [
            vec![refused.clone(), poll.clone()],
            vec![refused.clone(), refused.clone(), poll.clone()],
            vec![refused.clone(), bare.clone(), bare.clone()],
        ] {
            assert!(!unrepeated(&bad, 100.0).is_empty(), "{bad:?}");
        }
        assert!(unrepeated(&[refused], 100.0).is_empty(), "nothing followed yet");
    }
}
