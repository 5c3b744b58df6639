//! What no reply may show: keys, the hub's inside, and long stretches of what was sent (hub 1).

use std::sync::LazyLock;

use contract::key::{Secret, leaks};
use regex::Regex;

use super::Breach;
use crate::hub_stage::Seen;

/// A known secret in a reply that does not mint it, with the clause it breaks: whether the hub gave
/// it out by itself, or repeated what the caller had sent.
pub fn leak(seen: &Seen, secrets: &[(String, Secret)]) -> Option<(&'static str, Breach)> {
    if seen.mints {
        return None;
    }
    let text = front(&seen.reply.text, SEARCHED_BYTES_MAX);
    let planted: Vec<(&str, &Secret)> =
        secrets.iter().map(|(name, secret)| (name.as_str(), secret)).collect();
    let name = match leaks(text, &planted).into_iter().next() {
        Some(leak) => leak.name,
        None => plain_leak(&seen.reply.text, secrets)?,
    };
    let body = String::from_utf8_lossy(seen.ask.body.as_deref().unwrap_or_default());
    let sent =
        secrets.iter().any(|(known, secret)| *known == name && body.contains(secret.expose()));
    let (clause, observed) = if sent {
        ("HUB-ERR-02", format!("the {name}, repeated from the request"))
    } else {
        ("HUB-REG-02", format!("the {name}"))
    };
    Some((clause, Breach::new("no key in the reply", observed)))
}

/// Stack traces, SQL and file paths in a reply.
pub fn inside(seen: &Seen) -> Option<Breach> {
    if is_document(seen) {
        return None;
    }
    let text = front(&seen.reply.text, SEARCHED_BYTES_MAX);
    let (what, pattern) = INSIDE.iter().find(|(_, pattern)| pattern.is_match(text))?;
    let found = pattern.find(text).map(|found| found.as_str()).unwrap_or_default();
    Some(Breach::new("nothing of the hub's inside", format!("{what}: {found:?}")))
}

/// More than 1 kB of the request in a 422.
pub fn echo(seen: &Seen) -> Option<Breach> {
    if seen.reply.status != 422 {
        return None;
    }
    let echoed = echoed_bytes(seen);
    if echoed <= ECHO_BYTES_MAX {
        return None;
    }
    Some(Breach::new("at most 1 kB of what was sent", format!("{echoed} bytes of it")))
}

/// How much of what was sent a 422 repeats, as far as can be told: its `input` members, or the
/// longest stretch of the body's beginning that stands in the reply word for word.
fn echoed_bytes(seen: &Seen) -> usize {
    let reply = seen.reply.json();
    let list = reply["detail"].as_array().map(Vec::as_slice).unwrap_or_default();
    let inputs: usize = list
        .iter()
        .filter_map(|fault| fault.get("input"))
        .map(|input| input.as_str().map_or_else(|| input.to_string().len(), str::len))
        .sum();
    let body = seen.ask.body.as_deref().unwrap_or_default();
    let body = String::from_utf8_lossy(&body[..body.len().min(ECHO_SEARCHED_BYTES)]);
    let window = |at: usize| body.get(at..at + ECHO_BYTES_MAX + 1);
    let repeated = (0..body.len())
        .step_by(ECHO_BYTES_MAX / 2)
        .filter_map(window)
        .any(|window| seen.reply.text.contains(window));
    if repeated { inputs.max(ECHO_BYTES_MAX + 1) } else { inputs }
}

/// A secret as it stands, in a reply too long to be searched in every form.
fn plain_leak(text: &str, secrets: &[(String, Secret)]) -> Option<String> {
    if text.len() <= SEARCHED_BYTES_MAX {
        return None;
    }
    let found = secrets.iter().find(|(_, secret)| text.contains(secret.expose()))?;
    Some(found.0.clone())
}

/// Pages and machine schemas of the API name paths of their own.
fn is_document(seen: &Seen) -> bool {
    let html = seen.reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    seen.reply.is_success()
        && (html || ["/docs", "/redoc", "/openapi.json"].iter().any(|end| seen.is_to(end)))
}

fn front(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let end = (0..=bytes).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}

