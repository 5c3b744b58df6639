//! A trust written in another language from the contract alone is judged like ours: green when it is
//! honest, and red for exactly what was planted when it is not.

use e2e::{Finished, root, run, run_whole};
use serde_json::Value;
use tempfile::tempdir;

fn judge(edition: &str, flags: &str, more: &[&str]) -> (Finished, Value) {
    let dir = tempdir().expect("a folder");
    let node = root().join("tests/foreign/trust_node.py");
    let target = format!("process:python3 {} --port {{port}} {flags}", node.display());
    let args = [
        "run",
        "--trust",
        &target,
        "--edition",
        edition,
        "--time-scale",
        "0.1",
        "--report",
        "json=a.json",
    ];
    let done = run_whole(dir.path(), &[&args, more].concat());
    let text = std::fs::read_to_string(dir.path().join("a.json")).expect("a report");
    (done, serde_json::from_str(&text).expect("JSON"))
}

fn of_outcome(report: &Value, outcome: &str) -> Vec<String> {
    let rows = report["requirements"].as_array().expect("requirements");
    let found = rows.iter().filter(|row| row["outcome"] == outcome);
    found.filter_map(|row| row["id"].as_str().map(str::to_owned)).collect()
}

fn honest(edition: &str, known: &str) {
    let expect = root().join("fixtures/expectations").join(known);
    let expect = expect.to_string_lossy().into_owned();
    let (done, report) = judge(edition, "", &["--expect", &expect]);
    assert_eq!(done.code, 0, "{}\n{}", done.stdout, done.stderr);
    assert_eq!(of_outcome(&report, "failed"), [""; 0]);
    assert!(of_outcome(&report, "passed").len() >= 25, "{report}");
}

#[test]
fn an_honest_foreign_trust_conforms_to_2026_09() {
    honest("2026.09", "none.toml");
}

#[test]
fn an_honest_foreign_trust_conforms_to_2026_06() {
    honest("2026.06", "cbc.toml");
}

/// Everything the newest real trust was seen to do, against the expectations the catalogue gives.
#[test]
fn a_foreign_trust_as_the_real_one_is_built_shows_known_deviations_and_nothing_else() {
    let dir = tempdir().expect("a folder");
    let list = ["list", "deviations", "--edition", "2026.09", "--side", "trust"];
    let known = run(dir.path(), &list).expect_code(0).stdout;
    let expect = dir.path().join("known.toml");
    std::fs::write(&expect, known).expect("a file");
    let (done, report) = judge("2026.09", "--as-built", &["--expect", &expect.to_string_lossy()]);
    assert_eq!(done.code, 0, "{}\n{}", done.stdout, done.stderr);
    for outcome in ["failed", "warned", "not-verified"] {
        assert_eq!(of_outcome(&report, outcome), [""; 0], "{outcome}");
    }
    let seen = of_outcome(&report, "known-deviation");
    for clause in ["TRUST-BOOT-01", "TRUST-TASK-09", "TRUST-LOG-01", "TRUST-SVC-02", "TRUST-HB-05"]
    {
        assert!(seen.iter().any(|id| id == clause), "{clause} is not among {seen:?}");
    }
}

#[test]
fn three_bugs_planted_in_a_foreign_trust_of_2026_09_are_found() {
    let (done, report) =
        judge("2026.09", "--bugs runs-tampered-payload,reports-twice,ignores-identity", &[]);
    // 3 where a bug also keeps another clause from being tested.
    assert!(matches!(done.code, 1 | 3), "{}: {}\n{}", done.code, done.stdout, done.stderr);
    let failed = of_outcome(&report, "failed");
    for clause in ["TRUST-TASK-02", "TRUST-POLL-03", "TRUST-ID-01"] {
        assert!(failed.iter().any(|id| id == clause), "{clause} is not among {failed:?}");
    }
}

#[test]
fn three_bugs_planted_in_a_foreign_trust_of_2026_06_are_found() {
    let (done, report) =
        judge("2026.06", "--bugs no-result-retry,leaks-key-in-log,polls-before-heartbeat", &[]);
    // 3 where a bug also keeps another clause from being tested.
    assert!(matches!(done.code, 1 | 3), "{}: {}\n{}", done.code, done.stdout, done.stderr);
    let failed = of_outcome(&report, "failed");
    for clause in ["TRUST-RESULT-02", "TRUST-LOG-01", "TRUST-POLL-01"] {
        assert!(failed.iter().any(|id| id == clause), "{clause} is not among {failed:?}");
    }
}

#[test]
fn the_foreign_trust_passes_its_own_self_test() {
    let output = std::process::Command::new("python3")
        .arg(root().join("tests/foreign/selftest.py"))
        .output()
        .expect("python3 is on the path");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
