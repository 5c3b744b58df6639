//! Trainings: the FL server stand-in posts to the hub as a library line does.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use contract::fl_line::FlLineId;
use contract::key::Secret;
use serde::Deserialize;
use utoipa::ToSchema;
use wiretap::control::{ControlError, Input};

use super::Context;
use crate::fl::in_band::InBand;
use crate::fl::post::Caller;
use crate::fl::report::Report;
use crate::fl::training::{Crash, Plan, Training};

/// A training to run.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "a request's independent switches")]
pub(super) struct NewTraining {
    /// Model to train; known to the hub or not.
    model_id: String,
    /// Line of the FL server; absent: the newest.
    #[schema(value_type = Option<String>)]
    line: Option<FlLineId>,
    /// Rounds, at most 1000.
    rounds: i64,
    /// Names of the FL clients, at most 64. One that has joined the endpoint trains itself, the others
    /// are simulated; an empty name stands for a reply that names no site.
    clients: Vec<String>,
    /// Curves in each round; absent: TRAIN_LOSS.
    labels: Option<Vec<String>>,
    /// The client whose training code raises in round 1.
    crash: Option<String>,
    /// The server no longer knows whose exception it was.
    #[serde(default)]
    crash_unattributed: bool,
    /// The job waits for resources and never starts.
    #[serde(default)]
    waiting: bool,
    /// The upload of the results fails.
    #[serde(default)]
    upload_fails: bool,
    /// The job evaluates a model: no rounds, one set of metrics at the end.
    #[serde(default)]
    evaluation: bool,
    /// Line of simulated clients; absent: the server's.
    #[schema(value_type = Option<String>)]
    trust_line: Option<FlLineId>,
    /// Simulated clients run one of the oldest releases of that line.
    #[serde(default)]
    at_first: bool,
    /// What the training code of simulated clients gives besides label and value.
    given: Option<Given>,
    /// Project id for clients that joined, sealed for the site; with it they fetch the site's data.
    encrypted_project_id: Option<String>,
    /// The cohort such clients fetch, as SQL.
    query: Option<String>,
    /// Training code gives every point its round and a place on an axis of its own, and joined clients
    /// a value no other client has.
    #[serde(default)]
    own_axis: bool,
    /// Base URL to post to, a trailing slash kept; absent: this hub's own API.
    ingest_url: Option<String>,
    /// Key to post with; absent: the hub-internal key; empty: none.
    #[schema(value_type = Option<String>)]
    key: Option<Secret>,
    /// Factor on the line's time limits and pauses; absent: 1.
    time_scale: Option<f64>,
    /// The answer comes after this long even if a call never returns; absent: 60000.
    deadline_ms: Option<u64>,
}

/// Round or axis of a metric.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    /// Round the training code puts in.
    round: Option<i64>,
    /// Place on an axis of its own.
    x_value: Option<f64>,
    /// Name of that axis.
    x_label: Option<String>,
    /// The value is no number.
    #[serde(default)]
    not_a_number: bool,
}

/// Runs a training to its end and tells what was sent and answered.
#[utoipa::path(post, path = "/control/training", request_body = NewTraining, responses(
    (status = 200, body = Report), (status = 400, body = super::document::Error)))]
pub(super) async fn run(
    State(context): State<Context>,
    Input(new): Input<NewTraining>,
) -> Result<Json<Report>, ControlError> {
    check(&new)?;
    let deadline = Duration::from_millis(new.deadline_ms.unwrap_or(DEADLINE_MS));
    let caller = caller(&context, &new)?;
    let names = names(&context, &new.clients);
    let mut training = Training::new(caller, Plan { names, ..plan(new) });
    // Past the deadline the report says BLOCKED: that is the finding, not an error.
    let _ = tokio::time::timeout(deadline, training.run(&context.fl_server)).await;
    Ok(Json(training.into_report()))
}

fn check(new: &NewTraining) -> Result<(), ControlError> {
    let labels = new.labels.as_ref().map_or(1, Vec::len);
    let what = if !(0..=ROUNDS_MAX).contains(&new.rounds) {
        "`rounds` must be 0 to 1000"
    } else if new.clients.len() > CLIENTS_MAX || labels > CLIENTS_MAX {
        "there may be 64 `clients` and 64 `labels` at most"
    } else if new.time_scale.is_some_and(|scale| !(0.0..=1000.0).contains(&scale)) {
        "`time_scale` must be 0 to 1000"
    } else if new.model_id.contains(['/', '?', '#', ' ', '\r', '\n']) {
        "`model_id` must fit into a path"
    } else {
        return Ok(());
    };
    Err(ControlError::bad_request(format!("POST /control/training: {what}: send less")))
}

fn caller(context: &Context, new: &NewTraining) -> Result<Caller, ControlError> {
    let key = match &new.key {
        Some(key) => Some(key.clone()),
        None => context.domain.internal_key().value().cloned(),
    };
    let tls = context.client_tls().map_err(|error| {
        ControlError::internal(format!("the FL server cannot trust the hub: {error}"))
    })?;
    Ok(Caller {
        line: new.line.unwrap_or(FlLineId::DEFAULT).row(),
        base_url: new.ingest_url.clone().unwrap_or_else(|| context.facts.api_url.clone()),
        key: key.filter(|key| !key.is_empty()),
        time_scale: new.time_scale.unwrap_or(1.0),
        tls,
    })
}

/// What the FL server calls the clients of these slots, where the hub knows them by their trust's name.
fn names(context: &Context, slots: &[String]) -> BTreeMap<String, String> {
    if !context.domain.edition.clients_are_trust_names() {
        return BTreeMap::new();
    }
    let name = |slot: &String| {
        let trust = context.domain.trust(context.domain.slot_holder(slot)?)?;
        Some((slot.clone(), trust.name.clone()))
    };
    slots.iter().filter_map(name).collect()
}

fn plan(new: NewTraining) -> Plan {
    let given = new.given.map(|given| InBand {
        label: String::new(),
        value: if given.not_a_number { f64::NAN } else { 0.0 },
        round: given.round,
        x_value: given.x_value,
        x_label: given.x_label,
    });
    let attributed = !new.crash_unattributed;
    Plan {
        model_id: new.model_id,
        rounds: new.rounds,
        clients: new.clients,
        names: BTreeMap::new(),
        labels: new.labels.unwrap_or_else(|| vec!["TRAIN_LOSS".to_owned()]),
        crash: new.crash.map(|client| Crash { client, attributed }),
        waiting: new.waiting,
        evaluation: new.evaluation,
        upload_fails: new.upload_fails,
        given,
        trust_line: new.trust_line.or(new.line).unwrap_or(FlLineId::DEFAULT).row(),
        at_first: new.at_first,
        encrypted_project_id: new.encrypted_project_id,
        query: new.query,
        own_axis: new.own_axis,
    }
}

const ROUNDS_MAX: i64 = 1000;
const CLIENTS_MAX: usize = 64;
const DEADLINE_MS: u64 = 60_000;
