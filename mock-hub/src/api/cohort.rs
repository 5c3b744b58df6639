//! `POST /api/cohort/results` (hub 7).

use axum::http::StatusCode;

use super::access;
use super::body;
use super::context::{Call, Step, path_uuid};
use super::fields::{Fields, Presence};
use super::issue::{Issue, Place, at};
use super::json::Json;
use super::reply::{Reply, json, refusal, unprocessable};
use crate::domain::{CohortCount, CohortCounts, CohortGroup, CohortRefusal};

pub(super) fn answer(call: &mut Call<'_>) -> Step<Reply> {
    let (trust, body) = call.body_and(access::trust)?;
    let errors = call.habits.errors;
    let habits = call.habits.cohort;
    let min = if habits.refuse_negative.kept() { 0 } else { i64::MIN };
    let mut issues = Vec::new();
    let outcome = call.domain().edition.cohort_outcome;
    let counts = read(body.as_ref(), &mut issues, min, outcome);
    let (Some(mut counts), true) = (counts, issues.is_empty()) else {
        return Err(unprocessable(&issues, &errors));
    };
    if counts.trust_id != trust.id && habits.own_only.kept() {
        let (name, other) = (&trust.name, counts.trust_id);
        let detail =
            format!("Trust '{name}' is not authorised to submit results for trust_id {other}");
        return Err(refusal(StatusCode::FORBIDDEN, &detail, &errors));
    }
    if habits.own_only.kept() {
        counts.trust_id = trust.id;
    }
    let query = counts.query_id;
    match call.domain().record_counts(counts, &habits) {
        Ok(()) => {
            let body = r#"{"message":"Cohort results processed successfully"}"#;
            Ok(json(StatusCode::OK, body))
        }
        Err(CohortRefusal::UnknownQuery) if habits.refuse_unknown.broken() => {
            let detail = format!("Error saving cohort results: {query}");
            Err(refusal(StatusCode::INTERNAL_SERVER_ERROR, &detail, &errors))
        }
        Err(CohortRefusal::UnknownQuery) => {
            let detail = format!("Query {query} not found");
            Err(refusal(StatusCode::NOT_FOUND, &detail, &errors))
        }
        Err(CohortRefusal::NotAddressed) => {
            let detail = format!("Query {query} is not addressed to trust '{}'", trust.name);
            Err(refusal(StatusCode::FORBIDDEN, &detail, &errors))
        }
    }
}

/// `GET /api/cohort/{query_id}`, in editions that serve it.
pub(super) fn read_back(call: &mut Call<'_>, query: &str) -> Step<Reply> {
    access::user(call)?;
    call.database()?;
    let errors = call.habits.errors;
    let mut issues = Vec::new();
    let Some(id) = path_uuid(query, "query_id", &mut issues) else {
        return Err(unprocessable(&issues, &errors));
    };
    let Some(aggregate) = call.domain().aggregate(id, &call.habits.cohort) else {
        let detail = format!("Query {id} not found");
        return Err(refusal(StatusCode::NOT_FOUND, &detail, &errors));
    };
    let body = serde_json::to_string(&aggregate).expect("texts and numbers always serialise");
    Ok(json(StatusCode::OK, body))
}

/// The counts; `outcome` tells whether the edition knows `error` and `suppressed`.
fn read<'b>(
    body: Option<&'b Json>,
    issues: &mut Vec<Issue<'b>>,
    min: i64,
    outcome: bool,
) -> Option<CohortCounts> {
    let whole = body::required(body, issues)?;
    let mut fields = Fields::of(whole, at(["body"]), issues)?;
    let query_id = fields.uuid("query_id", Presence::Required);
    let trust_id = fields.uuid("trust_id", Presence::Required);
    let created = fields.text("created", Presence::Required, 0..=usize::MAX);
    let record_count = fields.integer("record_count", Presence::Required, min..=i64::MAX);
    let groups = fields.list("data", Presence::RequiredNullable).unwrap_or_default();
    let data: Vec<Option<CohortGroup>> =
        groups.into_iter().map(|(item, place)| group(item, place, fields.issues(), min)).collect();
    let (mut error, mut suppressed) = (None, None);
    if outcome {
        error = fields.text("error", Presence::Nullable, 0..=usize::MAX);
        suppressed = fields.boolean("suppressed", Presence::Optional);
    }
    Some(CohortCounts {
        query_id: query_id?,
        trust_id: trust_id?,
        created: created?.to_owned(),
        record_count: record_count?,
        data: data.into_iter().flatten().collect(),
        error: error.map(str::to_owned),
        suppressed: suppressed.unwrap_or(false),
    })
}

fn group<'b>(
    item: &'b Json,
    place: Vec<Place>,
    issues: &mut Vec<Issue<'b>>,
    min: i64,
) -> Option<CohortGroup> {
    let mut fields = Fields::of(item, place, issues)?;
    let name = fields.text("name", Presence::Required, 0..=usize::MAX);
    let results = fields.list("results", Presence::Required).unwrap_or_default();
    let results: Vec<Option<CohortCount>> = results
        .into_iter()
        .map(|(item, place)| {
            let mut fields = Fields::of(item, place, fields.issues())?;
            let value = fields.text("value", Presence::Required, 0..=usize::MAX);
            let count = fields.integer("count", Presence::Required, min..=i64::MAX);
            Some(CohortCount { value: value?.to_owned(), count: count? })
        })
        .collect();
    Some(CohortGroup { name: name?.to_owned(), results: results.into_iter().flatten().collect() })
}
