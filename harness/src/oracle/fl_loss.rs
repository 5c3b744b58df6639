//! What an FL run produced against what the hub holds of it: lost, or kept with another meaning (fl 5).

use serde_json::Value;

/// Something of a run that the hub does not hold as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// `metrics`, `events` or `logs`.
    pub kind: &'static str,
    /// Posts made.
    pub sent: u64,
    /// Rows held.
    pub stored: u64,
    /// Whether the run looks well all the same.
    pub silent: bool,
    /// The same for people.
    pub sentence: String,
}

/// Every loss of one run. `report` is what the FL server tells of its posts, `model` what the hub
/// holds: `metrics` and `logs` rows. Rows the hub adds by itself are its own affair.
pub fn losses(report: &Value, model: &Value) -> Vec<Loss> {
    let ended = report["ended"].as_str().unwrap_or_default();
    let silent = ended == "RESULTS_UPLOADED";
    let mut found: Vec<Loss> = KINDS
        .into_iter()
        .filter_map(|kind| {
            let sent = report["sent"][kind].as_u64().unwrap_or_default();
            let stored = stored(kind, report, model);
            (stored != sent).then(|| {
                let answers = refusals(report, kind);
                let sentence = format!(
                    "{sent} {kind} sent, {stored} stored{answers}; the run ends {ended}{}",
                    if silent { ": a silent loss" } else { "" }
                );
                Loss { kind, sent, stored, silent, sentence }
            })
        })
        .collect();
    found.extend(changed(report, model));
    found
}

/// Rows the hub holds of what one run produced, of each kind together.
pub fn rows_of_run(report: &Value, model: &Value) -> u64 {
    KINDS.into_iter().map(|kind| stored(kind, report, model)).sum()
}

/// Rows of one kind that some post of the run stands behind.
fn stored(kind: &str, report: &Value, model: &Value) -> u64 {
    let rows = |member: &str| model[member].as_array().cloned().unwrap_or_default();
    let sent = bodies(report);
    let is_sent = |row: &&Value, member: &str| {
        !row[member].is_null() && sent.iter().any(|body| body[member] == row[member])
    };
    let count = match kind {
        "metrics" => rows("metrics").len(),
        "events" => rows("logs").iter().filter(|row| is_sent(row, "event_type")).count(),
        _ => rows("logs").iter().filter(|row| is_sent(row, "log")).count(),
    };
    count as u64
}

/// The bodies of a run's posts.
fn bodies(report: &Value) -> Vec<Value> {
    let answers = report["answers"].as_array().cloned().unwrap_or_default();
    let texts = answers.iter().filter_map(|post| post["body"].as_str());
    texts.filter_map(|text| serde_json::from_str(text).ok()).collect()
}

/// A failure that is held as a success, or as nobody's.
fn changed(report: &Value, model: &Value) -> Option<Loss> {
    let failures: Vec<Value> = bodies(report)
        .iter()
        .filter(|body| body["log"].is_string())
        .map(|b| b["log"].clone())
        .collect();
    let rows = model["logs"].as_array().cloned().unwrap_or_default();
    let odd = rows
        .iter()
        .filter(|row| failures.contains(&row["log"]))
        .filter(|row| row["success"] == true || row["fl_client_name"].is_null())
        .count() as u64;
    (odd > 0).then(|| Loss {
        kind: "logs",
        sent: odd,
        stored: odd,
        silent: true,
        sentence: format!("{odd} client failures stored as a success or without client"),
    })
}

/// How the hub answered the posts of one kind, where it did not take them.
pub(crate) fn refusals(report: &Value, kind: &str) -> String {
    let of_kind = |what: &str| match kind {
        "metrics" => what == "metric",
        "logs" => what == "log",
        _ => what.starts_with("event"),
    };
    let answers = report["answers"].as_array().cloned().unwrap_or_default();
    let mut statuses: Vec<u64> = answers
        .iter()
        .filter(|post| post["what"].as_str().is_some_and(of_kind))
        .filter_map(|post| post["status"].as_u64())
        .filter(|status| !(200..300).contains(status))
        .collect();
    statuses.sort_unstable();
    statuses.dedup();
    let word = |status: &u64| if *status == 0 { "nothing".to_owned() } else { status.to_string() };
    let words: Vec<String> = statuses.iter().map(word).collect();
    if words.is_empty() { String::new() } else { format!(", answered {}", words.join(" and ")) }
}

const KINDS: [&str; 3] = ["metrics", "events", "logs"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report(ended: &str) -> Value {
        let event = json!({"event_type": "X", "global_round": 1, "log": null}).to_string();
        json!({
            "sent": {"metrics": 2, "logs": 0, "events": 1, "statuses": 3},
            "answers": [
                {"what": "metric", "status": 422, "body": "{}"},
                {"what": "event X", "status": 204, "body": event},
            ],
            "ended": ended,
        })
    }

    /// With a row the hub added by itself.
    fn model(metrics: &Value) -> Value {
        let own = json!({"event_type": null, "log": "Model status set to RUNNING"});
        json!({"metrics": metrics, "logs": [own, {"event_type": "X", "log": null}]})
    }

    #[test]
    fn what_is_stored_once_is_no_loss() {
        assert_eq!(losses(&report("RESULTS_UPLOADED"), &model(&json!([{}, {}]))), []);
        assert_eq!(rows_of_run(&report("ERROR"), &model(&json!([{}, {}]))), 3);
    }

    #[test]
    fn refused_and_swallowed_is_a_silent_loss_with_its_numbers() {
        let found = losses(&report("RESULTS_UPLOADED"), &model(&json!([])));
        assert_eq!(found.len(), 1);
        assert!(found[0].silent);
        let sentence = &found[0].sentence;
        assert!(sentence.contains("2 metrics sent, 0 stored, answered 422"), "{sentence}");
        assert!(!losses(&report("ERROR"), &model(&json!([])))[0].silent);
    }

    #[test]
    fn a_failure_kept_as_a_success_is_a_loss_although_a_row_is_there() {
        let body = json!({"fl_client_name": "Trust_1", "log": "boom", "success": false});
        let run = json!({
            "sent": {"metrics": 0, "logs": 1, "events": 0},
            "answers": [{"what": "log", "status": 204, "body": body.to_string()}],
            "ended": "ERROR",
        });
        let row = |client: Value, success| {
            json!({"metrics": [], "logs": [{"event_type": null, "log": "boom",
                   "fl_client_name": client, "success": success}]})
        };
        assert_eq!(losses(&run, &row(json!("Trust_1"), false)), []);
        assert_eq!(losses(&run, &row(json!("Trust_1"), true)).len(), 1);
        assert_eq!(losses(&run, &row(Value::Null, false)).len(), 1);
    }
}
