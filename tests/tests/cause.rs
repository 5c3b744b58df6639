//! One cause, one red: what could not be tested because of another clause is told as that.

use std::fs;

use e2e::run;
use serde_json::Value;
use tempfile::tempdir;

const USERS: &str = "@TRUST-LOG-01 or @TRUST-SVC-02 or @ROT-AES-01 or @ROT-SITE-01";

fn judged(tags: &str, code: i32) -> (Value, String) {
    let dir = tempdir().expect("a folder");
    let broken = ["run", "--mutant", "deletes-imaging-by-query-parameter", "--tags", tags];
    let done = run(dir.path(), &[&broken[..], &["--report", "json=a.json"]].concat());
    let done = done.expect_code(code);
    let text = fs::read_to_string(dir.path().join("a.json")).expect("a report");
    (serde_json::from_str(&text).expect("JSON"), done.stdout)
}

/// Scenarios that are neither passed nor not applicable: outcome, clauses of their findings, cause.
fn not_content(report: &Value) -> Vec<(&str, Vec<&str>, Option<&str>)> {
    let scenarios = report["scenarios"].as_array().expect("scenarios").iter();
    let told = scenarios.filter(|row| {
        !["passed", "not-applicable"].contains(&row["outcome"].as_str().unwrap_or_default())
    });
    told.map(|row| {
        let findings = row["findings"].as_array().map(Vec::as_slice).unwrap_or_default();
        let clauses = findings.iter().filter_map(|found| found["requirement"].as_str()).collect();
        (row["outcome"].as_str().expect("an outcome"), clauses, row["because"].as_str())
    })
    .collect()
}

#[test]
fn a_wrong_call_is_red_once_and_what_only_uses_it_waits_for_it() {
    let (report, text) = judged(&format!("@TRUST-TASK-08 or {USERS}"), 1);
    let told = not_content(&report);
    let waiting = told.iter().filter(|(_, _, because)| because.is_some());
    assert!(waiting.clone().count() >= 4, "{told:?}");
    for (outcome, clauses, because) in &told {
        match because {
            Some(cause) => {
                assert_eq!((*outcome, *cause), ("not-verified", "TRUST-TASK-08"), "{told:?}");
                assert!(clauses.is_empty(), "{told:?}");
            }
            None => assert_eq!(*clauses, ["TRUST-TASK-08"], "{told:?}"),
        }
    }
    assert!(text.contains("NOT-VERIFIED  because of TRUST-TASK-08: "), "{text}");
}

#[test]
fn without_the_cause_in_the_run_it_is_not_verified() {
    let (report, _) = judged("@ROT-SITE-01", 3);
    let told = not_content(&report);
    assert!(told.iter().all(|(_, clauses, because)| clauses.is_empty() && because.is_some()));
    assert!(!told.is_empty());
}
