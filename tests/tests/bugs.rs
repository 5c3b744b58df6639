//! The bug bank: every bug that can be brought about here appears and is caught, and the verdict bites.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use e2e::{Finished, root, run};
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
    assert!(wrong.is_empty(), "{}: {}", document["id"], wrong.join("\n"));
}

fn flipcheck(args: &[&str]) -> Finished {
    run(tempdir().expect("a folder").path(), args)
}

fn list() -> Vec<Value> {
    let list = flipcheck(&["bugs", "list", "--format", "json"]).expect_code(0).json();
    list.as_array().expect("a list").clone()
}

fn id(bug: &Value) -> String {
    bug["id"].as_str().expect("an id").to_owned()
}

fn played() -> Vec<String> {
    list().iter().filter(|bug| bug["reproduced_by"].is_string()).map(id).collect()
}

/// Runs a command for each bug, a few at a time, and hands over how each ended.
fn each(ids: &[String], extra: &[&str], judge: impl Fn(&str, Finished) + Sync) {
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(id) = ids.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let args = [&["bugs", "run", id, "--format", "json"], extra].concat();
                    let done = flipcheck(&args);
                    let judged = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                        judge(id, done);
                    }));
                    if judged.is_err() {
                        wrong.lock().expect("no panic holds it").push(id.clone());
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no panic holds it");
    assert!(wrong.is_empty(), "see above: {wrong:?}");
}

#[test]
fn the_bank_holds_fifty_two_bugs_and_says_why_some_are_not_played() {
    let list = list();
    keeps(&schema("bugs-list"), &Value::Array(list.clone()));
    let ids: Vec<String> = list.iter().map(id).collect();
    let wanted: Vec<String> = (1..=52).map(|number| format!("B{number}")).collect();
    assert_eq!(ids, wanted);
    let show = schema("bugs-show");
    for id in &ids {
        keeps(&show, &flipcheck(&["bugs", "show", id, "--format", "json"]).expect_code(0).json());
    }
}

#[test]
fn what_catches_a_bug_exists() {
    let scenarios = flipcheck(&["list", "scenarios", "--format", "json"]).expect_code(0).json();
    let known: BTreeSet<&str> = scenarios
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|scenario| scenario["id"].as_str())
        .collect();
    for bug in list() {
        for catcher in bug["caught_by"].as_array().expect("a list") {
            let catcher = catcher.as_str().expect("a text");
            let elsewhere = ["matrix:", "site:", "oracle:"].iter().any(|p| catcher.starts_with(p));
            assert!(elsewhere || known.contains(catcher), "{}: {catcher}", bug["id"]);
        }
    }
}

#[test]
fn every_bug_that_is_played_appears_and_is_caught() {
    let schema = schema("bugs-run");
    each(&played(), &[], |id, done| {
        let told = done.expect_code(0).json();
        keeps(&schema, &told);
        assert_eq!(told["verdict"], "caught", "{id}");
        let declared = told["caught_by"].as_array().expect("a list");
        let caught = told["caught"].as_array().expect("a list");
        for catcher in declared {
            let red = |row: &&Value| row["by"] == *catcher && row["red"] == true;
            let row = caught.iter().find(red).unwrap_or_else(|| panic!("{id}: {catcher} is green"));
            assert!(row["told"].as_array().is_some_and(|told| !told.is_empty()), "{id}: {catcher}");
        }
    });
}

/// With nothing planted no symptom shows, and nothing that is to catch it turns red: neither the
/// symptom nor the catcher is a constant.
#[test]
fn without_its_plant_no_bug_appears_and_nothing_is_red() {
    let schema = schema("bugs-run");
    each(&played(), &["--inert"], |id, done| {
        let told = done.expect_code(1).json();
        keeps(&schema, &told);
        assert_eq!(told["verdict"], "did-not-appear", "{id}");
        for row in told["caught"].as_array().expect("a list") {
            assert_eq!(row["red"], false, "{id}: {}", row["by"]);
        }
    });
}

#[test]
fn a_bug_that_cannot_be_had_here_is_not_verified_and_says_why() {
    let schema = schema("bugs-run");
    let others: Vec<String> =
        list().iter().filter(|bug| bug["reproduced_by"].is_null()).map(id).collect();
    each(&others, &[], |id, done| {
        let told = done.expect_code(3).json();
        keeps(&schema, &told);
        assert_eq!(told["verdict"], "not-verified", "{id}");
        assert_eq!(told["reason"], told["why_not"], "{id}");
    });
    let told = flipcheck(&["bugs", "run", "B6"]).expect_code(3).stdout;
    assert!(told.contains("B6 not-verified: it needs a cloud account"), "{told}");
}

#[test]
fn the_same_seed_shows_the_same_bug_in_words_for_people() {
    let told = || {
        let told = flipcheck(&["bugs", "run", "b13", "--seed", "7"]).expect_code(0).stdout;
        let last = told.rfind("\nB13").expect("a verdict");
        told[..last].to_owned()
    };
    let once = told();
    assert_eq!(once, told());
    for part in ["cause", "planted", "seen", "caught by", "is red", "fix", "--seed 7"] {
        assert!(once.contains(part), "{part}:\n{once}");
    }
}

#[test]
fn an_unknown_bug_is_a_mistake_of_the_caller() {
    for verb in ["show", "run"] {
        let done = flipcheck(&["bugs", verb, "B142"]).expect_code(2);
        assert!(done.stderr.contains("did you mean B14?"), "{}", done.stderr);
        let done = flipcheck(&["bugs", verb, "everything"]).expect_code(2);
        assert!(done.stderr.contains("bugs list"), "{}", done.stderr);
    }
}

/// Bugs at once: each is a federation of its own.
const AT_ONCE: usize = 4;
