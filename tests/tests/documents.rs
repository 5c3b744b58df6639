//! Generated pages equal what the command prints now.

use e2e::{root, run};
use tempfile::tempdir;

#[track_caller]
fn is_current(what: &str) {
    let dir = tempdir().expect("a folder");
    let printed = run(dir.path(), &["list", what, "--format", "markdown"]).expect_code(0).stdout;
    let page = root().join(format!("docs/{what}.md"));
    let kept = std::fs::read_to_string(&page).unwrap_or_default();
    assert!(
        kept == printed,
        "{} is stale: flipcheck list {what} --format markdown > docs/{what}.md",
        page.display()
    );
}

#[test]
fn the_requirements_page_is_current() {
    is_current("requirements");
}

#[test]
fn the_scenarios_page_is_current() {
    is_current("scenarios");
}
