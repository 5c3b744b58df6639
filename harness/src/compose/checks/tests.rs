use std::collections::BTreeMap;

use camino::Utf8Path;
use contract::catalogue;
use contract::edition::EditionId;

use super::*;
use crate::site_check::SiteOutcome;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Defects {
    defect: Vec<Defect>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Defect {
    name: String,
    check: String,
    outcome: String,
    find: String,
    put: String,
    #[serde(default)]
    also: Vec<String>,
}

fn defects() -> Vec<Defect> {
    let text = include_str!("../../../../fixtures/compose/defects.toml");
    toml::from_str::<Defects>(text).expect("the defects are readable").defect
}

fn site(text: &str) -> SiteFile {
    let path = Utf8Path::new("trust.yml");
    SiteFile::of(path, ComposeFile::parse(path, text).expect("a compose file"))
}

fn judged(text: &str) -> BTreeMap<&'static str, Check> {
    let checks = judge_file(&site(text), EditionId::DEFAULT.row());
    checks.into_iter().map(|check| (check.id, check)).collect()
}

const GOOD: &str = include_str!("../../../../fixtures/compose/trust.yml");

#[test]
fn the_good_file_keeps_every_promise() {
    for check in judged(GOOD).values() {
        assert_eq!(check.outcome, SiteOutcome::Ok, "{}: {}", check.id, check.message);
    }
}

#[test]
fn every_defect_turns_its_own_row_and_no_other() {
    for defect in defects() {
        assert_eq!(GOOD.matches(&defect.find).count(), 1, "{} is found once", defect.name);
        for check in judged(&GOOD.replace(&defect.find, &defect.put)).values() {
            let (name, told) = (&defect.name, &check.message);
            if check.id == defect.check {
                assert_eq!(check.outcome.word(), defect.outcome, "{name}: {told}");
                assert!(check.fix.as_ref().is_some_and(|fix| fix.len() > 10), "{name}: {told}");
            } else if !defect.also.iter().any(|id| id == check.id) {
                assert_eq!(check.outcome, SiteOutcome::Ok, "{name}, {}: {told}", check.id);
            }
            assert!(!told.contains("hunter2"), "{name} shows a secret: {told}");
        }
    }
}

#[test]
fn every_row_has_a_defect_and_a_clause() {
    let defects = defects();
    for row in ROWS.iter().flat_map(|rows| rows.iter()) {
        assert!(defects.iter().any(|defect| defect.check == row.id), "{} has no defect", row.id);
        assert!(catalogue::find(row.requirement).is_some(), "{}", row.requirement);
        assert!(row.id.starts_with("compose."), "{}", row.id);
    }
}

#[test]
fn what_only_the_tool_resolves_is_not_verified_without_it() {
    let env_file = GOOD.replace(
        "      FLIP_RELEASE: ${DOCKER_TAG}\n",
        "      FLIP_RELEASE: ${DOCKER_TAG}\n    env_file: .env.SITE\n",
    );
    let checks = judged(&env_file);
    assert_eq!(checks["compose.identity-guard"].outcome, SiteOutcome::NotVerified);
    assert_eq!(checks["compose.ports"].outcome, SiteOutcome::Ok);
    let other = GOOD.replace("services:\n", "include: [more.yml]\n\nservices:\n");
    assert!(judged(&other).values().all(|check| check.outcome == SiteOutcome::NotVerified));
}

#[test]
fn the_poller_is_found_by_what_it_is_told() {
    let renamed = GOOD.replace("  trust-api:\n", "  poller:\n");
    assert_eq!(site(&renamed).poller().map(|service| service.name.as_str()), Some("poller"));
    assert_eq!(judged(&renamed)["compose.restart"].outcome, SiteOutcome::Ok);
    let mut named = site(&renamed);
    named.poller = Some("nobody".to_owned());
    assert!(named.poller().is_none());
    let checks = judge_file(&named, EditionId::DEFAULT.row());
    let guard = checks.iter().find(|check| check.id == "compose.identity-guard").expect("a row");
    assert_eq!(guard.outcome, SiteOutcome::NotVerified);
}

#[test]
fn a_clause_of_a_later_edition_is_not_applicable() {
    let checks = judge_file(&site(GOOD), EditionId::V2026_03.row());
    let guard = checks.iter().find(|check| check.id == "compose.identity-guard").expect("a row");
    assert_eq!(guard.outcome, SiteOutcome::NotApplicable);
}
