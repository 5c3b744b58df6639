//! `POST /api/model/{model_id}/logs` (hub 8).

use axum::http::StatusCode;
use contract::edition::{Edition, LogBody};
use contract::limits::{DETAILS_BYTES_MAX, EVENT_CHARS_MAX, ROUND_MAX};

use super::access;
use super::body;
use super::context::{Call, Step, path_uuid};
use super::fields::{Fields, Presence};
use super::issue::{Issue, at};
use super::json::Json;
use super::json_text::json_text;
use super::reply::{Reply, json, refusal, unprocessable};
use crate::domain::{LogRefusal, LogRow};
use crate::fl::python_json;
use crate::habits::FlHabits;

pub(super) fn answer(call: &mut Call<'_>, model: &str) -> Step<Reply> {
    let ((), body) = call.body_and(access::internal)?;
    let errors = call.habits.errors;
    let edition = call.domain().edition;
    let mut issues = Vec::new();
    let model = path_uuid(model, "model_id", &mut issues);
    let log = read(body.as_ref(), &mut issues, edition, &call.habits.fl);
    let (Some(model), Some(log), true) = (model, log, issues.is_empty()) else {
        return Err(unprocessable(&issues, &errors));
    };
    let lost = || refusal(StatusCode::INTERNAL_SERVER_ERROR, DATABASE_FAULT, &errors);
    // Text columns hold no U+0000.
    let unstorable = [log.text, log.event].into_iter().flatten().any(|text| text.contains('\0'));
    if call.database_fails() || unstorable {
        return Err(lost());
    }
    let domain = call.domain();
    let client = log.client.map(|name| domain.resolve_client(name, model, &call.habits));
    let trust = client
        .transpose()
        .map_err(|refused| refusal(StatusCode::BAD_REQUEST, &refused.to_string(), &errors))?;
    let named = log.client.zip(trust.map(|trust| trust.id));
    let owned = call.habits.fl.keep_log_owner.kept();
    let (fl_client_name, trust_id) =
        domain.owner_of_row(model, named.filter(|_| owned), &call.habits);
    let success = log.success || call.habits.fl.keep_failure.broken() || !owned;
    let row = LogRow {
        fl_client_name,
        trust_id,
        log: log.text.map(str::to_owned),
        event_type: log.event.map(str::to_owned),
        global_round: log.round,
        details: log
            .details
            .filter(|_| call.habits.fl.keep_details.kept())
            .and_then(|details| serde_json::from_str(&json_text(details)).ok()),
        success,
        created_at: domain.clock.now(),
    };
    if call.habits.fl.store_logs.broken() {
        return Ok(json(StatusCode::OK, CREATED));
    }
    match domain.add_log(model, row) {
        Ok(()) => Ok(json(StatusCode::OK, CREATED)),
        Err(LogRefusal::UnknownModel) => Err(lost()),
        Err(LogRefusal::Client(refused)) => {
            Err(refusal(StatusCode::BAD_REQUEST, &refused.to_string(), &errors))
        }
    }
}

/// The reply when the database does not take a log.
pub(super) const DATABASE_FAULT: &str = "An internal server error occurred while adding the log.";

struct Log<'b> {
    client: Option<&'b str>,
    text: Option<&'b str>,
    event: Option<&'b str>,
    round: Option<i64>,
    details: Option<&'b Json>,
    success: bool,
}

fn read<'b>(
    body: Option<&'b Json>,
    issues: &mut Vec<Issue<'b>>,
    edition: &Edition,
    habits: &FlHabits,
) -> Option<Log<'b>> {
    let whole = body::required(body, issues)?;
    let mut fields = Fields::of(whole, at(["body"]), issues)?;
    let client_member = match edition.log_body {
        LogBody::TrustName => "trust",
        LogBody::ClientName => "fl_client_name",
        LogBody::Typed | LogBody::TypedWithCaps => {
            return Some(typed(whole, fields, edition, habits));
        }
    };
    let named =
        if habits.log_names_client.kept() { Presence::Required } else { Presence::Nullable };
    let client = fields.text(client_member, named, 0..=usize::MAX);
    let text = fields.text("log", Presence::Required, 0..=usize::MAX);
    // These hubs take failures on this route and nothing else.
    Some(Log { client, text, event: None, round: None, details: None, success: false })
}

fn typed<'b>(
    whole: &'b Json,
    mut fields: Fields<'b, '_>,
    edition: &Edition,
    habits: &FlHabits,
) -> Log<'b> {
    let before = fields.issues().len();
    let client = fields.text("fl_client_name", Presence::Nullable, 0..=usize::MAX);
    let text = fields.text("log", Presence::Nullable, 0..=usize::MAX);
    let event = fields.text("event_type", Presence::Nullable, 0..=EVENT_CHARS_MAX);
    let round = fields.integer("global_round", Presence::Nullable, 1..=ROUND_MAX);
    let details = fields.dictionary("details", Presence::Nullable);
    let success = fields.boolean("success", Presence::Optional).unwrap_or(true);
    let mut log = Log { client, text, event, round, details, success };
    let old_shape = fields.raw("fl_client_name").is_none() && text.is_some();
    if habits.read_old_log.kept()
        && old_shape
        && let Some(trust) = fields.raw("trust").and_then(Json::as_text)
    {
        log = Log { client: Some(trust), success: false, ..log };
    }
    if fields.issues().len() == before
        && let Some(broken) = broken_rule(&log, edition, habits)
    {
        fields.issues().push(Issue::rule(broken, whole));
    }
    log
}

