//! Every route of the hub's OpenAPI document is asked by some scenario, on the wire.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use e2e::{flipcheck_path, root, run};
use serde_json::Value;
use tempfile::tempdir;

/// Documented routes no scenario asks, each with its reason. May only shrink.
const UNASKED: &[(&str, &str)] = &[];

/// The document the mock hub serves: the contract's own.
const DOCUMENT: &str = "mock-hub/src/api/openapi-2026.09.json";

#[test]
fn every_documented_route_is_asked_by_a_scenario() {
    let documented = documented();
    let asked = asked(&documented);
    let unasked: BTreeSet<&str> = UNASKED.iter().map(|(route, _)| *route).collect();
    for (route, pattern) in &documented {
        let seen = asked.contains(route);
        let excused = unasked.contains(route.as_str());
        assert!(seen || excused, "no scenario asks {route} ({pattern})");
        assert!(!(seen && excused), "{route} is asked: take it off the list");
    }
    for route in unasked {
        assert!(documented.contains_key(route), "{route} is not in the document");
    }
}

/// `METHOD /path/{place}` with a pattern of the paths that are meant.
fn documented() -> BTreeMap<String, regex::Regex> {
    let text = fs::read_to_string(root().join(DOCUMENT)).expect("the document");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let place = regex::Regex::new(r"\{\w+\}").expect("a pattern");
    let mut routes = BTreeMap::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for method in operations.as_object().expect("operations").keys() {
            let pattern = format!("^{}$", place.replace_all(path, "[^/]+"));
            let pattern = regex::Regex::new(&pattern).expect("a path is a pattern");
            routes.insert(format!("{} {path}", method.to_uppercase()), pattern);
        }
    }
    assert!(routes.len() > 10, "{} routes", routes.len());
    routes
}

/// The documented routes that hubs of one whole run were asked. A route whose places hold words of
/// another one counts for the more exact of the two.
fn asked(documented: &BTreeMap<String, regex::Regex>) -> BTreeSet<String> {
    let dir = tempdir().expect("a folder");
    let hub = hub_with_journal(dir.path());
    let target = format!("process:{hub}");
    run(dir.path(), &["run", "--hub", &target, "--edition", "2026.09"]).expect_code(0);
    let mut asked = BTreeSet::new();
    for journal in fs::read_dir(dir.path()).expect("the folder").flatten() {
        if journal.path().extension().is_none_or(|end| end != "ndjson") {
            continue;
        }
        let text =
            String::from_utf8_lossy(&fs::read(journal.path()).expect("a journal")).into_owned();
        // A hub that was ended may leave half a line.
        for line in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            let exchange = &line["exchange"];
            let (method, path) = (&exchange["method"], &exchange["path"]);
            let (Some(method), Some(path)) = (method.as_str(), path.as_str()) else { continue };
            let path = path.split('?').next().unwrap_or_default();
            let found = documented
                .iter()
                .filter(|(route, _)| route.starts_with(&format!("{method} ")))
                .filter(|(_, pattern)| pattern.is_match(path))
                .min_by_key(|(route, _)| route.matches('{').count());
            asked.extend(found.map(|(route, _)| route.clone()));
        }
    }
    asked
}

/// A mock hub that writes a journal of its own each time it is started.
fn hub_with_journal(folder: &Path) -> String {
    let script = folder.join("hub.sh");
    let text = format!(
        "#!/bin/sh\nexec '{}' hub --conduct ideal --journal '{}'/$$.ndjson\n",
        flipcheck_path().display(),
        folder.display()
    );
    fs::write(&script, text).expect("a script");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).expect("executable");
    script.display().to_string()
}
