//! Never green by accident: each way to test nothing is red, with its own words and exit code.

use std::fs;
use std::path::Path;

use e2e::{Finished, run};
use tempfile::{TempDir, tempdir};

const PASSING: &str = "@trust\nFeature: sound\n  Scenario: runs\n    Given a registered trust\n    \
                       When the trust is running\n    \
                       Then the first contact with the hub is made within 60 s\n";

fn features(files: &[(&str, &str)]) -> TempDir {
    let dir = tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(dir.path().join(name), text).expect("a feature");
    }
    dir
}

fn judge(dir: &Path, more: &[&str]) -> Finished {
    let folder = dir.to_str().expect("utf-8");
    run(dir, &[&["run", "--features", folder], more].concat())
}

#[test]
fn a_sound_feature_is_green_so_that_the_rest_of_this_file_means_something() {
    let dir = features(&[("a.feature", PASSING)]);
    judge(dir.path(), &[]).expect_code(0);
}

#[test]
fn an_empty_folder_verifies_nothing() {
    let dir = features(&[]);
    judge(dir.path(), &[]).expect_complaint(3, &["no *.feature file", "nothing was verified"]);
}

#[test]
fn a_missing_folder_cannot_be_read() {
    let dir = tempdir().expect("a folder");
    let done = run(dir.path(), &["run", "--features", "not-here"]);
    done.expect_complaint(2, &["not-here", "hint:"]);
}

#[test]
fn a_file_that_is_no_gherkin_spoils_the_run() {
    let dir = features(&[("a.feature", PASSING), ("b.feature", "not gherkin at all\n")]);
    judge(dir.path(), &[]).expect_complaint(2, &["b.feature"]);
}

#[test]
fn a_feature_without_scenario_spoils_the_run() {
    let dir = features(&[("a.feature", PASSING), ("b.feature", "@trust\nFeature: empty\n")]);
    judge(dir.path(), &[]).expect_complaint(2, &["b.feature", "holds no scenario"]);
}

#[test]
fn a_filter_that_matches_nothing_verifies_nothing() {
    let dir = tempdir().expect("a folder");
    run(dir.path(), &["run", "--tags", "@no-such-tag"])
        .expect_complaint(3, &["@no-such-tag", "nothing was verified"]);
    run(dir.path(), &["run", "--tags", "@trust and not @trust"])
        .expect_complaint(3, &["matches no scenario", "nothing was verified"]);
}

#[test]
fn a_misspelt_tag_beside_a_good_one_does_not_pass_unnoticed() {
    let dir = tempdir().expect("a folder");
    run(dir.path(), &["run", "--tags", "@onboarding or @onbording"])
        .expect_complaint(3, &["@onbording", "did you mean @onboarding?"]);
}

#[test]
fn a_tag_expression_that_is_none_is_a_usage_error() {
    let dir = tempdir().expect("a folder");
    run(dir.path(), &["run", "--tags", "@a and and @b"]).expect_complaint(2, &["@a and and @b"]);
}

#[test]
fn an_undefined_step_is_not_verified() {
    let text = "@trust\nFeature: f\n  Scenario: s\n    Given the moon is full\n";
    let dir = features(&[("a.feature", PASSING), ("b.feature", text)]);
    let done = judge(dir.path(), &[]).expect_code(3);
    assert!(done.stdout.contains("undefined step: the moon is full"), "{}", done.stdout);
}

#[test]
fn a_scenario_without_steps_is_not_verified() {
    let text = "@trust\nFeature: f\n  Scenario: s\n";
    let dir = features(&[("a.feature", PASSING), ("b.feature", text)]);
    let done = judge(dir.path(), &[]).expect_code(3);
    assert!(done.stdout.contains("the scenario has no step"), "{}", done.stdout);
}

#[test]
fn a_scenario_that_asks_nothing_proves_nothing() {
    let text = "@trust @TRUST-POLL-01\nFeature: f\n  Scenario: s\n    Given the trust is running\n";
    let dir = features(&[("a.feature", PASSING), ("b.feature", text)]);
    let told = ["b.feature:3", "no Then that can fail", "nothing was verified"];
    judge(dir.path(), &[]).expect_complaint(3, &told);
}

#[test]
fn a_hanging_step_is_not_verified_and_does_not_hang_the_run() {
    let text = "@trust\nFeature: f\n  Scenario: s\n    Given a registered trust\n    \
                Then the first contact with the hub is made within 9000 s\n";
    let dir = features(&[("a.feature", text)]);
    let done = judge(dir.path(), &["--step-limit", "1"]).expect_code(3);
    assert!(done.stdout.contains("did not end within its limit"), "{}", done.stdout);
}

#[test]
fn a_scenario_nothing_applies_to_verifies_nothing() {
    let text = PASSING.replace("@trust", "@trust @TRUST-HB-04");
    let dir = features(&[("a.feature", &text)]);
    let done = judge(dir.path(), &["--edition", "2026.06"]).expect_code(3);
    assert!(done.stdout.contains("does not apply to edition 2026.06"), "{}", done.stdout);
}

#[test]
fn a_requirement_nobody_knows_spoils_the_run() {
    let text = "@trust @TRUST-NOPE-99\nFeature: f\n  Scenario: s\n    Given the trust is running\n";
    let dir = features(&[("a.feature", text)]);
    judge(dir.path(), &[]).expect_complaint(2, &["TRUST-NOPE-99"]);
}
