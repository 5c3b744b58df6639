//! However a run over containers ends, Docker is as it was before.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use e2e::{Beside, Finished, flipcheck, until};
use rustix::process::Signal;
use tempfile::tempdir;

use super::Row;
use super::engine::{containers_of, everything};
use super::images::{TRUST, build};

/// Trials of this theme.
pub(super) const ROWS: &[Row] = &[
    ("a_green_run_leaves_nothing", a_green_run_leaves_nothing),
    (
        "an_image_that_cannot_be_judged_leaves_nothing",
        an_image_that_cannot_be_judged_leaves_nothing,
    ),
    ("ctrl_c_leaves_nothing", ctrl_c_leaves_nothing),
    ("what_a_killed_run_left_is_swept_by_the_next", what_a_killed_run_left_is_swept_by_the_next),
    (
        "what_a_killed_run_left_is_swept_by_the_doctor",
        what_a_killed_run_left_is_swept_by_the_doctor,
    ),
];

/// `flipcheck` with its folders below `folder`, which is how its things in Docker are told from others'.
fn ours(folder: &Path, args: &[&str]) -> Command {
    let mut command = flipcheck(folder, args);
    command.env("TMPDIR", folder);
    command
}

fn finished(mut command: Command) -> Finished {
    Finished::from(command.output().expect("flipcheck starts"))
}

fn a_green_run_leaves_nothing() {
    build();
    let dir = tempdir().expect("a folder");
    let before = everything(dir.path());
    finished(ours(dir.path(), &["run", "--trust", TRUST, "--tags", "@TRUST-ID-04"])).expect_code(0);
    assert_eq!(everything(dir.path()), before);
}

fn an_image_that_cannot_be_judged_leaves_nothing() {
    build();
    let dir = tempdir().expect("a folder");
    let before = everything(dir.path());
    // A hub never polls one.
    for image in ["image:flipcheck/mock-hub:dev", "image:flipcheck/not-there:dev"] {
        let judge = ["run", "--pull", "never", "--trust", image, "--tags", "@TRUST-ID-04"];
        finished(ours(dir.path(), &judge)).expect_complaint(3, &[]);
        assert_eq!(everything(dir.path()), before, "{image}");
    }
}

/// A run that has a container at work; also what Docker held before it.
fn at_work(folder: &Path) -> (Beside, BTreeSet<String>) {
    build();
    let before = everything(folder);
    let mut command = ours(folder, &["run", "--trust", TRUST]);
    let run = Beside::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
    until("a container", || (!containers_of(folder).is_empty()).then_some(()));
    (run, before)
}

fn ctrl_c_leaves_nothing() {
    let dir = tempdir().expect("a folder");
    let (mut run, before) = at_work(dir.path());
    run.signal(Signal::INT);
    assert_eq!(run.code(), 130);
    assert_eq!(everything(dir.path()), before);
}

fn killed(folder: &Path) -> BTreeSet<String> {
    let (mut run, before) = at_work(folder);
    run.signal(Signal::KILL);
    run.code();
    let left = containers_of(folder);
    assert!(!left.is_empty(), "nobody could remove it");
    let told = finished(ours(folder, &["doctor", "--format", "json"])).expect_code(0).json();
    let things = told["leftovers"].as_array().expect("leftovers");
    let kinds: BTreeSet<&str> = things.iter().filter_map(|thing| thing["kind"].as_str()).collect();
    assert!(kinds.is_superset(&["container", "network", "folder"].into()), "{told:#}");
    assert_eq!(containers_of(folder), left, "looking removes nothing");
    before
}

fn what_a_killed_run_left_is_swept_by_the_next() {
    let dir = tempdir().expect("a folder");
    let before = killed(dir.path());
    finished(ours(dir.path(), &["run", "--trust", TRUST, "--tags", "@TRUST-ID-04"])).expect_code(0);
    assert_eq!(everything(dir.path()), before);
}

fn what_a_killed_run_left_is_swept_by_the_doctor() {
    let dir = tempdir().expect("a folder");
    let before = killed(dir.path());
    let told = finished(ours(dir.path(), &["doctor", "--sweep"])).expect_code(0).stdout;
    assert!(told.contains("removed  container"), "{told}");
    assert_eq!(everything(dir.path()), before);
}
