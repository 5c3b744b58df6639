//! One cause, one red: what could not be tested because of another clause is told as that.

use std::fs;

use e2e::run;
use serde_json::Value;
use tempfile::tempdir;

/// Work that a trust fails whose deletions go to the wrong place; the last scenario is about it.
const FEATURE: &str = r#"@trust
Feature: work that only sets the scene
  @TRUST-LOG-01
  Scenario: in a step that names its clause
    Given the trust is running
    And a "delete_imaging" task is queued
    When [TRUST-TASK-08] the task is reported as a success
    Then the output shows no planted secret

  @TRUST-SVC-02
  Scenario: among other work
    Given the trust is running
    And these tasks are queued
      | label            | type           |
      | of-each-deletion | delete_imaging |
    When each of these tasks is reported as a success
    Then the output shows no planted secret

  @ROT-SITE-01
  Scenario: in an account of all work
    Given the trust is running
    And a "delete_imaging" task is queued
    Then no task was lost: all were done, each once

  @TRUST-TASK-08 @cause
  Scenario: the clause itself
    Given the trust is running
    And a "delete_imaging" task is queued
    Then the task is reported as a success
"#;

fn judged(more: &[&str], code: i32) -> (Value, String) {
    let dir = tempdir().expect("a folder");
    fs::write(dir.path().join("a.feature"), FEATURE).expect("a feature");
    let args = ["run", "--features", ".", "--mutant", "deletes-imaging-by-query-parameter"];
    let done = run(dir.path(), &[&args[..], &["--report", "json=a.json"], more].concat());
    let done = done.expect_code(code);
    let text = fs::read_to_string(dir.path().join("a.json")).expect("a report");
    (serde_json::from_str(&text).expect("JSON"), done.stdout)
}

/// Outcome, clauses of the findings, and cause of each scenario.
fn told(report: &Value) -> Vec<(&str, Vec<&str>, Option<&str>)> {
    let scenarios = report["scenarios"].as_array().expect("scenarios").iter();
    scenarios
        .map(|row| {
            let findings = row["findings"].as_array().map(Vec::as_slice).unwrap_or_default();
            let clauses = findings.iter().filter_map(|found| found["requirement"].as_str());
            let outcome = row["outcome"].as_str().expect("an outcome");
            (outcome, clauses.collect(), row["because"].as_str())
        })
        .collect()
}

#[test]
fn a_wrong_call_is_red_once_and_what_only_uses_it_waits_for_it() {
    let (report, text) = judged(&[], 1);
    let waits = ("not-verified", Vec::new(), Some("TRUST-TASK-08"));
    let broken = ("failed", vec!["TRUST-TASK-08"], None);
    assert_eq!(told(&report), [waits.clone(), waits.clone(), waits, broken]);
    assert!(text.contains("NOT-VERIFIED  because of TRUST-TASK-08: 3 scenarios"), "{text}");
    assert_eq!(text.matches("who fixes it").count(), 1, "{text}");
}

#[test]
fn without_the_cause_in_the_run_it_is_not_verified() {
    let (report, _) = judged(&["--tags", "not @cause"], 3);
    assert!(told(&report).iter().all(|(outcome, _, _)| *outcome == "not-verified"));
}

#[test]
fn what_depends_on_a_known_deviation_is_one_and_makes_no_expectation_stale() {
    let dir = tempdir().expect("a folder");
    let row = |clause: &str| {
        format!(
            "[[expect]]\nrequirement = \"{clause}\"\nreason = \"known\"\nowner = \"us\"\n\
             expires = \"2999-12-31\"\n"
        )
    };
    let file = dir.path().join("known.toml");
    fs::write(&file, row("TRUST-TASK-08") + &row("TRUST-LOG-01")).expect("a file");
    let (report, _) = judged(&["--expect", file.to_str().expect("utf-8")], 0);
    assert!(told(&report).iter().all(|(outcome, _, _)| *outcome == "known-deviation"));
    let reason = report["scenarios"][0]["reason"].as_str().expect("a reason");
    assert!(reason.starts_with("known deviation because of TRUST-TASK-08: "), "{reason}");
}