static INSIDE: LazyLock<[(&str, Regex); 4]> = LazyLock::new(|| {
    let pattern = |text: &str| Regex::new(text).expect("a pattern written in this file");
    [
        ("a stack trace", pattern(r"Traceback \(most recent call last\)|stack backtrace:")),
        ("a stack trace", pattern(r#"File \\?"[^"]+", line \d+"#)),
        (
            "SQL",
            pattern(
                r"(?i)\b(?:select\s.{1,400}\sfrom|insert\s+into|delete\s+from|update\s+\w+\s+set)\s",
            ),
        ),
        (
            "a file path",
            pattern(r"/(?:usr|app|home|opt|var|etc|srv|root|tmp)/[\w.-]+(?:/[\w.-]+)*"),
        ),
    ]
});

const ECHO_BYTES_MAX: usize = 1024;
const ECHO_SEARCHED_BYTES: usize = 16 * 1024;
const SEARCHED_BYTES_MAX: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::super::refusal::tests::reply;
    use super::*;
    use crate::hub_stage::Ask;

    const KEY: &str = "9SpbqzVRX4YDRpK4eIXCVVrlrUMEnwciJyTS6XliPLc";

    fn seen(body: &str, status: u16, text: &str) -> Seen {
        let ask = Ask::post("/cohort/results").raw_json(body);
        Seen { ask, reply: reply(status, "application/json", text), mints: false }
    }

    #[test]
    fn a_key_given_out_and_a_key_repeated_break_different_clauses() {
        let secrets = [("key of Alpha".to_owned(), Secret::new(KEY))];
        let given = leak(&seen("{}", 200, &format!(r#"{{"k":"{KEY}"}}"#)), &secrets);
        assert_eq!(given.map(|(clause, _)| clause), Some("HUB-REG-02"));
        let body = format!(r#"{{"result":["{KEY}"]}}"#);
        let repeated = leak(&seen(&body, 422, &body), &secrets);
        assert_eq!(repeated.map(|(clause, _)| clause), Some("HUB-ERR-02"));
        assert_eq!(leak(&seen(&body, 422, "{}"), &secrets), None);
        let minted = Seen { mints: true, ..seen("{}", 201, KEY) };
        assert_eq!(leak(&minted, &secrets), None);
    }

    #[test]
    fn a_key_far_inside_a_long_reply_is_found() {
        let secrets = [("key of Alpha".to_owned(), Secret::new(KEY))];
        let text = format!("{}{KEY}", "x".repeat(SEARCHED_BYTES_MAX + 5));
        assert!(leak(&seen("{}", 200, &text), &secrets).is_some());
    }

    #[test]
    fn the_inside_is_recognised_and_ordinary_words_are_not() {
        let shown = |text: &str| inside(&seen("{}", 500, text)).is_some();
        for text in [
            r#"{"detail":"Traceback (most recent call last)"}"#,
            r#"{"detail":"SELECT id FROM trust WHERE"}"#,
            r#"{"detail":"update model set status = 1"}"#,
            r#"{"detail":"cannot open /app/src/flip_api/main.py"}"#,
        ] {
            assert!(shown(text), "{text}");
        }
        for text in [
            r#"{"detail":"Not Found"}"#,
            r#"{"detail":"Error saving cohort results: ed103fea-ed83-48e4-8c19-1eb02d52e22d"}"#,
            r#"{"detail":"An internal server error occurred while saving training metrics."}"#,
            r#"{"created_at":"2026-11-21T06:10:12.550152","region":"London"}"#,
        ] {
            assert!(!shown(text), "{text}");
        }
    }

    #[test]
    fn an_echo_is_measured_in_input_members_and_in_stretches() {
        let long = "y".repeat(3000);
        let body = format!(r#"{{"result":{{"a":"{long}"}}}}"#);
        let by_input =
            format!(r#"{{"detail":[{{"type":"t","loc":[],"input":{{"a":"{long}"}}}}]}}"#);
        assert!(echo(&seen(&body, 422, &by_input)).is_some());
        assert!(echo(&seen(&body, 422, &format!(r#"{{"detail":"got {long}"}}"#))).is_some());
        assert_eq!(echo(&seen(&body, 422, r#"{"detail":[{"input":{"a":"yyyy"}}]}"#)), None);
        assert_eq!(echo(&seen(&body, 400, &by_input)), None);
    }
}
