//! `POST /api/model/{model_id}/metrics` (hub 8).

use axum::http::StatusCode;
use contract::edition::{Edition, MetricBody, MetricBounds};
use contract::limits::{ROUND_MAX, X_LABEL_CHARS_MAX, X_LABEL_DEFAULT};

use super::access;
use super::body;
use super::context::{Call, Step, path_uuid};
use super::fields::{Fields, Presence};
use super::issue::{Issue, at};
use super::json::Json;
use super::reply::{Reply, json, no_content, refusal, unprocessable};
use crate::domain::MetricRow;
use crate::habits::FlHabits;

pub(super) fn answer(call: &mut Call<'_>, model: &str) -> Step<Reply> {
    let ((), mut body) = call.body_and(access::internal)?;
    let errors = call.habits.errors;
    let shape = call.domain().edition.metric_body;
    if shape == MetricBody::ClientNameWithAxis {
        fill_axis(&mut body, &call.habits.fl);
    }
    let mut issues = Vec::new();
    let model = path_uuid(model, "model_id", &mut issues);
    let metric = read(body.as_ref(), &mut issues, call.domain().edition, &call.habits.fl);
    let (Some(model), Some(metric), true) = (model, metric, issues.is_empty()) else {
        return Err(unprocessable(&issues, &errors));
    };
    // Text columns hold no U+0000 and the column of the round is an integer of 32 bits.
    let unstorable = metric.label.contains('\0') || metric.round > ROUND_MAX;
    if call.database_fails() || unstorable {
        return Err(refusal(StatusCode::INTERNAL_SERVER_ERROR, DATABASE_FAULT, &errors));
    }
    let domain = call.domain();
    let client = metric.client.map(|name| domain.resolve_client(name, model, &call.habits));
    let trust = client
        .transpose()
        .map_err(|refused| refusal(StatusCode::BAD_REQUEST, &refused.to_string(), &errors))?;
    let axis = shape == MetricBody::ClientNameWithAxis;
    let named = metric.client.zip(trust.map(|trust| trust.id));
    let (fl_client_name, trust_id) = domain.owner_of_row(model, named, &call.habits);
    let row = MetricRow {
        fl_client_name,
        trust_id,
        global_round: metric.round,
        label: metric.label.to_owned(),
        result: metric.result,
        x_value: metric.x_value,
        x_label: axis.then(|| metric.x_label.unwrap_or(X_LABEL_DEFAULT).to_owned()),
        created_at: domain.clock.now(),
    };
    domain.add_metric(model, row, &call.habits);
    Ok(no_content())
}

/// `GET /api/model/{model_id}/metrics`, in editions that serve it.
pub(super) fn read_back(call: &mut Call<'_>, model: &str) -> Step<Reply> {
    access::user(call)?;
    let errors = call.habits.errors;
    let mut issues = Vec::new();
    let Some(id) = path_uuid(model, "model_id", &mut issues) else {
        return Err(unprocessable(&issues, &errors));
    };
    call.database()?;
    let rows = call.domain().model(id).map(|model| model.metrics).unwrap_or_default();
    // NaN becomes null: JSON has no word for it.
    let body = serde_json::to_string(&rows).expect("texts and numbers always serialise");
    Ok(json(StatusCode::OK, body))
}

/// The reply when the database does not take a metric.
pub(super) const DATABASE_FAULT: &str =
    "An internal server error occurred while saving training metrics.";

struct Metric<'b> {
    client: Option<&'b str>,
    round: i64,
    label: &'b str,
    result: f64,
    x_value: Option<f64>,
    x_label: Option<&'b str>,
}

fn read<'b>(
    body: Option<&'b Json>,
    issues: &mut Vec<Issue<'b>>,
    edition: &Edition,
    habits: &FlHabits,
) -> Option<Metric<'b>> {
    let (shape, checked) = (edition.metric_body, edition.metric_bounds == MetricBounds::Checked);
    let whole = body::required(body, issues)?;
    let mut fields = Fields::of(whole, at(["body"]), issues)?;
    let named =
        if habits.metric_names_client.kept() { Presence::Required } else { Presence::Nullable };
    let (client, round) = match shape {
        MetricBody::TrustName => {
            let round =
                if fields.raw("global_round").is_some() { "global_round" } else { "globalRound" };
            (fields.text("trust", named, 0..=usize::MAX), round)
        }
        MetricBody::ClientName | MetricBody::ClientNameWithAxis => {
            (fields.text("fl_client_name", named, 0..=usize::MAX), "global_round")
        }
    };
    let round_max = if checked { ROUND_MAX } else { i64::MAX };
    let round = fields.integer(round, Presence::Required, 0..=round_max);
    let label = fields.text("label", Presence::Required, 0..=usize::MAX);
    let result = if checked {
        fields.finite("result", Presence::Required)
    } else {
        fields.number("result", Presence::Required)
    };
    let (mut x_value, mut x_label) = (None, None);
    if shape == MetricBody::ClientNameWithAxis {
        x_value = fields.finite("x_value", Presence::Required);
        x_label = fields.text("x_label", Presence::Optional, 1..=X_LABEL_CHARS_MAX);
    }
    Some(Metric { client, round: round?, label: label?, result: result?, x_value, x_label })
}

/// The hub fills in the x value from the round before it looks at anything.
fn fill_axis(body: &mut Option<Json>, habits: &FlHabits) {
    let Some(Json::Object(object)) = body else { return };
    let filled = object.get("x_value").is_some_and(|value| *value != Json::Null);
    let round = object.get("global_round").filter(|round| !filled && **round != Json::Null);
    let Some(round) = round else { return };
    let value = if habits.default_axis.kept() { round.clone() } else { Json::Int(0) };
    object.set("x_value", value);
}

#[cfg(test)]
mod tests {
    use contract::edition::EditionId;

    use super::*;
    use crate::habits::Habits;

    #[test]
    fn an_old_body_names_every_member_it_lacks() {
        let habits = Habits::ideal(EditionId::DEFAULT.row()).fl;
        let old = br#"{"trust":"Trust_1","globalRound":3,"label":"TRAIN_LOSS","result":0.25}"#;
        let mut body = Some(Json::read(old).expect("it is JSON"));
        fill_axis(&mut body, &habits);
        let mut issues = Vec::new();
        read(body.as_ref(), &mut issues, EditionId::DEFAULT.row(), &habits);
        assert_eq!(issues.len(), 3);
        issues.clear();
        read(body.as_ref(), &mut issues, EditionId::V2026_06.row(), &habits);
        assert_eq!(issues.len(), 2);
        issues.clear();
        assert!(read(body.as_ref(), &mut issues, EditionId::V2026_03.row(), &habits).is_some());
    }
}
