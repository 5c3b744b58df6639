//! The shape and the words of refusals (hub 1).

use contract::edition::{Edition, Evidence};
use serde_json::Value;

use super::Breach;
use crate::hub_stage::Reply;
use crate::shorten::shorten_to;

/// Whether a refusal is JSON with `detail`; anything below 400 is none.
pub fn shape(reply: &Reply) -> Option<Breach> {
    if reply.status < 400 {
        return None;
    }
    let expected = format!("a {} as JSON with `detail`", reply.status);
    let kind = reply.header("content-type").unwrap_or("no content type");
    if !kind.starts_with("application/json") {
        return Some(Breach::new(expected, format!("{kind}: {}", start(&reply.text))));
    }
    let body = reply.json();
    match body.get("detail") {
        Some(Value::String(text)) if !text.is_empty() => None,
        Some(Value::Array(list)) if !list.is_empty() => None,
        _ => Some(Breach::new(expected, format!("body {}", start(&reply.text)))),
    }
}

/// Whether the reply is that refusal: word for word where the edition's hub was seen to say so, by
/// status and shape where it was only read about.
pub fn text(reply: &Reply, evidence: Evidence, status: u16, detail: &str) -> Option<Breach> {
    if evidence == Evidence::Read {
        return self::status(reply, status).or_else(|| shape(reply));
    }
    if reply.status == status && reply.json()["detail"] == detail {
        return None;
    }
    let expected = format!("{status} with the detail {detail:?}");
    Some(Breach::new(expected, summary(reply)))
}

/// Whether the reply refuses a report because its task is in that state: a 409 with the state in its
/// text, and word for word where the edition's hub was seen to say so.
pub fn not_in_progress(
    reply: &Reply,
    edition: &Edition,
    task: &str,
    state: &str,
) -> Option<Breach> {
    let named = reply.detail().contains(state);
    if edition.evidence == Evidence::Read && reply.status == 409 && !named {
        return Some(Breach::new(format!("a 409 that names {state}"), summary(reply)));
    }
    let state = format!("{}{state}", edition.task_state_prefix);
    let detail = format!("Task {task} is not in progress (current status: {state})");
    text(reply, edition.evidence, 409, &detail)
}

/// Whether the reply has that status.
pub fn status(reply: &Reply, status: u16) -> Option<Breach> {
    (reply.status != status).then(|| Breach::new(format!("a {status}"), summary(reply)))
}

/// Whether the reply has a status of that hundred.
pub fn class(reply: &Reply, hundreds: u16) -> Option<Breach> {
    let expected = format!("a {hundreds}xx");
    (reply.status / 100 != hundreds).then(|| Breach::new(expected, summary(reply)))
}

/// Whether the reply is a 422 that names that place, parts divided by dots, and that kind of fault.
/// The wording is a library's and is not compared.
pub fn validation(reply: &Reply, kind: &str, place: &str) -> Option<Breach> {
    let faults = faults(reply);
    if reply.status == 422 && faults.iter().any(|(k, p)| k == kind && p == place) {
        return None;
    }
    let expected = format!("a 422 of type {kind} at {place}");
    let seen: Vec<String> = faults.iter().map(|(k, p)| format!("{k} at {p}")).collect();
    let observed = if seen.is_empty() { summary(reply) } else { seen.join(", ") };
    Some(Breach::new(expected, format!("{}: {observed}", reply.status)))
}

/// Whether the reply is a 422 that names that place.
pub fn named(reply: &Reply, place: &str) -> Option<Breach> {
    let faults = faults(reply);
    if reply.status == 422 && faults.iter().any(|(_, p)| p == place) {
        return None;
    }
    Some(Breach::new(format!("a 422 that names {place}"), summary(reply)))
}

/// The faults a 422 lists: kind and place.
pub fn faults(reply: &Reply) -> Vec<(String, String)> {
    let body = reply.json();
    let list = body["detail"].as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .map(|fault| (fault["type"].as_str().unwrap_or_default().to_owned(), place(&fault["loc"])))
        .collect()
}

/// Status and the start of the body, for people.
pub fn summary(reply: &Reply) -> String {
    if reply.text.is_empty() {
        format!("{} without a body", reply.status)
    } else {
        format!("{} {}", reply.status, start(&reply.text))
    }
}

