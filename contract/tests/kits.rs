//! The kit model against the files in `fixtures/kits`.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use contract::edition::EditionId;
use contract::key::leaks;
use contract::kit::{self, Kit, KitEnv, LintFinding, Reader};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Broken {
    schema_version: u32,
    base: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    edits: Vec<Edit>,
    edition: Option<EditionId>,
    expect: Vec<Expected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    key: String,
    line: String,
}

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
struct Expected {
    key: String,
    requirement: String,
}

#[test]
fn every_file_is_used() {
    let entries = fs::read_dir(folder()).expect("the folder of kits");
    let names = entries.map(|entry| entry.expect("a directory entry").file_name());
    let found: BTreeSet<String> =
        names.map(|name| name.into_string().expect("a UTF-8 name")).collect();
    let used = GOOD.iter().copied().chain([SCAFFOLD, "broken.json", "README.md"]);
    assert_eq!(found, used.map(str::to_owned).collect());
}

#[test]
fn lint_finds_nothing_in_a_good_kit() {
    for name in GOOD {
        let kit = read_kit(name);
        for edition in [EditionId::V2026_06, EditionId::V2026_07, EditionId::V2026_09] {
            assert_eq!(kit.lint(edition.row()), [], "{name} for {edition}");
        }
        assert_eq!(kit.unfilled(), [], "{name}");
        assert!(kit.secrets().len() >= 3, "{name}");
    }
}

#[test]
fn a_good_kit_is_one_kit_to_all_readers() {
    for name in GOOD {
        let kit = read_kit(name);
        for spec in kit::KEYS {
            let [first, rest @ ..] = Reader::ALL.map(|reader| kit.value(reader, spec.name));
            assert!(rest.iter().all(|value| *value == first), "{name}: {}", spec.name);
        }
    }
}

#[test]
fn each_way_to_break_a_kit_is_found_as_what_it_is() {
    let broken = broken();
    assert_eq!(broken.schema_version, 1);
    assert!(!broken.cases.is_empty());
    let base = read_kit(&broken.base);
    let mut names = BTreeSet::new();
    for case in &broken.cases {
        assert!(names.insert(&case.name), "two cases named {:?}", case.name);
        let findings = case.apply(&base).lint(case.edition.unwrap_or(EditionId::DEFAULT).row());
        let mut seen: Vec<Expected> = findings.iter().map(Expected::of).collect();
        seen.sort();
        assert_eq!(seen, case.expect, "{}: {findings:#?}", case.name);
        assert!(findings.iter().all(|finding| !finding.fix.is_empty()), "{}", case.name);
    }
    let clauses: BTreeSet<&str> =
        broken.cases.iter().flat_map(|case| &case.expect).map(|e| e.requirement.as_str()).collect();
    assert_eq!(clauses, BTreeSet::from(["KIT-FORM-01", "KIT-FORM-02"]));
}

#[test]
fn no_finding_and_no_error_shows_a_secret() {
    let broken = broken();
    let base = read_kit(&broken.base);
    let secrets = base.secrets();
    let planted: Vec<_> = secrets.iter().map(|(name, secret)| (*name, secret)).collect();
    for case in &broken.cases {
        let kit = case.apply(&base);
        let shown = format!("{:?} {kit:?}", kit.lint(EditionId::DEFAULT.row()));
        assert_eq!(leaks(&shown, &planted), [], "{}", case.name);
        for edit in &case.edits {
            let value = edit.line.split_once('=').map_or("", |(_, value)| value.trim());
            let is_secret = kit::spec(&edit.key).is_some_and(|spec| spec.secret);
            assert!(value.is_empty() || !is_secret || !shown.contains(value), "{}", case.name);
        }
    }
    assert!(!leaks(base.expose(), &planted).is_empty(), "the search itself finds them in the kit");
}

#[test]
fn scaffolding_writes_the_recorded_file() {
    let scaffolded = kit::scaffold("KCH", "King's Cross Hospital", KitEnv::Production);
    let scaffolded = scaffolded.expect("good arguments");
    assert_eq!(scaffolded.expose(), read_kit(SCAFFOLD).expose());
}

#[test]
fn registering_and_editing_turns_the_scaffold_into_a_good_kit() {
    let (mut kit, good) = (read_kit(SCAFFOLD), read_kit("KCH.production.env"));
    let before = kit.clone();
    let managed = [kit::HUB_SHARED, kit::CREDENTIALS].concat();
    let entries: Vec<(&str, String)> = managed
        .iter()
        .map(|key| (*key, good.value(Reader::Sed, key).expect("a filled kit")))
        .collect();
    kit.write(&entries).expect("values a kit can hold");
    assert_eq!(kit.lint(EditionId::DEFAULT.row()), []);
    let unmanaged = |kit: &Kit| -> Vec<String> {
        let lines = kit.expose().lines();
        let starts = |line: &str| managed.iter().any(|key| line.starts_with(&format!("{key}=")));
        lines.filter(|line| !starts(line)).map(str::to_owned).collect()
    };
    assert_eq!(unmanaged(&kit), unmanaged(&before));
}

proptest! {
    #[test]
    fn any_text_is_linted_without_a_panic(
        text in "([A-Z_=#$ \"'\\\\\r\n~`]|TRUST_API_KEY=|FL_KIT_SLOT=|_PORT=|.){0,60}",
    ) {
        let kit = Kit::new(text);
        let edition = EditionId::DEFAULT.row();
        prop_assert!(kit.lint(edition).iter().all(|finding| finding.line != Some(0)));
        let _ = kit.env_for_trust(edition);
    }

    #[test]
    fn a_secret_under_any_spelling_of_its_key_stays_out_of_the_findings(
        before in "[ #$\"'~`a-z]{0,3}",
        secret in prop_oneof!["[A-Za-z0-9]{12,44}", "[A-Za-z0-9$#~]{12,44}"],
        after in "[ \"'\r\\\\]{0,2}",
    ) {
        let kit = Kit::new(format!("{before}TRUST_API_KEY={secret}{after}\n{secret}={before}\n{secret}\n"));
        let shown = format!("{:?}", kit.lint(EditionId::DEFAULT.row()));
        prop_assert!(!shown.contains(&secret), "{}", shown);
    }
}

impl Case {
    fn apply(&self, base: &Kit) -> Kit {
        let mut text = base.expose().to_owned();
        for Edit { key, line } in &self.edits {
            let [number] = Kit::new(text.clone()).line_numbers(key)[..] else {
                panic!("{}: {key} has not one line", self.name);
            };
            let mut lines: Vec<&str> = text.split('\n').collect();
            if line.is_empty() {
                lines.remove(number - 1);
            } else {
                lines[number - 1] = line;
            }
            text = lines.join("\n");
        }
        Kit::new(text)
    }
}

impl Expected {
    fn of(finding: &LintFinding) -> Self {
        Self { key: finding.key.clone(), requirement: finding.requirement.to_owned() }
    }
}

fn broken() -> Broken {
    let text = fs::read_to_string(folder().join("broken.json")).expect("the broken kits");
    serde_json::from_str(&text).expect("the shape the README gives")
}

fn read_kit(name: &str) -> Kit {
    Kit::parse(&fs::read(folder().join(name)).expect("a kit file")).expect("a kit is text")
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/kits")
}

const GOOD: [&str; 2] = ["KCH.production.env", "RVH.stag.env"];
const SCAFFOLD: &str = "KCH.production.scaffold.env";
