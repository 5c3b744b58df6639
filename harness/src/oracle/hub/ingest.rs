//! Conservation: what FL ingest accepted is stored once, under the right client (hub 8).

use contract::edition::{Edition, LogBody, MetricBody};
use contract::limits::X_LABEL_DEFAULT;
use serde_json::Value;

use super::{Breach, Standing};
use crate::finding::Judged;
use crate::hub_stage::{FlPost, HubStage, Seen};

/// Everything the scenario posted for models of its own, against the rows they hold now.
pub async fn conservation(hub: &HubStage) -> Judged<Vec<Standing>> {
    let Ok(control) = hub.control() else { return Ok(Vec::new()) };
    if hub.rows_removed {
        return Ok(Vec::new());
    }
    let mut posts: Vec<FlPost> = hub.seen.iter().filter_map(as_post).collect();
    posts.extend(hub.posted.iter().cloned());
    let mut found = Vec::new();
    for id in hub.models.values() {
        let own: Vec<&FlPost> = posts.iter().filter(|post| post.model_id == *id).collect();
        if own.is_empty() {
            continue;
        }
        let model = control.model_rows(id).await?;
        let rows = |member: &str| model[member].as_array().cloned().unwrap_or_default();
        let breaches = [
            metrics(hub.edition, &own, &rows("metrics")),
            logs(hub.edition, &own, &rows("logs")),
            owners(hub, &rows("metrics")),
        ];
        let line = format!("model {id}: {} posts, {}", own.len(), counts(&model));
        found.extend(breaches.into_iter().flatten().map(|breach| Standing {
            clause: "FL-LOSS-01",
            breach,
            line: line.clone(),
        }));
    }
    Ok(found)
}

/// Whether every accepted metric is one row and no row is without a post.
pub fn metrics(edition: &Edition, posts: &[&FlPost], rows: &[Value]) -> Option<Breach> {
    let sent: Vec<&FlPost> = accepted(posts, "metrics");
    for post in &sent {
        let same = sent.iter().filter(|other| other.body == post.body).count();
        let kept = rows.iter().filter(|row| is_metric_row(edition, &post.body, row)).count();
        if kept != same {
            return Some(times("metric", same, kept, &post.body));
        }
    }
    (rows.len() != sent.len())
        .then(|| Breach::new(format!("{} metric rows", sent.len()), format!("{} rows", rows.len())))
}

/// Whether every accepted log and event is one row. Rows the hub adds by itself are its own affair,
/// and the old log body is judged where its clause is.
pub fn logs(edition: &Edition, posts: &[&FlPost], rows: &[Value]) -> Option<Breach> {
    let old = |post: &&FlPost| is_typed(edition) && post.body.get("trust").is_some();
    let sent: Vec<&FlPost> =
        accepted(posts, "logs").into_iter().filter(|post| !old(post)).collect();
    for post in &sent {
        let same = sent.iter().filter(|other| other.body == post.body).count();
        let kept = rows.iter().filter(|row| is_log_row(edition, &post.body, row)).count();
        if kept != same {
            return Some(times("log", same, kept, &post.body));
        }
    }
    None
}

/// Whether a stored metric is what that body said.
pub fn is_metric_row(edition: &Edition, body: &Value, row: &Value) -> bool {
    let client = body.get("fl_client_name").or_else(|| body.get("trust"));
    let round = body.get("global_round").or_else(|| body.get("globalRound"));
    let axis = edition.metric_body == MetricBody::ClientNameWithAxis;
    let x = body.get("x_value").or(round);
    let default_label = Value::from(X_LABEL_DEFAULT);
    let x_label = body.get("x_label").unwrap_or(&default_label);
    client == row.get("fl_client_name")
        && same_number(round, row.get("global_round"))
        && body.get("label") == row.get("label")
        && same_number(body.get("result"), row.get("result"))
        && (!axis || same_number(x, row.get("x_value")) && Some(x_label) == row.get("x_label"))
}

/// Whether a stored log row is what that body said. Where a body holds nothing but a name and a text,
/// whose row it is and whether it is a failure are judged where their clause is.
pub fn is_log_row(edition: &Edition, body: &Value, row: &Value) -> bool {
    let client = body.get("fl_client_name").or_else(|| body.get("trust")).unwrap_or(&Value::Null);
    let same = |member: &str| body[member] == row[member];
    if edition.log_body == LogBody::TrustName {
        return same("log");
    }
    if *client != row["fl_client_name"] || !same("log") {
        return false;
    }
    let success = body.get("success").cloned().unwrap_or(Value::Bool(true));
    !is_typed(edition)
        || same("event_type")
            && same("global_round")
            && same("details")
            && success == row["success"]
}