/// The first rule over the whole body that it breaks.
fn broken_rule(log: &Log<'_>, edition: &Edition, habits: &FlHabits) -> Option<&'static str> {
    if log.text.is_some() == log.event.is_some() && habits.exactly_one.kept() {
        return Some("Exactly one of 'log' and 'event_type' must be set");
    }
    if log.event.is_some_and(|event| event.trim().is_empty()) {
        return Some("'event_type' must be non-blank when set");
    }
    if log.event == Some("QUEUE_POSITION") && edition.log_body == LogBody::TypedWithCaps {
        return Some(
            "'QUEUE_POSITION' is emitted by the hub's FL scheduler and cannot be ingested",
        );
    }
    let excused = edition.waiting_event_without_round
        && log.event == Some(WAITING_EVENT)
        && habits.excuse_waiting_event.kept();
    if let (Some(_), None, false) = (log.event, log.round, excused)
        && habits.event_needs_round.kept()
    {
        return Some("'global_round' is required when 'event_type' is set");
    }
    let size = log.details.map_or(0, stored_bytes);
    (size > DETAILS_BYTES_MAX).then_some("'details' must serialize to at most 8192 bytes")
}

/// The reply to a log that was taken.
const CREATED: &str = r#"{"detail":"Created"}"#;
/// The size of details as the hub counts it: in the text it stores, which has blanks after colons
/// and commas and nothing but ASCII.
fn stored_bytes(details: &Json) -> usize {
    let text = json_text(details);
    serde_json::from_str::<serde_json::Value>(&text)
        .map_or(text.len(), |value| python_json::text(&value).len())
}

const WAITING_EVENT: &str = "JOB_WAITING_FOR_RESOURCES";

#[cfg(test)]
mod tests {
    use contract::edition::EditionId;

    use super::*;
    use crate::habits::Conduct;

    fn outcome(
        text: &str,
        edition: EditionId,
        conduct: Conduct,
    ) -> Result<(Option<String>, bool), String> {
        let body = Json::read(text.as_bytes()).expect("it is JSON");
        let mut issues = Vec::new();
        let habits = conduct.habits(edition.row()).fl;
        let log = read(Some(&body), &mut issues, edition.row(), &habits);
        match (log, issues.first()) {
            (_, Some(issue)) => Err(issue.json(false)),
            (Some(log), None) => Ok((log.client.map(str::to_owned), log.success)),
            (None, None) => panic!("no log and no reason: {text}"),
        }
    }

    #[test]
    fn a_log_holds_one_of_text_and_event_and_an_event_a_round() {
        let details = |bytes: usize| {
            let filler = "x".repeat(bytes - r#"{"k": ""}"#.len());
            format!(r#"{{"event_type":"E","global_round":1,"details":{{"k":"{filler}"}}}}"#)
        };
        for (text, reason) in [
            (r#"{"log":"a","event_type":"E","global_round":1}"#, "Exactly one"),
            (r#"{"fl_client_name":"Trust_1"}"#, "Exactly one"),
            (r#"{"event_type":"JOB_WAITING_FOR_RESOURCES"}"#, "is required when"),
            (r#"{"event_type":"E","global_round":0}"#, "greater_than_equal"),
            (r#"{"event_type":" ","global_round":1}"#, "non-blank"),
            (r#"{"event_type":"QUEUE_POSITION","global_round":1}"#, "scheduler"),
            (&details(8193), "8192 bytes"),
        ] {
            let refused = outcome(text, EditionId::DEFAULT, Conduct::Ideal).expect_err(text);
            assert!(refused.contains(reason), "{text}: {refused}");
        }
        for text in [&details(8192), r#"{"event_type":"ANY_WORD","global_round":1}"#] {
            assert_eq!(outcome(text, EditionId::DEFAULT, Conduct::Ideal), Ok((None, true)));
        }
        let long = format!(r#"{{"event_type":"{}","global_round":1}}"#, "E".repeat(65));
        assert!(outcome(&long, EditionId::DEFAULT, Conduct::Ideal).is_err());
    }

    #[test]
    fn an_old_log_keeps_its_client_unless_the_built_hub_reads_it() {
        let old = r#"{"trust":"Trust_1","log":"ValueError: boom"}"#;
        let kept = Ok((Some("Trust_1".into()), false));
        assert_eq!(outcome(old, EditionId::DEFAULT, Conduct::Ideal), kept);
        assert_eq!(outcome(old, EditionId::DEFAULT, Conduct::AsBuilt), Ok((None, true)));
        assert!(outcome(old, EditionId::V2026_06, Conduct::AsBuilt).is_err());
        assert_eq!(outcome(old, EditionId::V2026_03, Conduct::AsBuilt), kept);
    }
}
