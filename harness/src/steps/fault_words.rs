//! Faults by the words of feature files.

use serde_json::{Value, json};

use crate::finding::{Judged, Stop};

/// What a hub, a proxy or a line does to a call, by the words of a feature file.
pub fn hub_fault(words: &str) -> Judged<Value> {
    let body = |text: &str| json!({"name": "body", "params": {"text": text}});
    Ok(match words {
        "a reset" => json!({"name": "reset"}),
        "a truncated reply" => json!({"name": "truncate", "params": {"bytes": 5}}),
        "a head cut short" => {
            json!({"name": "truncate", "params": {"bytes": 9, "part": "response"}})
        }
        "a connection closed at its second use" => json!({"name": "close-at-use"}),
        "garbage" => json!({"name": "garbage"}),
        "a list" => body("[1, 2]"),
        "a number" => body("7"),
        "null" => body("null"),
        "a web page" => body("<!doctype html><title>Sign in</title>"),
        "an empty body" => body(""),
        "tasks that are null" => body(r#"{"tasks": null}"#),
        "tasks that are a text" => body(r#"{"tasks": "none"}"#),
        "tasks that are numbers" => body(r#"{"tasks": [1, 2]}"#),
        other => match other.strip_prefix("status ").and_then(|code| code.parse::<u16>().ok()) {
            Some(code) => json!({"name": "status", "params": {"code": code}}),
            None => return Err(Stop::not_verified(format!("no fault is called {other:?}"))),
        },
    })
}

/// What a site service does to a call; none for a closed port.
pub fn site_fault(words: &str) -> Judged<Option<Value>> {
    let status =
        |code: u16, body: &str| json!({"name": "status", "params": {"code": code, "body": body}});
    Ok(Some(match words {
        "a refused connection" => return Ok(None),
        "silence" => json!({"name": "hang"}),
        "a reset" => json!({"name": "reset"}),
        "a truncated reply" => json!({"name": "truncate", "params": {"bytes": 3}}),
        "garbage" => json!({"name": "garbage"}),
        "an empty 200" => status(200, ""),
        "words instead of JSON" => status(200, "all is well"),
        "a redirect to nowhere" => {
            json!({"name": "redirect", "params": {"code": 307, "location": NOWHERE}})
        }
        other => match other.strip_prefix("status ").and_then(|code| code.parse().ok()) {
            Some(204) => status(204, ""),
            Some(code) => status(code, r#"{"detail": "planted failure"}"#),
            None => return Err(Stop::not_verified(format!("no fault is called {other:?}"))),
        },
    }))
}

/// A port of this host where nobody listens.
const NOWHERE: &str = "http://127.0.0.1:9/";
