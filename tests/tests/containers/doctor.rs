//! `flipcheck doctor` where there is a Docker.

use e2e::{Finished, flipcheck};
use serde_json::json;
use tempfile::tempdir;

use super::Row;
use super::engine::everything;

/// Trials of this theme.
pub(super) const ROWS: &[Row] = &[
    ("a_machine_for_ci_is_usable", a_machine_for_ci_is_usable),
    ("looking_changes_nothing", looking_changes_nothing),
];

fn a_machine_for_ci_is_usable() {
    let dir = tempdir().expect("a folder");
    let told = e2e::run(dir.path(), &["doctor", "--format", "json"]).expect_code(0).json();
    assert_eq!(told["targets"], json!({"image": true, "compose": true}));
    let version = super::engine::docker(&["version", "--format", "{{.Server.Version}}"]);
    assert_eq!(told["engine"]["version"], version.trim());
}

fn looking_changes_nothing() {
    let dir = tempdir().expect("a folder");
    let before = everything(dir.path());
    let mut command = flipcheck(dir.path(), &["doctor"]);
    let done = command.env("TMPDIR", dir.path()).output().expect("flipcheck starts");
    let told = Finished::from(done).stdout;
    assert!(told.contains("a private network was made and removed"), "{told}");
    assert_eq!(everything(dir.path()), before);
}
