//! Each way to keep something badly, beside the same run kept well.

use contract::edition::EditionId;
use serde_json::{Value, json};

use super::*;

const WORDS: [&str; 3] = ["PREPARED", "RUNNING", "RESULTS_UPLOADED"];

/// Two clients, one round, a failure of the second.
fn report() -> Value {
    let post = |what: &str, body: Value| json!({"what": what, "body": body.to_string(), "status": 204, "redirects": 0});
    let metric = |slot: &str, value: f64| {
        post(
            "metric",
            json!({"fl_client_name": slot, "global_round": 1, "label": "L",
            "result": value, "x_value": 0.5, "x_label": "epoch"}),
        )
    };
    let mut answers = vec![
        metric("Trust_1", 1.0),
        metric("Trust_2", 2.0),
        post(
            "event E",
            json!({"fl_client_name": "Trust_1", "log": null, "event_type": "E",
            "global_round": 1, "details": {"n": 1}, "success": true}),
        ),
        post("log", json!({"trust": "Trust_2", "log": "boom"})),
    ];
    answers.extend(
        WORDS.map(|word| json!({"what": format!("status {word}"), "body": null, "status": 200})),
    );
    json!({"answers": answers, "ended": "RESULTS_UPLOADED"})
}

fn model() -> Value {
    let metric = |slot: &str, trust: &str, value: f64| {
        json!({"fl_client_name": slot, "trust_id": trust, "global_round": 1, "label": "L",
            "result": value, "x_value": 0.5, "x_label": "epoch"})
    };
    let own = |word: &str| json!({"fl_client_name": null, "log": format!("Model status set to {word}"), "success": true});
    json!({
        "status": "RESULTS_UPLOADED",
        "metrics": [metric("Trust_1", "a", 1.0), metric("Trust_2", "b", 2.0)],
        "logs": [own("PREPARED"), own("RUNNING"),
            {"fl_client_name": "Trust_1", "trust_id": "a", "log": null, "event_type": "E",
             "global_round": 1, "details": {"n": 1}, "success": true},
            {"fl_client_name": "Trust_2", "trust_id": "b", "log": "boom", "event_type": null,
             "success": false},
            own("RESULTS_UPLOADED")],
    })
}

fn judged(report: &Value, model: &Value) -> Vec<(Wrong, &'static str, u64, u64)> {
    let owners = [("Trust_1", "a"), ("Trust_2", "b")];
    let owners = owners.map(|(slot, id)| (slot.to_owned(), id.to_owned())).into();
    let run = Run { hub: EditionId::DEFAULT.row(), report, model, owners: &owners };
    run.flaws().into_iter().map(|flaw| (flaw.wrong, flaw.kind, flaw.sent, flaw.stored)).collect()
}

/// The verdict after one change of what the hub holds.
fn after(change: impl Fn(&mut Value)) -> Vec<(Wrong, &'static str, u64, u64)> {
    let mut model = model();
    change(&mut model);
    judged(&report(), &model)
}

#[test]
fn what_is_kept_has_no_flaw_and_counts_whole() {
    assert_eq!(after(|_| {}), []);
    let owners = BTreeMap::new();
    let (report, model) = (report(), model());
    let run =
        Run { hub: EditionId::DEFAULT.row(), report: &report, model: &model, owners: &owners };
    let counts = run.tallies().map(|(kind, tally)| (kind, tally.sent, tally.stored));
    assert_eq!(counts, [("metrics", 2, 2), ("events", 1, 1), ("logs", 1, 1), ("status", 3, 3)]);
}

#[test]
fn missing_and_doubled_rows_are_counted() {
    let lost = after(|model| model["metrics"] = json!([]));
    assert_eq!(lost, [(Wrong::Missing, "metrics", 2, 0)]);
    let lost = after(|model| drop(model["logs"].as_array_mut().expect("rows").remove(2)));
    assert_eq!(lost, [(Wrong::Missing, "events", 1, 0)]);
    let twice = after(|model| {
        let row = model["metrics"][0].clone();
        model["metrics"].as_array_mut().expect("rows").push(row);
    });
    assert_eq!(twice, [(Wrong::Doubled, "metrics", 2, 2)]);
}

