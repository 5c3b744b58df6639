//! Reports: made from events, also of a run that was killed; equal for equal seeds; free of secrets.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use e2e::{Beside, flipcheck, run, until};
use rustix::process::Signal;
use serde_json::Value;
use tempfile::tempdir;

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn ids(events: &[Value], kind: &str) -> BTreeSet<String> {
    events
        .iter()
        .filter(|event| event["event"] == kind)
        .filter_map(|event| event["id"].as_str().map(str::to_owned))
        .collect()
}

#[test]
fn a_killed_run_still_yields_every_report() {
    let dir = tempdir().expect("a folder");
    let stream = dir.path().join("c.ndjson");
    let args = [
        "run",
        "--jobs",
        "2",
        "--report",
        "json=a.json",
        "--report",
        "junit=b.xml",
        "--report",
        "ndjson=c.ndjson",
    ];
    let mut command = flipcheck(dir.path(), &args);
    let mut child = Beside::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
    until("five scenarios", || {
        (ids(&lines(&stream), "scenario_finished").len() >= 5).then_some(())
    });
    child.signal(Signal::KILL);
    child.code();

    let events = lines(&stream);
    let finished = ids(&events, "scenario_finished");
    let planned: BTreeSet<String> = events[0]["planned"]
        .as_array()
        .expect("the first event holds the plan")
        .iter()
        .filter_map(|case| case["id"].as_str().map(str::to_owned))
        .collect();
    assert!(finished.len() < planned.len(), "killed too late to show anything");
    assert!(!dir.path().join("a.json").exists(), "the run was to be killed before its end");

    run(dir.path(), &["report", "c.ndjson", "--to", "junit=d.xml", "--to", "json=d.json"])
        .expect_code(3);
    let junit = fs::read_to_string(dir.path().join("d.xml")).expect("a junit report");
    let json: Value = serde_json::from_str(
        &fs::read_to_string(dir.path().join("d.json")).expect("a json report"),
    )
    .expect("JSON");
    assert_eq!(json["verdict"], "not-verified");
    assert_eq!(json["exit_code"], 3);
    for scenario in json["scenarios"].as_array().expect("scenarios") {
        let id = scenario["id"].as_str().expect("an id");
        let name = scenario["name"].as_str().expect("a name");
        assert!(planned.contains(id));
        let ran = finished.contains(id);
        assert_eq!(scenario["outcome"] != "not-verified", ran, "{scenario}");
        assert!(
            ran || scenario["reason"].as_str().is_some_and(|r| r.contains("did not")),
            "{scenario}"
        );
        assert!(junit.contains(&quoted(name)) || junit.contains(id), "{name} is not in the report");
    }
    assert_eq!(json["scenarios"].as_array().map(Vec::len), Some(planned.len()));
}

