//! Who may know whom: the edges between the crates of the workspace.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::MetadataCommand;

/// Every allowed edge, those of tests included: a test that borrows the mock proves no more than a
/// judge that does. `e2e` may ask the judge to drive what was published by others, never a mock. What is
/// not here is forbidden.
const EDGES: &[(&str, &[&str])] = &[
    ("contract", &[]),
    ("wiretap", &["contract"]),
    ("mock-hub", &["contract", "wiretap"]),
    ("mock-trust", &["contract", "wiretap"]),
    ("harness", &["contract"]),
    ("cli", &["contract", "wiretap", "mock-hub", "mock-trust", "harness"]),
    ("e2e", &["contract", "harness"]),
    ("bench", &["contract", "wiretap", "mock-hub"]),
];

fn edges() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new()
        .manifest_path(e2e::root().join("Cargo.toml"))
        .other_options(["--offline".to_owned(), "--locked".to_owned()])
        .no_deps()
        .exec()
        .expect("cargo metadata");
    let members: BTreeSet<String> =
        metadata.packages.iter().map(|package| package.name.to_string()).collect();
    metadata
        .packages
        .iter()
        .map(|package| {
            let known = package
                .dependencies
                .iter()
                .filter(|dependency| members.contains(&dependency.name))
                .map(|dependency| dependency.name.clone())
                .collect();
            (package.name.to_string(), known)
        })
        .collect()
}

#[test]
fn crates_know_only_whom_they_may_know() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        EDGES.iter().map(|(name, to)| (*name, to.iter().copied().collect())).collect();
    for (name, knows) in edges() {
        let allowed = allowed
            .get(name.as_str())
            .unwrap_or_else(|| panic!("{name} is new: say here whom it may know"));
        for other in &knows {
            assert!(allowed.contains(other.as_str()), "{name} must not know {other}");
        }
    }
}

#[test]
fn the_judge_borrows_nothing_from_what_it_judges() {
    let edges = edges();
    let mut open = vec!["harness".to_owned()];
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        if reached.insert(name.clone()) {
            open.extend(edges[&name].iter().cloned());
        }
    }
    assert_eq!(reached, BTreeSet::from(["contract".to_owned(), "harness".to_owned()]));
}
