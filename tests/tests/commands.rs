//! Bad input gets one clear cause, a hint, and the right exit code; never a panic.

use std::net::TcpListener;

use e2e::{run, run_without_docker};
use tempfile::tempdir;

#[track_caller]
fn complains(args: &[&str], code: i32, words: &[&str]) {
    let dir = tempdir().expect("a folder");
    run(dir.path(), args).expect_complaint(code, words);
}

#[test]
fn a_kit_that_is_not_there() {
    complains(&["trust", "--kit", "/nonexistent"], 2, &["error: ", "/nonexistent"]);
}

#[test]
fn a_trust_without_its_variables_exits_with_one() {
    complains(&["trust"], 1, &["CENTRAL_HUB_API_URL"]);
}

#[test]
fn an_unknown_edition() {
    complains(&["run", "--edition", "2031.01"], 2, &["2031.01", "2026.09"]);
}

#[test]
fn an_unknown_target() {
    complains(&["run", "--trust", "docker"], 2, &["docker", "process:CMD"]);
}

#[test]
fn a_trust_has_no_url() {
    complains(&["run", "--trust", "url:https://site.example"], 2, &["it polls", "hint:"]);
}

#[test]
fn a_command_that_cannot_start() {
    complains(&["run", "--trust", "process:/nonexistent/trust"], 3, &[]);
}

#[test]
fn a_command_that_ends_at_once_shows_its_last_output() {
    let dir = tempdir().expect("a folder");
    let done = run(dir.path(), &["run", "--trust", "process:sh -c 'echo out of order; exit 4'"])
        .expect_code(3);
    let told = done.stdout + &done.stderr;
    assert!(told.contains("out of order"), "{told}");
    assert!(told.contains("exit code 4"), "{told}");
    run(dir.path(), &["run", "--trust", "process:false"]).expect_code(3);
}

#[test]
fn a_target_that_never_polls() {
    let dir = tempdir().expect("a folder");
    let done = run(dir.path(), &["run", "--trust", "process:sleep 60"]).expect_code(3);
    let told = done.stdout + &done.stderr;
    assert!(told.contains("did not contact the hub"), "{told}");
}

#[test]
fn containers_without_docker_are_not_verified_in_one_line_with_a_hint() {
    let dir = tempdir().expect("a folder");
    let stack = "services:\n  trust-api:\n    image: site/trust-api:v1\n";
    std::fs::write(dir.path().join("site.yml"), stack).expect("a file");
    for target in ["image:site/trust-api:v1", "compose:site.yml"] {
        let done = run_without_docker(dir.path(), &["run", "--trust", target]);
        let done = done.expect_complaint(3, &["error: Docker does not answer", "hint: "]);
        let told: Vec<&str> = done.stderr.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(told.len(), 2, "{target}: {}", done.stderr);
        assert!(done.stdout.is_empty(), "{target}: {}", done.stdout);
    }
}

#[test]
fn a_doctor_without_docker_says_what_to_do() {
    let dir = tempdir().expect("a folder");
    let told = run_without_docker(dir.path(), &["doctor"]).expect_code(3).stdout;
    for words in ["docker     missing", "reach      missing", "image: targets cannot be judged"] {
        assert!(told.contains(words), "no {words:?} in:\n{told}");
    }
}

#[test]
fn a_hub_that_is_not_there() {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
    complains(&["run", "--hub", &format!("url:http://{free}")], 3, &[]);
}

#[test]
fn a_port_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = taken.local_addr().expect("an address").to_string();
    complains(&["hub", "--listen", &addr], 2, &["error: ", &addr, "hint"]);
}

#[test]
fn an_unknown_mutant_and_an_unknown_id() {
    complains(&["run", "--mutant", "reports-twise"], 2, &["reports-twise", "hint:"]);
    complains(&["mutants", "--only", "no-such-mutant"], 2, &["no-such-mutant"]);
    complains(&["explain", "TRUST-ID-99"], 2, &["TRUST-ID-99", "did you mean TRUST-ID-0"]);
}

#[test]
fn expectation_files_that_cannot_be_used() {
    let dir = tempdir().expect("a folder");
    let write = |text: &str| std::fs::write(dir.path().join("known.toml"), text).expect("a file");
    let judge = || run(dir.path(), &["run", "--tags", "@onboarding", "--expect", "known.toml"]);
    judge().expect_complaint(2, &["known.toml"]);
    write("[[expect]]\nrequirement = 1\n");
    judge().expect_complaint(2, &["known.toml"]);
    write(
        "[[expect]]\nrequirement = \"TRUST-X-01\"\nreason = \"r\"\nowner = \"o\"\nexpires = \"2099-01-01\"\n",
    );
    judge().expect_complaint(2, &["TRUST-X-01"]);
}

#[test]
fn expectations_that_are_stale_exit_with_four() {
    let dir = tempdir().expect("a folder");
    let write = |expires: &str| {
        let text = format!(
            "[[expect]]\nrequirement = \"TRUST-ID-04\"\nreason = \"r\"\nowner = \"o\"\nexpires = \"{expires}\"\n"
        );
        std::fs::write(dir.path().join("known.toml"), text).expect("a file");
    };
    let judge = || run(dir.path(), &["run", "--tags", "@TRUST-ID-04", "--expect", "known.toml"]);
    write("2099-01-01");
    let done = judge().expect_code(4);
    assert!(done.stdout.contains("was expected to be broken"), "{}", done.stdout);
    write("2001-01-01");
    let done = judge().expect_code(4);
    assert!(done.stdout.contains("expired on 2001-01-01"), "{}", done.stdout);
}

#[test]
fn a_report_nobody_can_write_ends_the_command_before_anything_runs() {
    complains(&["run", "--report", "pdf=x.pdf"], 2, &["pdf"]);
    complains(&["run", "--report", "ndjson=/dev/null/x"], 2, &["/dev/null/x"]);
}

#[test]
fn shards_that_are_none() {
    complains(&["run", "--shard", "4/3"], 2, &["4/3"]);
    complains(&["run", "--shard", "job/3"], 2, &["JOB_COMPLETION_INDEX"]);
}

#[test]
fn lists_are_json_arrays_with_the_promised_members() {
    let dir = tempdir().expect("a folder");
    let members: &[(&str, &[&str])] = &[
        ("scenarios", &["id", "feature", "name", "side", "requirements", "tags"]),
        ("requirements", &["id", "level", "subject", "editions", "sentence", "source", "hint"]),
        ("mutants", &["name", "side", "breaks", "sentence"]),
        ("faults", &["name", "side", "breaks", "sentence"]),
        ("editions", &["id", "capabilities"]),
        ("deviations", &["requirement", "side", "by", "editions", "mark", "sentence"]),
    ];
    for (what, members) in members {
        let list = run(dir.path(), &["list", what, "--format", "json"]).expect_code(0).json();
        let rows = list.as_array().expect("an array");
        assert!(!rows.is_empty(), "{what}");
        for row in rows {
            for member in *members {
                assert!(row.get(member).is_some(), "{what}: no {member} in {row}");
            }
        }
    }
}