/// Whether rows of a known slot belong to the trust that holds it.
fn owners(hub: &HubStage, rows: &[Value]) -> Option<Breach> {
    for trust in hub.trusts.values() {
        let client = if hub.edition.clients_are_trust_names() { &trust.name } else { &trust.slot };
        let theirs = rows.iter().filter(|row| row["fl_client_name"] == client.as_str());
        for row in theirs {
            if row["trust_id"].is_string() && row["trust_id"] != trust.id.as_str() {
                let expected = format!("rows of {client} under trust {}", trust.id);
                return Some(Breach::new(expected, format!("trust {}", row["trust_id"])));
            }
        }
    }
    None
}

fn as_post(seen: &Seen) -> Option<FlPost> {
    let rest = seen.ask.path.strip_prefix("/model/")?;
    let (model_id, what) = rest.split_once('/')?;
    let what = ["metrics", "logs"].into_iter().find(|word| *word == what)?;
    let (body, status) = (seen.ask.body_json(), seen.reply.status);
    Some(FlPost { model_id: model_id.to_owned(), what, body, status })
}

fn accepted<'p>(posts: &[&'p FlPost], what: &str) -> Vec<&'p FlPost> {
    let granted = |post: &&FlPost| (200..300).contains(&post.status) && post.what == what;
    posts.iter().copied().filter(granted).collect()
}

fn is_typed(edition: &Edition) -> bool {
    matches!(edition.log_body, LogBody::Typed | LogBody::TypedWithCaps)
}

fn same_number(one: Option<&Value>, other: Option<&Value>) -> bool {
    let (one, other) = (one.and_then(Value::as_f64), other.and_then(Value::as_f64));
    matches!((one, other), (Some(a), Some(b)) if (a - b).abs() < f64::EPSILON)
}

fn times(what: &str, sent: usize, kept: usize, body: &Value) -> Breach {
    let expected = format!("one row for each accepted {what}, {sent} of {body}");
    Breach::new(expected, format!("{kept} rows"))
}

fn counts(model: &Value) -> String {
    let count = |member: &str| model[member].as_array().map_or(0, Vec::len);
    format!("{} metric rows, {} log rows", count("metrics"), count("logs"))
}

#[cfg(test)]
mod tests {
    use contract::edition::EditionId;
    use serde_json::json;

    use super::*;

    fn post(what: &'static str, body: Value) -> FlPost {
        FlPost { model_id: "m".to_owned(), what, body, status: 204 }
    }

    fn metric() -> Value {
        json!({"fl_client_name": "Trust_1", "global_round": 3, "label": "L", "result": 0.25})
    }

    fn row() -> Value {
        json!({"fl_client_name": "Trust_1", "global_round": 3, "label": "L", "result": 0.25,
               "x_value": 3.0, "x_label": "Global Rounds"})
    }

    #[test]
    fn each_accepted_metric_is_one_row() {
        let newest = EditionId::DEFAULT.row();
        let one = post("metrics", metric());
        assert_eq!(metrics(newest, &[&one], &[row()]), None);
        assert_eq!(metrics(newest, &[&one, &one], &[row(), row()]), None);
        assert!(metrics(newest, &[&one], &[]).is_some());
        assert!(metrics(newest, &[&one], &[row(), row()]).is_some());
        let mut other = row();
        other["fl_client_name"] = json!("Trust_2");
        assert!(metrics(newest, &[&one], &[other]).is_some());
        let refused = FlPost { status: 422, ..post("metrics", metric()) };
        assert_eq!(metrics(newest, &[&refused], &[]), None);
    }

    #[test]
    fn the_axis_counts_where_the_edition_has_one() {
        let bare = json!({"fl_client_name": "Trust_1", "global_round": 3, "label": "L",
                          "result": 0.25, "x_value": null, "x_label": null});
        assert!(is_metric_row(EditionId::V2026_06.row(), &metric(), &bare));
        assert!(!is_metric_row(EditionId::DEFAULT.row(), &metric(), &bare));
        let old = json!({"trust": "Trust_1", "globalRound": 3, "label": "L", "result": 0.25});
        assert!(is_metric_row(EditionId::V2026_03.row(), &old, &bare));
    }

    #[test]
    fn a_log_keeps_its_client_and_its_success() {
        let newest = EditionId::DEFAULT.row();
        let body = json!({"fl_client_name": "Trust_1", "log": "boom", "success": false});
        let good = json!({"fl_client_name": "Trust_1", "log": "boom", "event_type": null,
                          "global_round": null, "details": null, "success": false});
        assert!(is_log_row(newest, &body, &good));
        for (member, value) in [("success", json!(true)), ("fl_client_name", json!(null))] {
            let mut bad = good.clone();
            bad[member] = value;
            assert!(!is_log_row(newest, &body, &bad), "{member}");
        }
    }

    #[test]
    fn the_old_log_body_is_left_to_its_own_clause() {
        let old = post("logs", json!({"trust": "Trust_1", "log": "boom"}));
        assert_eq!(logs(EditionId::DEFAULT.row(), &[&old], &[]), None);
        assert!(logs(EditionId::V2026_03.row(), &[&old], &[]).is_some());
    }
}
