//! `POST /api/trust/heartbeat` (hub 3).

use std::collections::BTreeMap;

use axum::http::StatusCode;
use contract::edition::HeartbeatBody;
use contract::key::fingerprint;
use contract::limits::{
    RESPONSE_MS_MAX, SERVICE_NAME_PATTERN, SERVICE_VERSION_CHARS_MAX, SNAPSHOT_SERVICES_MAX,
};
use jiff::Timestamp;

use super::access;
use super::context::{Call, Step};
use super::datetime;
use super::fields::{Fields, Presence};
use super::issue::{Input, Issue, Place, at};
use super::json::{Json, Object};
use super::json_text::quoted;
use super::limits;
use super::reply::{Reply, json, unprocessable};
use crate::domain::{HubTime, ServiceHealth};
use crate::habits::{Fingerprint, SnapshotCheck};

pub(super) fn answer(call: &mut Call<'_>, name: Option<&str>) -> Step<Reply> {
    let errors = call.habits.errors;
    let reads_body = call.domain().edition.heartbeat_body != HeartbeatBody::None;
    let (trust, body) = if reads_body {
        call.body_and(|call| access::trust_named(call, name))?
    } else {
        (access::trust_named(call, name)?, None)
    };
    let body = body.filter(|body| *body != Json::Null);
    if let Some(other) = body.as_ref().filter(|body| body.as_object().is_none()) {
        let message = "Input should be a valid dictionary";
        let issue = Issue::new("dict_type", at(["body"]), message, Input::Value(other));
        return Err(unprocessable(&[issue], &errors));
    }
    limits::heartbeat(call, &trust, name)?;
    let trust = access::acts_as(call, trust, name)?;

    let habits = call.habits.heartbeat;
    let now = call.domain().clock.now();
    let mut stamp_at = now;
    let mut services = None;
    if let Some(whole) = &body {
        let (read, issues) = snapshot(whole, habits.ignore_unknown.broken());
        if !issues.is_empty() && habits.snapshot_check != SnapshotCheck::Never {
            if habits.snapshot_check == SnapshotCheck::AfterStamp {
                call.domain().stamp(&trust, now, None);
            }
            return Err(unprocessable(&issues, &errors));
        }
        if habits.own_clock.broken() {
            stamp_at = collected_at(whole).unwrap_or(now);
        }
        services = Some(read);
    } else if habits.take_bodyless.broken() {
        let issue = Issue::new("missing", at(["body"]), "Field required", Input::Null);
        return Err(unprocessable(&[issue], &errors));
    }
    if habits.stamp.kept() {
        call.domain().stamp(&trust, stamp_at, services);
    }
    Ok(recorded(call, &call.identity(&trust)))
}

