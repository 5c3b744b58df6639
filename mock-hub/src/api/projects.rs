//! Projects as users ask for them: frozen cohorts, decisions, whether trainings run (newer releases 2).

use axum::http::StatusCode;
use serde_json::json;
use uuid::Uuid;

use super::access;
use super::context::{Call, Step, path_uuid};
use super::reply::{self, Reply, refusal, unprocessable};
use crate::domain::UserToken;

/// `GET` and `POST /api/projects/{project_id}/cohort-snapshots`.
pub(super) fn snapshots(call: &mut Call<'_>, project: &str, again: bool) -> Step<Reply> {
    access::user(call)?;
    call.database()?;
    let errors = call.habits.errors;
    let mut issues = Vec::new();
    let Some(project) = path_uuid(project, "project_id", &mut issues) else {
        return Err(unprocessable(&issues, &errors));
    };
    let domain = call.domain();
    if domain.cohort_freezes(project, &call.habits.tasks).is_empty() {
        let detail = format!("Project {project} has no cohort to freeze");
        return Err(refusal(StatusCode::NOT_FOUND, &detail, &errors));
    }
    if again {
        domain.freeze_again(project);
    }
    let freezes = domain.cohort_freezes(project, &call.habits.tasks);
    Ok(reply::json(StatusCode::OK, json!(freezes).to_string()))
}

/// `GET /api/trust/{trust_id}/decisions`: for the admin of that trust alone.
pub(super) fn decisions(call: &mut Call<'_>, trust: &str) -> Step<Reply> {
    let caller = access::user(call)?;
    call.database()?;
    let errors = call.habits.errors;
    let Some(known) = Uuid::try_parse(trust).ok().and_then(|id| call.domain().trust(id)) else {
        let detail = format!("Trust ID: {trust} does not exist");
        return Err(refusal(StatusCode::NOT_FOUND, &detail, &errors));
    };
    let own = caller == UserToken::TrustAdmin(known.id);
    let hub_admin = caller == UserToken::Admin && call.habits.auth.trust_admin_only.broken();
    if !own && !hub_admin {
        let detail = "Trust Admin of this trust required.";
        return Err(refusal(StatusCode::FORBIDDEN, detail, &errors));
    }
    // Whatever the mock hub approves, the hub has decided.
    let decided =
        |project: Uuid| json!({"project_id": project, "status": "APPROVED", "decided_as": "HUB"});
    let projects = call.domain().projects_of(known.id);
    let rows: Vec<_> = projects.into_iter().map(decided).collect();
    Ok(reply::json(StatusCode::OK, json!(rows).to_string()))
}

/// `GET /api/fl/quiesce`. The mock hub has one net, busy while a model is between its first status word
/// and its last.
pub(super) fn quiesce(call: &mut Call<'_>) -> Step<Reply> {
    if call.habits.fl.guard_quiesce.kept() {
        access::user(call)?;
    }
    call.database()?;
    let busy = call.domain().trains() && call.habits.fl.tell_busy.kept();
    let status = if busy { "BUSY" } else { "AVAILABLE" };
    let body = json!({
        "deployment_mode": false,
        "fl_quiesced": !busy,
        "schedulers": [{"net": "net-1", "status": status}],
    });
    Ok(reply::json(StatusCode::OK, body.to_string()))
}
