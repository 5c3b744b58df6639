//! The schemas under `docs/schema`, held against what is really written.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use contract::catalogue::{self, REQUIREMENTS};
use contract::edition::EDITIONS;
use jsonschema::Validator;
use serde_json::{Value, json};

use super::{RUNS, bytes_of, record_of, rendered};

static VALIDATORS: LazyLock<BTreeMap<String, Validator>> = LazyLock::new(|| {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/schema");
    let mut validators = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if let Some(name) = name.strip_suffix(".schema.json") {
            let schema: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            jsonschema::meta::validate(&schema).unwrap();
            validators.insert(name.to_owned(), jsonschema::validator_for(&schema).unwrap());
        }
    }
    validators
});

/// Panics with every violation.
pub(crate) fn assert_valid(schema: &str, document: &Value) {
    let violations: Vec<String> = VALIDATORS[schema]
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(violations.is_empty(), "{schema}: {violations:#?}");
}

#[test]
fn the_json_report_of_every_recorded_run_is_valid() {
    for (run, _) in RUNS {
        assert_valid("run", &serde_json::from_str(&rendered(&record_of(run), "json")).unwrap());
    }
}

#[test]
fn every_whole_line_of_every_recorded_run_is_valid() {
    for (run, _) in RUNS {
        let bytes = bytes_of(run);
        let text = str::from_utf8(&bytes).unwrap();
        for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            assert_valid("event", &serde_json::from_str(line).unwrap());
        }
    }
}

#[test]
fn a_result_that_contradicts_itself_is_not_valid() {
    let good: Value = serde_json::from_str(&rendered(&record_of("all-green"), "json")).unwrap();
    assert_valid("run", &good);
    let wrong = [
        ("exit_code", json!(1)),
        ("verdict", json!("green")),
        ("cut_short", json!(true)),
        ("edition", json!("2026.08")),
        ("counts", json!({"lost": 1})),
        ("seed", json!(-1)),
        ("schema_version", json!(2)),
    ];
    for (member, value) in wrong {
        let mut bad = good.clone();
        bad[member] = value;
        assert!(!VALIDATORS["run"].is_valid(&bad), "{member}");
    }
    for member in ["verdict", "scenarios", "requirements", "target", "started"] {
        let mut bad = good.clone();
        bad.as_object_mut().unwrap().remove(member);
        assert!(!VALIDATORS["run"].is_valid(&bad), "{member}");
    }
}

#[test]
fn the_catalogue_as_listed_is_valid() {
    assert_valid("list-requirements", &serde_json::to_value(&REQUIREMENTS[..]).unwrap());
    let deviations: Vec<Value> = catalogue::deviations()
        .map(|(clause, deviation)| {
            let mut row = serde_json::to_value(deviation).unwrap();
            row["requirement"] = clause.id.into();
            row
        })
        .collect();
    assert_valid("list-deviations", &deviations.into());
    let editions: Vec<Value> =
        EDITIONS.iter().map(|row| json!({"id": row.id, "capabilities": row})).collect();
    assert_valid("list-editions", &editions.into());
}

#[test]
fn lists_of_other_things_have_their_agreed_shape() {
    let mutant = json!([{"name": "polls-first", "side": "trust", "breaks": ["TRUST-POLL-01"],
        "sentence": "polls before the heartbeat"}]);
    assert_valid("list-mutants", &mutant);
    assert_valid("list-faults", &mutant);
    assert!(!VALIDATORS["list-mutants"].is_valid(&json!([{"name": "Polls First"}])));
    assert_valid(
        "list-scenarios",
        &json!([{"id": "a/b/c", "feature": "B", "name": "c", "side": "both",
            "requirements": ["TRUST-POLL-01"], "tags": ["fresh"]}]),
    );
    let row = |killed: bool, by: &[&str]| json!([{"name": "polls-first", "side": "trust", "killed": killed, "killed_by": by}]);
    assert_valid("mutants", &row(true, &["a/b/c"]));
    assert_valid("mutants", &row(false, &[]));
    assert!(!VALIDATORS["mutants"].is_valid(&row(true, &[])));
    assert!(!VALIDATORS["mutants"].is_valid(&row(false, &["a/b/c"])));
}