fn quoted(name: &str) -> String {
    name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[test]
fn two_runs_with_one_seed_tell_the_same() {
    let dir = tempdir().expect("a folder");
    let told = |name: &str| -> Vec<(Value, Value)> {
        let report = format!("json={name}");
        run(dir.path(), &["run", "--seed", "7", "--tags", "@onboarding", "--report", &report])
            .expect_code(0);
        let text = fs::read_to_string(dir.path().join(name)).expect("a report");
        let json: Value = serde_json::from_str(&text).expect("JSON");
        let rows = json["scenarios"].as_array().cloned().expect("scenarios");
        rows.into_iter().map(|row| (row["id"].clone(), row["outcome"].clone())).collect()
    };
    assert_eq!(told("a.json"), told("b.json"));
}

#[test]
fn a_failed_scenario_replays_from_its_case_file() {
    let dir = tempdir().expect("a folder");
    let broken = ["run", "--mutant", "runs-task-under-wrong-identity", "--tags", "@TRUST-ID-01"];
    let done = run(dir.path(), &broken).expect_code(1);
    let command = done
        .stdout
        .lines()
        .find_map(|line| {
            line.trim().split_once("flipcheck replay ").map(|(_, path)| path.to_owned())
        })
        .unwrap_or_else(|| panic!("no replay command in:\n{}", done.stdout));
    for part in ["TRUST-ID-01", "expected", "observed", "operator"] {
        assert!(done.stdout.contains(part), "no {part:?} in:\n{}", done.stdout);
    }
    let replayed = run(dir.path(), &["replay", command.trim()]).expect_code(1);
    assert!(replayed.stdout.contains("TRUST-ID-01"), "{}", replayed.stdout);
}

#[test]
fn an_interrupted_run_says_so() {
    let dir = tempdir().expect("a folder");
    let mut command = flipcheck(dir.path(), &["run", "--jobs", "1", "--report", "ndjson=c.ndjson"]);
    let mut child = Beside::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
    let stream = dir.path().join("c.ndjson");
    until("a scenario", || ids(&lines(&stream), "scenario_finished").pop_first());
    child.signal(Signal::INT);
    assert_eq!(child.code(), 130);
    let events = lines(&dir.path().join("c.ndjson"));
    let last = events.last().expect("events");
    assert_eq!(last["event"], "run_finished");
    assert_eq!(last["verdict"], "not-verified");
}

/// The payloads of one poll, cut for a report, once looked like keys: the results were withheld from
/// the reports, and only the process called the run conformant.
#[test]
fn a_result_whose_text_looks_like_a_key_is_told_alike_everywhere() {
    let dir = tempdir().expect("a folder");
    let reports = ["ndjson=a.ndjson", "json=a.json", "junit=a.xml", "tap=a.tap", "markdown=a.md"];
    let mut args: Vec<&str> = "run --hub embedded --edition 2026.03 --tags @HUB-TASK-05 \
                               --mutant doubles-work-under-race"
        .split_whitespace()
        .collect();
    args.extend(reports.iter().flat_map(|report| ["--report", report]));
    // A SHOULD is broken: that warns.
    for (strict, code, verdict, words) in [
        (None, 0, "conformant", "CONFORMANT"),
        (Some("--strict"), 1, "not-conformant", "NOT CONFORMANT"),
    ] {
        let args: Vec<&str> = args.iter().copied().chain(strict).collect();
        let done = run(dir.path(), &args).expect_code(code);
        let read = |name: &str| fs::read_to_string(dir.path().join(name)).expect("a report");
        let events = lines(&dir.path().join("a.ndjson"));
        assert!(events.iter().all(|event| event["event"] != "problem"), "{events:?}");
        let json: Value = serde_json::from_str(&read("a.json")).expect("JSON");
        for told in [&json, events.last().expect("an end")] {
            assert_eq!((&told["verdict"], &told["exit_code"]), (&verdict.into(), &code.into()));
            assert_eq!(told["counts"]["not-verified"], Value::Null);
        }
        assert!(done.stdout.contains(&format!("\n{words}  ")), "{}", done.stdout);
        assert!(done.stdout.trim_end().ends_with(&format!("exit code {code}")), "{}", done.stdout);
        let suite = format!("name=\"verdict\" value=\"{verdict}\"");
        assert!(read("a.xml").contains(&suite) && !read("a.xml").contains("<error"));
        assert!(read("a.tap").contains(&format!("\n# {verdict}, exit code {code}: ")));
        assert!(read("a.md").starts_with(&format!("## flipcheck: {words}\n")));
        let again = run(dir.path(), &["report", "a.ndjson"]).expect_code(code);
        assert_eq!(again.stdout, done.stdout);
    }
}

#[test]
fn a_report_that_cannot_be_written_is_part_of_the_verdict_of_all() {
    let dir = tempdir().expect("a folder");
    let args = ["run", "--tags", "@TRUST-ID-04", "--report", "json=a.json", "--report"];
    let rest = ["tap=/dev/full", "--report", "ndjson=a.ndjson"];
    let done = run(dir.path(), &[&args[..], &rest[..]].concat()).expect_code(3);
    let text = fs::read_to_string(dir.path().join("a.json")).expect("a report");
    let json: Value = serde_json::from_str(&text).expect("JSON");
    let events = lines(&dir.path().join("a.ndjson"));
    for told in [&json, events.last().expect("an end")] {
        assert_eq!((&told["verdict"], &told["exit_code"]), (&"not-verified".into(), &3.into()));
    }
    let problem = json["problems"][0]["message"].as_str().expect("a problem");
    assert!(problem.starts_with("report tap=/dev/full: "), "{problem}");
    assert!(done.stdout.trim_end().ends_with("exit code 3"), "{}", done.stdout);
}