#[test]
fn a_row_of_another_client_is_not_the_row_that_was_sent() {
    let named = after(|model| {
        model["metrics"][0]["fl_client_name"] = json!("Trust_2");
        model["metrics"][1]["fl_client_name"] = json!("Trust_1");
    });
    assert_eq!(named, [(Wrong::Misplaced, "metrics", 2, 2)]);
    let owned = after(|model| model["metrics"][0]["trust_id"] = json!("b"));
    assert_eq!(owned, [(Wrong::Misplaced, "metrics", 2, 2)]);
    let event = after(|model| model["logs"][2]["fl_client_name"] = json!("Trust_2"));
    assert_eq!(event, [(Wrong::Misplaced, "events", 1, 1)]);
}

#[test]
fn a_failure_held_as_a_success_is_worse_than_none() {
    assert_eq!(
        after(|model| model["logs"][3]["success"] = json!(true)),
        [(Wrong::TurnedWell, "logs", 1, 1)]
    );
    let nobodys = after(|model| {
        model["logs"][3]["success"] = json!(true);
        model["logs"][3]["fl_client_name"] = Value::Null;
    });
    assert_eq!(nobodys, [(Wrong::TurnedWell, "logs", 1, 1)]);
    assert_eq!(after(|model| model["logs"][3]["success"] = json!(false)), []);
}

#[test]
fn another_round_or_value_or_detail_is_a_change() {
    assert_eq!(
        after(|model| model["metrics"][0]["global_round"] = json!(0)),
        [(Wrong::Changed, "metrics", 2, 2)]
    );
    assert_eq!(
        after(|model| model["metrics"][0]["result"] = json!(9.0)),
        [(Wrong::Changed, "metrics", 2, 2)]
    );
    assert_eq!(
        after(|model| model["logs"][2]["details"] = json!({})),
        [(Wrong::Changed, "events", 1, 1)]
    );
}

#[test]
fn an_axis_that_is_dropped_is_poorer_and_nothing_else() {
    let dropped = after(|model| model["metrics"][0]["x_value"] = Value::Null);
    assert_eq!(dropped, [(Wrong::Poorer, "axis", 2, 1)]);
    let mut in_band = report();
    in_band["received"] = json!([
        {"client": "Trust_1", "metric": {"label": "l", "value": 1.0, "x_value": 7.0}},
        {"client": "Trust_2", "metric": {"label": "l", "value": 2.0, "round": 1}},
    ]);
    assert_eq!(judged(&in_band, &model()), [(Wrong::Poorer, "axis", 2, 1)]);
}

#[test]
fn a_word_never_shown_is_told_from_a_model_that_never_moves() {
    let unshown = after(|model| drop(model["logs"].as_array_mut().expect("rows").remove(1)));
    assert_eq!(unshown, [(Wrong::Unshown, "status", 3, 2)]);
    let stuck = after(|model| model["status"] = json!("PENDING"));
    assert_eq!(stuck, [(Wrong::Unended, "status", 3, 3)]);
}

#[test]
fn an_old_word_for_running_is_the_new_one() {
    let mut old = report();
    let answers = old["answers"].as_array_mut().expect("posts");
    for post in answers.iter_mut().filter(|post| post["what"] == "status RUNNING") {
        post["what"] = json!("status TRAINING_STARTED");
    }
    assert_eq!(judged(&old, &model()), []);
}

#[test]
fn a_redirect_that_ate_the_body_is_named() {
    let mut moved = report();
    moved["answers"][0]["redirects"] = json!(1);
    let mut model = model();
    model["metrics"].as_array_mut().expect("rows").remove(0);
    assert_eq!(judged(&moved, &model), [(Wrong::Redirected, "metrics", 2, 1)]);
}
