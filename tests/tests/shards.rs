//! A run in three parts, merged, says what the undivided run says; a part alone never says more.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use e2e::{run, run_whole};
use serde_json::Value;
use tempfile::tempdir;

const JUDGE: [&str; 5] = ["run", "--hub", "embedded", "--conduct", "as-built"];
/// A hub without races: what it shows does not depend on who comes first.
const JUDGE_IDEAL: [&str; 5] = ["run", "--hub", "embedded", "--conduct", "ideal"];

fn report(folder: &Path, name: &str) -> Value {
    let text = fs::read_to_string(folder.join(name)).expect("a report");
    serde_json::from_str(&text).expect("JSON")
}

fn outcomes(report: &Value) -> BTreeMap<String, String> {
    let rows = report["scenarios"].as_array().expect("scenarios");
    rows.iter().map(|row| (row["id"].to_string(), row["outcome"].to_string())).collect()
}

fn in_shards(folder: &Path, judge: &[&str], more: &[&str], codes: i32) -> Value {
    let names = ["1", "2", "3"].map(|index| {
        let (shard, name) = (format!("{index}/3"), format!("{index}.ndjson"));
        let to = format!("ndjson={name}");
        let own = ["--shard", &shard, "--report", &to];
        run_whole(folder, &[judge, &own, more].concat()).expect_code(0);
        name
    });
    let merge = ["report", "merge", &names[2], &names[0], &names[1], "--to", "json=merged.json"];
    run(folder, &merge).expect_code(codes);
    report(folder, "merged.json")
}

#[test]
fn the_parts_together_say_what_the_whole_says() {
    let dir = tempdir().expect("a folder");
    let merged = in_shards(dir.path(), &JUDGE_IDEAL, &[], 0);
    run_whole(dir.path(), &[&JUDGE_IDEAL[..], &["--report", "json=whole.json"]].concat())
        .expect_code(0);
    let whole = report(dir.path(), "whole.json");
    assert_eq!(outcomes(&merged), outcomes(&whole));
    for member in ["verdict", "exit_code", "counts", "requirements", "seed", "edition"] {
        assert_eq!(merged[member], whole[member], "{member}");
    }
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
