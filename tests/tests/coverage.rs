//! Nothing uncovered in silence: requirements, scenarios, mutants, routes and fixtures meet.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use e2e::{root, run};
use serde_json::Value;
use tempfile::tempdir;

fn list(what: &str) -> Vec<Value> {
    let dir = tempdir().expect("a folder");
    let list = run(dir.path(), &["list", what, "--format", "json"]).expect_code(0).json();
    list.as_array().cloned().expect("an array")
}

fn ids(rows: &[Value], member: &str) -> BTreeSet<String> {
    rows.iter()
        .flat_map(|row| row[member].as_array().cloned().unwrap_or_default())
        .filter_map(|id| id.as_str().map(str::to_owned))
        .collect()
}

/// The MUSTs the suite answers for: trust and hub, in the editions it covers.
fn musts() -> BTreeSet<String> {
    list("requirements")
        .iter()
        .filter(|row| row["level"] == "MUST")
        .filter(|row| row["subject"] == "trust" || row["subject"] == "hub")
        .filter(|row| {
            let editions = row["editions"].as_array().expect("editions");
            editions.iter().any(|edition| edition == "2026.06" || edition == "2026.09")
        })
        .filter_map(|row| row["id"].as_str().map(str::to_owned))
        .collect()
}

fn exceptions(name: &str) -> BTreeSet<String> {
    let source = fs::read_to_string(root().join("harness/src/coverage.rs")).expect("coverage.rs");
    let list = source.split(&format!("pub const {name}")).nth(1).expect("the list is there");
    let list = list.split("];").next().unwrap_or_default();
    let row = regex::Regex::new(r#"requirement: "([A-Z]+-[A-Z]+-\d+)""#).expect("a pattern");
    row.captures_iter(list).map(|found| found[1].to_owned()).collect()
}

#[test]
fn every_must_has_a_scenario_or_a_stated_reason() {
    let proved = ids(&list("scenarios"), "requirements");
    let excepted = exceptions("WITHOUT_SCENARIO");
    let bare: Vec<String> =
        musts().difference(&proved).filter(|id| !excepted.contains(*id)).cloned().collect();
    assert!(bare.is_empty(), "no scenario proves {bare:?}");
    let stale: Vec<&String> = excepted.intersection(&proved).collect();
    assert!(stale.is_empty(), "{stale:?} have a scenario: take them off the list");
}

#[test]
fn every_must_has_a_mutant_or_a_stated_reason() {
    let broken: BTreeSet<String> =
        ids(&list("mutants"), "breaks").union(&ids(&list("faults"), "breaks")).cloned().collect();
    let excepted = exceptions("WITHOUT_MUTANT");
    let bare: Vec<String> =
        musts().difference(&broken).filter(|id| !excepted.contains(*id)).cloned().collect();
    assert!(bare.is_empty(), "nothing breaks {bare:?} on purpose");
    let stale: Vec<&String> = excepted.intersection(&broken).collect();
    assert!(stale.is_empty(), "{stale:?} are broken by something: take them off the list");
}

#[test]
fn every_scenario_proves_something() {
    for scenario in list("scenarios") {
        let proves = scenario["requirements"].as_array().map_or(0, Vec::len);
        assert!(proves > 0, "{} proves no requirement", scenario["id"]);
    }
}

#[test]
fn the_default_run_has_at_least_eighty_scenarios() {
    let count = list("scenarios").iter().filter(|row| row["side"] != "hub").count();
    assert!(count >= 80, "{count}");
}

/// Folders a test reads file by file, and fails when one of them is not exercised.
const WALKED: &[&str] = &["exchanges", "kits", "runs"];

#[test]
fn every_fixture_is_used() {
    let sources: Vec<String> =
        ["contract", "wiretap", "mock-hub", "mock-trust", "harness", "cli", "tests"]
            .iter()
            .flat_map(|member| texts(&root().join(member)))
            .collect();
    for fixture in files(&root().join("fixtures")) {
        let name = fixture.file_name().and_then(|name| name.to_str()).expect("a name");
        let folder =
            fixture.parent().and_then(Path::file_name).and_then(|n| n.to_str()).expect("a folder");
        if name == "README.md" {
            continue;
        }
        let used = WALKED.contains(&folder) || sources.iter().any(|text| text.contains(name));
        assert!(used, "nothing uses {}", fixture.display());
    }
}

#[test]
fn every_fixture_folder_says_what_it_is() {
    for entry in fs::read_dir(root().join("fixtures")).expect("fixtures").flatten() {
        if entry.path().is_dir() {
            assert!(
                entry.path().join("README.md").is_file(),
                "{} has no README",
                entry.path().display()
            );
        }
    }
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn texts(folder: &Path) -> Vec<String> {
    files(folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "rs" || e == "py"))
        .filter_map(|path| fs::read_to_string(path).ok())
        .collect()
}
