//! Every machine shape the command prints keeps the schema that is shipped for it.

use std::fs;
use std::path::Path;

use e2e::{root, run, run_without_docker};
use jsonschema::Validator;
use serde_json::Value;
use tempfile::tempdir;

fn schema(name: &str) -> Validator {
    let path = root().join(format!("docs/schema/{name}.schema.json"));
    let text = fs::read_to_string(&path).expect("a schema");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

#[track_caller]
fn keeps(schema: &Validator, document: &Value) {
    let wrong: Vec<String> = schema
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn lists(folder: &Path) {
    for what in ["scenarios", "requirements", "mutants", "faults", "deviations", "editions"] {
        let list = run(folder, &["list", what, "--format", "json"]).expect_code(0).json();
        assert!(list.as_array().is_some_and(|rows| !rows.is_empty()), "{what}");
        keeps(&schema(&format!("list-{what}")), &list);
    }
}

#[test]
fn every_list_keeps_its_schema() {
    lists(tempdir().expect("a folder").path());
}

/// A green run, one with a broken clause, one with known deviations, one that tested nothing, and a
/// shard.
const RUNS: &[(&[&str], i32)] = &[
    (&["--tags", "@TRUST-ID-04"], 0),
    (&["--tags", "@TRUST-ID-01", "--mutant", "runs-task-under-wrong-identity"], 1),
    (&["--hub", "embedded", "--conduct", "as-built"], 0),
    (&["--trust", "process:false"], 3),
    (&["--hub", "embedded", "--shard", "1/9", "--conduct", "as-built"], 0),
];

#[test]
fn every_report_of_a_run_keeps_its_schema() {
    let dir = tempdir().expect("a folder");
    let (whole, event) = (schema("run"), schema("event"));
    for (args, code) in RUNS {
        let reports = ["run", "--report", "json=a.json", "--report", "ndjson=a.ndjson"];
        run(dir.path(), &[&reports[..], args].concat()).expect_code(*code);
        let text = fs::read_to_string(dir.path().join("a.json")).expect("a report");
        keeps(&whole, &serde_json::from_str(&text).expect("JSON"));
        let text = fs::read_to_string(dir.path().join("a.ndjson")).expect("a report");
        assert!(text.lines().count() > 2, "{args:?}");
        for line in text.lines() {
            keeps(&event, &serde_json::from_str(line).expect("JSON"));
        }
    }
}

#[test]
fn what_became_of_a_mutant_keeps_its_schema() {
    let dir = tempdir().expect("a folder");
    let args = ["mutants", "--only", "runs-task-under-wrong-identity", "--format", "json"];
    let fates = run(dir.path(), &args).expect_code(0).json();
    assert_eq!(fates[0]["killed"], true);
    keeps(&schema("mutants"), &fates);
}

#[test]
fn the_matrix_its_gate_and_its_orders_keep_their_schemas() {
    let dir = tempdir().expect("a folder");
    let json = |args: &[&str], code| {
        run(dir.path(), &[&["matrix", "--format", "json"], args].concat()).expect_code(code).json()
    };
    let part = ["--hub", "2026.06,2026.09", "--trust", "2026.09", "--fl", "0.1.8,0.13.1"];
    let matrix = json(&part, 0);
    assert!(matrix["cells"].as_array().is_some_and(|cells| cells.len() == 8));
    keeps(&schema("matrix"), &matrix);
    let gate = ["--live", "hub=2026.06,fl=0.1.8", "--candidate", "hub=2026.09"];
    keeps(&schema("matrix-gate"), &json(&gate, 1));
    let order = ["--order", "--trusts", "1", "--plans", "1", "--write-plan", "plan.json"];
    keeps(&schema("matrix-order"), &json(&order, 0));
    let plan = fs::read_to_string(dir.path().join("plan.json")).expect("a plan");
    keeps(&schema("matrix-order"), &serde_json::from_str(&plan).expect("JSON"));
}

#[test]
fn what_a_doctor_says_keeps_its_schema() {
    let dir = tempdir().expect("a folder");
    let look = ["doctor", "--format", "json"];
    let told = run_without_docker(dir.path(), &look).expect_code(3).json();
    assert_eq!(told["engine"], Value::Null);
    keeps(&schema("doctor"), &told);
    // With Docker, where there is one.
    keeps(&schema("doctor"), &run(dir.path(), &look).json());
}
