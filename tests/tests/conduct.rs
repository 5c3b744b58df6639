//! The two conducts of the mocks: ideal breaks nothing, as-built exactly what the catalogue says.

use std::collections::BTreeSet;

use e2e::{run, run_whole};
use serde_json::Value;
use tempfile::tempdir;

fn judge(args: &[&str]) -> Value {
    let dir = tempdir().expect("a folder");
    let done =
        run_whole(dir.path(), &[&["run", "--report", "json=a.json"], args].concat()).expect_code(0);
    let text = std::fs::read_to_string(dir.path().join("a.json"))
        .unwrap_or_else(|error| panic!("{error}: {}", done.stderr));
    serde_json::from_str(&text).expect("JSON")
}

fn of_outcome(report: &Value, outcome: &str) -> BTreeSet<String> {
    let rows = report["requirements"].as_array().expect("requirements");
    let found = rows.iter().filter(|row| row["outcome"] == outcome);
    found.filter_map(|row| row["id"].as_str().map(str::to_owned)).collect()
}

fn ideal(side: &str, edition: &str) {
    let report = judge(&[side, "embedded", "--edition", edition, "--strict"]);
    for outcome in ["failed", "warned", "known-deviation", "not-verified", "unexpected-pass"] {
        assert_eq!(of_outcome(&report, outcome), BTreeSet::new(), "{side} {edition} {outcome}");
    }
}

fn as_built(side: &str, edition: &str) {
    let dir = tempdir().expect("a folder");
    let side_word = side.trim_start_matches('-');
    let known: BTreeSet<String> = run(
        dir.path(),
        &["list", "deviations", "--format", "json", "--edition", edition, "--side", side_word],
    )
    .expect_code(0)
    .json()
    .as_array()
    .expect("an array")
    .iter()
    .filter_map(|row| row["requirement"].as_str().map(str::to_owned))
    .collect();
    let report = judge(&[side, "embedded", "--edition", edition, "--conduct", "as-built"]);
    let seen = of_outcome(&report, "known-deviation");
    let missing: Vec<&String> = known.difference(&seen).collect();
    assert!(missing.is_empty(), "{side} {edition}: known, but not shown: {missing:?}");
    assert_eq!(seen, known, "{side} {edition}");
    for outcome in ["failed", "warned", "unexpected-pass"] {
        assert_eq!(of_outcome(&report, outcome), BTreeSet::new(), "{side} {edition} {outcome}");
    }
}

macro_rules! conducts {
    ($($name:ident: $judge:ident($side:literal, $edition:literal);)*) => {
        $(#[test] fn $name() { $judge($side, $edition); })*
    };
}

conducts! {
    the_ideal_trust_of_2026_09_keeps_every_clause: ideal("--trust", "2026.09");
    the_ideal_trust_of_2026_11_keeps_every_clause: ideal("--trust", "2026.11");
    the_ideal_trust_of_2026_03_keeps_every_clause: ideal("--trust", "2026.03");
    the_trust_as_built_in_2026_03_shows_exactly_its_known_deviations: as_built("--trust", "2026.03");
    the_ideal_trust_of_2026_06_keeps_every_clause: ideal("--trust", "2026.06");
    the_ideal_hub_of_2026_09_keeps_every_clause: ideal("--hub", "2026.09");
    the_ideal_hub_of_2026_11_keeps_every_clause: ideal("--hub", "2026.11");
    the_ideal_hub_of_2026_06_keeps_every_clause: ideal("--hub", "2026.06");
    the_trust_as_built_in_2026_09_shows_exactly_its_known_deviations: as_built("--trust", "2026.09");
    the_trust_as_built_in_2026_11_shows_exactly_its_known_deviations: as_built("--trust", "2026.11");
    the_trust_as_built_in_2026_06_shows_exactly_its_known_deviations: as_built("--trust", "2026.06");
    the_hub_as_built_in_2026_09_shows_exactly_its_known_deviations: as_built("--hub", "2026.09");
    the_hub_as_built_in_2026_11_shows_exactly_its_known_deviations: as_built("--hub", "2026.11");
    the_hub_as_built_in_2026_06_shows_exactly_its_known_deviations: as_built("--hub", "2026.06");
}