fn recorded(call: &Call<'_>, identity: &str) -> Reply {
    let habits = call.habits.heartbeat;
    let mut body = String::with_capacity(256);
    body.push('{');
    body.push_str(identity);
    body.push_str(if identity.is_empty() { "" } else { "," });
    body.push_str(r#""message":"Heartbeat recorded""#);
    if call.domain().edition.heartbeat_reports_hub {
        if habits.report_version.kept() {
            let version = match &call.settings.hub_version {
                Some(version) if habits.one_version.broken() => quoted(&format!("{version}+other")),
                Some(version) => quoted(version),
                None => "null".to_owned(),
            };
            body.push_str(r#","hub_version":"#);
            body.push_str(&version);
        }
        body.push_str(r#","aes_key_fingerprint":"#);
        match shown_fingerprint(call) {
            Some(digits) => body.push_str(&quoted(&digits)),
            None => body.push_str("null"),
        }
    }
    body.push('}');
    json(StatusCode::OK, body)
}

fn shown_fingerprint(call: &Call<'_>) -> Option<String> {
    let keys = call.domain().payload_keys();
    match call.habits.heartbeat.fingerprint {
        Fingerprint::OfBytes => keys.fingerprint().map(str::to_owned),
        Fingerprint::OfText => Some(fingerprint(keys.text().expose().as_bytes())),
        Fingerprint::EvenOfBadKey => keys.key("shared").map(fingerprint),
    }
}

type Services = BTreeMap<String, ServiceHealth>;

/// The snapshot as far as it can be read, and what is wrong with it. Paths start at the member.
fn snapshot(whole: &Json, strict: bool) -> (Services, Vec<Issue<'_>>) {
    let mut issues = Vec::new();
    let mut services = Services::new();
    let object = whole.as_object();
    match object.and_then(|object| object.get("services")) {
        None => issues.push(Issue::missing(at(["services"]), whole)),
        Some(value) => read_services(value, &mut services, &mut issues),
    }
    if let Some(value) = object.and_then(|object| object.get("collected_at")) {
        issues.extend(datetime::check(value, &at(["collected_at"])));
    }
    if strict {
        let members = object.into_iter().flat_map(Object::iter);
        for (name, value) in
            members.filter(|(name, _)| !["services", "collected_at"].contains(&&*name.value))
        {
            let message = "Extra inputs are not permitted";
            let loc = vec![Place::name(name.value.clone())];
            issues.push(Issue::new("extra_forbidden", loc, message, Input::Value(value)));
        }
    }
    (services, issues)
}

fn read_services<'b>(value: &'b Json, services: &mut Services, issues: &mut Vec<Issue<'b>>) {
    let Some(entries) = value.as_object() else {
        let message = "Input should be a valid dictionary";
        issues.push(Issue::new("dict_type", at(["services"]), message, Input::Value(value)));
        return;
    };
    for (name, entry) in entries.iter() {
        check_name(&name.value, issues);
        let entry = service(entry, &name.value, issues);
        services.insert(name.value.clone(), entry);
    }
    check_count(entries, value, issues);
}

fn check_name(name: &str, issues: &mut Vec<Issue<'_>>) {
    let chars = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if (1..=NAME_CHARS_MAX).contains(&name.len()) && name.bytes().all(chars) {
        return;
    }
    let mut loc = at(["services"]);
    loc.push(Place::name(name.to_owned()));
    loc.push(Place::name("[key]"));
    let message = format!("String should match pattern '{SERVICE_NAME_PATTERN}'");
    let context = format!(r#"{{"pattern":{}}}"#, quoted(SERVICE_NAME_PATTERN));
    let input = Input::Text(name.to_owned().into());
    issues.push(Issue::new("string_pattern_mismatch", loc, message, input).context(context));
}

fn check_count<'b>(entries: &Object, value: &'b Json, issues: &mut Vec<Issue<'b>>) {
    let count = entries.len();
    let (kind, word, bound, member) = match count {
        0 => ("too_short", "at least 1 item", 1, "min_length"),
        _ if count > SNAPSHOT_SERVICES_MAX => {
            ("too_long", "at most 16 items", SNAPSHOT_SERVICES_MAX, "max_length")
        }
        _ => return,
    };
    let message = format!("Dictionary should have {word} after validation, not {count}");
    let context =
        format!(r#"{{"field_type":"Dictionary","{member}":{bound},"actual_length":{count}}}"#);
    let issue = Issue::new(kind, at(["services"]), message, Input::Value(value));
    issues.push(issue.context(context));
}

fn service<'b>(entry: &'b Json, name: &str, issues: &mut Vec<Issue<'b>>) -> ServiceHealth {
    let mut loc = at(["services"]);
    loc.push(Place::name(name.to_owned()));
    let mut health = ServiceHealth { status: "unknown".into(), version: None, response_ms: None };
    if entry.as_object().is_none() {
        let message = "Input should be a valid dictionary or instance of ServiceHealthEntry";
        let issue = Issue::new("model_type", loc, message, Input::Value(entry));
        issues.push(issue.context(r#"{"class_name":"ServiceHealthEntry"}"#.into()));
        return health;
    }
    let Some(mut fields) = Fields::of(entry, loc.clone(), issues) else { return health };
    if let Some(value) = fields.raw("status") {
        if let Some(word) = value.as_text().filter(|word| STATUS_WORDS.contains(word)) {
            word.clone_into(&mut health.status);
        } else {
            loc.push(Place::name("status"));
            fields.issues().push(Issue::word(loc, &STATUS_WORDS, Input::Value(value)));
        }
    } else {
        let _ = fields.text("status", Presence::Required, 0..=usize::MAX);
    }
    let version = fields.text("version", Presence::Nullable, 0..=SERVICE_VERSION_CHARS_MAX);
    health.version = version.map(str::to_owned);
    health.response_ms = fields.integer("response_ms", Presence::Nullable, 0..=RESPONSE_MS_MAX);
    health
}

/// The sender's own time, where it can be read.
fn collected_at(whole: &Json) -> Option<HubTime> {
    let text = whole.as_object()?.get("collected_at").and_then(Json::as_text)?;
    let at = text.parse::<Timestamp>().or_else(|_| format!("{text}Z").parse::<Timestamp>());
    let day = || format!("{text}T00:00:00Z").parse::<Timestamp>();
    at.or_else(|_| day()).ok().map(|at| HubTime::from_micros(at.as_microsecond()))
}

const STATUS_WORDS: [&str; 4] = ["healthy", "degraded", "down", "unknown"];
const NAME_CHARS_MAX: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let whole = Json::read(text.as_bytes()).expect("it is JSON");
        snapshot(&whole, false).1.iter().map(|issue| issue.json(false)).collect()
    }

    #[test]
    fn a_snapshot_within_the_limits_is_read() {
        let text = r#"{"services":{"xnat":{"status":"down","version":null,"response_ms":"12"}},
            "collected_at":"2026-11-21T05:43:21.221122+00:00","more":1}"#;
        let whole = Json::read(text.as_bytes()).expect("it is JSON");
        let (services, issues) = snapshot(&whole, false);
        assert_eq!(issues, []);
        assert_eq!(services["xnat"].response_ms, Some(12));
    }

    #[test]
    fn each_limit_has_its_own_fault() {
        let many: Vec<String> = (0..17).map(|n| format!(r#""s{n}":{{"status":"down"}}"#)).collect();
        let long =
            format!(r#"{{"services":{{"a":{{"status":"down","version":"{}"}}}}}}"#, "v".repeat(65));
        for (text, kind) in [
            ("{}", "missing"),
            (r#"{"services":{}}"#, "too_short"),
            (&format!(r#"{{"services":{{{}}}}}"#, many.join(",")), "too_long"),
            (r#"{"services":{"Bad_Key!":{"status":"healthy"}}}"#, "string_pattern_mismatch"),
            (r#"{"services":{"a":{"status":"sideways"}}}"#, "enum"),
            (r#"{"services":{"a":{}}}"#, "missing"),
            (&long, "string_too_long"),
            (r#"{"services":{"a":{"status":"down","response_ms":-1}}}"#, "greater_than_equal"),
            (r#"{"services":{"a":{"status":"down","response_ms":1000001}}}"#, "less_than_equal"),
            (r#"{"services":{"a":1}}"#, "model_type"),
            (r#"{"services":[]}"#, "dict_type"),
        ] {
            let found = faults(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert!(found[0].contains(kind), "{text}: {found:?}");
        }
    }
}