fn place(loc: &Value) -> String {
    let parts = loc.as_array().map(Vec::as_slice).unwrap_or_default();
    let words: Vec<String> = parts
        .iter()
        .map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned))
        .collect();
    words.join(".")
}

fn start(text: &str) -> String {
    shorten_to(&contract::key::mask_text(text), SUMMARY_CHARS_MAX)
}

const SUMMARY_CHARS_MAX: usize = 240;

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::oracle::hub) fn reply(status: u16, kind: &str, text: &str) -> Reply {
        let headers = vec![("content-type".to_owned(), kind.to_owned())];
        Reply { status, headers, text: text.to_owned() }
    }

    #[test]
    fn only_json_with_a_detail_is_a_refusal() {
        let json = "application/json";
        assert_eq!(shape(&reply(404, json, r#"{"detail":"Not Found"}"#)), None);
        assert_eq!(shape(&reply(200, "text/html", "")), None);
        assert!(shape(&reply(500, "text/plain; charset=utf-8", "Internal Server Error")).is_some());
        assert!(shape(&reply(404, json, r#"{"error":"x"}"#)).is_some());
        assert!(shape(&reply(422, json, r#"{"detail":[]}"#)).is_some());
        assert!(shape(&reply(422, "text/plain", r#"{"detail":"x"}"#)).is_some());
    }

    #[test]
    fn a_validation_fault_is_found_by_kind_and_place_among_others() {
        let text = r#"{"detail":[{"type":"missing","loc":["body","a"],"msg":"m","input":{}},
            {"type":"json_invalid","loc":["body",1],"msg":"m","input":{}}]}"#;
        let refused = reply(422, "application/json", text);
        assert_eq!(validation(&refused, "missing", "body.a"), None);
        assert_eq!(validation(&refused, "json_invalid", "body.1"), None);
        assert_eq!(named(&refused, "body.a"), None);
        let breach = validation(&refused, "missing", "body.b").expect("no such fault");
        assert_eq!(breach.observed, "422: missing at body.a, json_invalid at body.1");
    }

    #[test]
    fn words_are_compared_whole() {
        let refused = reply(401, "application/json", r#"{"detail":"Invalid API Key."}"#);
        let seen = |status, words| text(&refused, Evidence::Observed, status, words);
        assert_eq!(seen(401, "Invalid API Key."), None);
        assert!(seen(401, "Invalid API Key").is_some());
        assert!(seen(403, "Invalid API Key.").is_some());
        assert_eq!(class(&refused, 4), None);
        assert!(class(&refused, 5).is_some());
    }

    #[test]
    fn what_was_only_read_is_compared_by_status_and_shape() {
        let json = "application/json";
        let read = |reply: &Reply| text(reply, Evidence::Read, 401, "Invalid API Key.");
        assert_eq!(read(&reply(401, json, r#"{"detail":"Unknown key"}"#)), None);
        assert!(read(&reply(403, json, r#"{"detail":"Invalid API Key."}"#)).is_some());
        assert!(read(&reply(401, json, r#"{"error":"Invalid API Key."}"#)).is_some());
        assert!(read(&reply(401, "text/plain", "Invalid API Key.")).is_some());
    }

    #[test]
    fn a_report_out_of_turn_is_refused_with_the_state_of_its_task() {
        use contract::edition::EditionId;
        let refused = |id: EditionId, detail: &str| {
            let body = format!(r#"{{"detail":"{detail}"}}"#);
            let refused = reply(409, "application/json", &body);
            not_in_progress(&refused, id.row(), "t", "PENDING")
        };
        let (bare, whole) = (
            "Task t is not in progress (current status: PENDING)",
            "Task t is not in progress (current status: TaskStatus.PENDING)",
        );
        assert_eq!(refused(EditionId::V2026_03, whole), None);
        assert!(refused(EditionId::V2026_03, bare).is_some());
        assert_eq!(refused(EditionId::V2026_09, bare), None);
        assert!(refused(EditionId::V2026_09, whole).is_some());
        assert_eq!(refused(EditionId::V2026_06, "it is PENDING"), None);
        assert!(refused(EditionId::V2026_06, "it is not in progress").is_some());
    }
}
