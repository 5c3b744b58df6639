//! A run in three parts, merged, says what the undivided run says; a part alone never says more.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use e2e::likeness::lines;
use e2e::{run, run_whole};
use serde_json::{Value, json};
use tempfile::tempdir;

const JUDGE: [&str; 5] = ["run", "--hub", "embedded", "--conduct", "as-built"];
/// A hub without races: what it shows does not depend on who comes first.
const JUDGE_IDEAL: [&str; 5] = ["run", "--hub", "embedded", "--conduct", "ideal"];

fn report(folder: &Path, name: &str) -> Value {
    let text = fs::read_to_string(folder.join(name)).expect("a report");
    serde_json::from_str(&text).expect("JSON")
}

/// What a scenario came to, without what differs from run to run: times, ports, and where files lie.
fn outcomes(report: &Value) -> BTreeMap<String, Value> {
    let rows = report["scenarios"].as_array().expect("scenarios").iter();
    let found = |row: &Value| -> Vec<Value> {
        let findings = row["findings"].as_array().into_iter().flatten();
        findings.map(|finding| json!([finding["requirement"], finding["outcome"]])).collect()
    };
    let told = |row: &Value| {
        let facts =
            ["feature", "name", "requirements", "outcome", "reason"].map(|m| row[m].clone());
        json!({"facts": facts, "findings": found(row)})
    };
    rows.map(|row| (row["id"].to_string(), told(row))).collect()
}

/// Every member that says something of the run as a whole; times are the run's own.
#[track_caller]
fn say_the_same(merged: &Value, whole: &Value) {
    assert_eq!(outcomes(merged), outcomes(whole));
    let members = |report: &Value| -> BTreeMap<String, Value> {
        let mut members = report.as_object().expect("an object").clone();
        ["scenarios", "started", "duration_ms"].map(|own| members.remove(own));
        members.into_iter().collect()
    };
    assert_eq!(members(merged), members(whole));
    for member in ["verdict", "exit_code", "counts", "requirements", "seed", "edition", "target"] {
        assert!(!whole[member].is_null(), "{member}");
    }
}

/// The part of a report's name that says its format, and the file that has it.
const FORMATS: [(&str, &str); 6] = [
    ("human", "txt"),
    ("json", "json"),
    ("ndjson", "ndjson"),
    ("junit", "xml"),
    ("markdown", "md"),
    ("tap", "tap"),
];

fn in_shards(folder: &Path, judge: &[&str], more: &[&str], codes: i32) -> Value {
    let mut worst = 0;
    let names = ["1", "2", "3"].map(|index| {
        let (shard, name) = (format!("{index}/3"), format!("{index}.ndjson"));
        let to = format!("ndjson={name}");
        let own = ["--shard", &shard, "--report", &to];
        let done = run_whole(folder, &[judge, &own, more].concat());
        // Only what is missing shows late: a part is never worse than the whole.
        assert!([0, codes].contains(&done.code), "{}", done.stdout + &done.stderr);
        worst = worst.max(done.code);
        name
    });
    if codes == 1 {
        assert_eq!(worst, 1, "what is broken in the whole is broken in a part");
    }
    let formats = FORMATS.map(|(format, ending)| format!("{format}=merged.{ending}"));
    let to = formats.iter().flat_map(|format| ["--to", format]);
    let merge = ["report", "merge", &names[2], &names[0], &names[1]];
    let merge: Vec<&str> = merge.into_iter().chain(to).collect();
    run(folder, &merge).expect_code(codes);
    report(folder, "merged.json")
}

/// The undivided run, in every format.
fn undivided(folder: &Path, judge: &[&str], code: i32) -> Value {
    let formats = FORMATS.map(|(format, ending)| format!("{format}=whole.{ending}"));
    let to = formats.iter().flat_map(|format| ["--report", format]);
    let judge: Vec<&str> = judge.iter().copied().chain(to).collect();
    run_whole(folder, &judge).expect_code(code);
    report(folder, "whole.json")
}

#[test]
fn the_parts_together_say_what_the_whole_says_in_every_format() {
    let dir = tempdir().expect("a folder");
    let merged = in_shards(dir.path(), &JUDGE_IDEAL, &[], 0);
    let whole = undivided(dir.path(), &JUDGE_IDEAL, 0);
    say_the_same(&merged, &whole);
    for (format, ending) in FORMATS {
        let [merged, whole] =
            ["merged", "whole"].map(|name| lines(dir.path(), &format!("{name}.{ending}")));
        assert!(!whole.is_empty(), "{format}");
        assert_eq!(merged, whole, "{format}");
    }
}

#[test]
fn what_is_broken_in_the_whole_is_as_broken_in_the_parts() {
    let dir = tempdir().expect("a folder");
    let judge = ["run", "--mutant", "runs-task-under-wrong-identity", "--tags", "@onboarding"];
    let merged = in_shards(dir.path(), &judge, &[], 1);
    let whole = undivided(dir.path(), &judge, 1);
    say_the_same(&merged, &whole);
    assert!(outcomes(&whole).values().any(|told| told["findings"] != json!([])), "{whole}");
}

#[test]
fn known_deviations_are_as_known_in_the_parts() {
    let dir = tempdir().expect("a folder");
    let judge = [&JUDGE[..], &["--tags", "@onboarding or @cohort or @authentication"]].concat();
    say_the_same(&in_shards(dir.path(), &judge, &[], 0), &undivided(dir.path(), &judge, 0));
}

#[test]
fn the_printed_deviations_are_expectations_of_either_side() {
    let dir = tempdir().expect("a folder");
    let printed = run(dir.path(), &["list", "deviations"]).expect_code(0).stdout;
    fs::write(dir.path().join("known.toml"), &printed).expect("a file");
    run_whole(dir.path(), &[&JUDGE[..], &["--expect", "known.toml"]].concat()).expect_code(0);
    let trust = ["run", "--conduct", "as-built", "--tags", "@onboarding"];
    run(dir.path(), &[&trust[..], &["--expect", "known.toml"]].concat()).expect_code(0);
}

#[test]
fn a_stale_expectation_shows_when_the_parts_are_merged() {
    let dir = tempdir().expect("a folder");
    let printed = run(dir.path(), &["list", "deviations", "--side", "hub"]).expect_code(0).stdout;
    // A clause several scenarios prove, which no part holds all of, and which nothing breaks.
    let more = "\n[[expect]]\nrequirement = \"HUB-AUTH-01\"\nreason = \"r\"\nowner = \"o\"\n\
                expires = \"2999-01-01\"\n";
    fs::write(dir.path().join("known.toml"), printed + more).expect("a file");
    let merged = in_shards(dir.path(), &JUDGE, &["--expect", "known.toml"], 4);
    assert_eq!(merged["verdict"], "stale-expectation");
    let whole = [&JUDGE[..], &["--expect", "known.toml"]].concat();
    let done = run_whole(dir.path(), &whole).expect_code(4);
    assert!(done.stdout.contains("HUB-AUTH-01 was expected to be broken"), "{}", done.stdout);
}

#[test]
fn a_part_that_is_missing_is_missed() {
    let dir = tempdir().expect("a folder");
    let own = ["--tags", "@onboarding or @cohort", "--shard", "1/2", "--report", "ndjson=1.ndjson"];
    run_whole(dir.path(), &[&JUDGE[..], &own].concat()).expect_code(0);
    let merge = ["report", "merge", "1.ndjson"];
    run(dir.path(), &merge).expect_complaint(2, &["shard 2/2 is missing"]);
}
