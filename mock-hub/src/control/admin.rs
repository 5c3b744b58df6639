//! The hub as a whole: what it is, what it holds, how it differs from the contract.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use wiretap::control::ControlError;

use super::Context;
use crate::domain::Snapshot;
use crate::faults;
use crate::faults::routes::UPKEEP_MOMENT;
use crate::habits::Conduct;

/// What this hub is; with a state file also where that is, and columns its tables lack.
#[utoipa::path(get, path = "/control/status", responses((status = 200, body = Object)))]
pub(super) async fn status(State(context): State<Context>) -> Json<Value> {
    let facts = &context.facts;
    let mut status = json!({
        "edition": facts.edition,
        "conduct": facts.conduct.name(),
        "seed": facts.seed,
        "version": context.domain.settings().hub_version,
        "now": context.domain.clock.now().zulu(),
        "api_url": facts.api_url,
        "fl_addr": facts.fl_addr,
    });
    if let Some((path, lacks)) = context.domain.state_file() {
        status["state"] = json!({"file": path.display().to_string(), "lacks": lacks});
    }
    if let Some(ca_pem) = &facts.ca_pem {
        status["ca_pem"] = json!(ca_pem);
    }
    Json(status)
}

/// Deviations of the real hub in this edition, and whether this hub shows them.
#[utoipa::path(get, path = "/control/deviations", responses((status = 200, body = [Object])))]
pub(super) async fn deviations(State(context): State<Context>) -> Json<Vec<Value>> {
    let facts = &context.facts;
    let known = faults::ALL.iter().filter(|fault| fault.deviation.contains(facts.edition));
    let shown = |fault: &&faults::Fault| {
        json!({
            "name": fault.name,
            "breaks": fault.breaks,
            "sentence": fault.sentence,
            "in_force": facts.conduct == Conduct::AsBuilt,
        })
    };
    Json(known.map(|fault| shown(&fault)).collect())
}

/// The whole state without any key.
#[utoipa::path(get, path = "/control/snapshot", responses((status = 200, body = Object)))]
pub(super) async fn snapshot(State(context): State<Context>) -> Json<Snapshot> {
    Json(context.domain.snapshot())
}

/// Recreates the database, removes armed faults, lets the clock run, opens the FL endpoint. Keys of
/// the hub, settings and the journal stay.
#[utoipa::path(post, path = "/control/reset", responses((status = 200, body = Object)))]
pub(super) async fn reset(State(context): State<Context>) -> Result<Json<Snapshot>, ControlError> {
    context.domain.reset(&context.habits(UPKEEP_MOMENT));
    context.faults.clear();
    context.domain.clock.reset();
    context.domain.change_settings(|settings| {
        settings.limits_enforced = true;
        settings.identity = crate::domain::IdentityOverride::default();
    });
    super::fl::reopen(&context).await?;
    Ok(snapshot(State(context)).await)
}
