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
    #[serde(default)]
    find: String,
    #[serde(default)]
    put: String,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    exported: BTreeSet<String>,
    #[serde(default)]
    beside: BTreeSet<String>,
    #[serde(default)]
    kit: BTreeMap<String, String>,
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
        let around = Around {
            exported: defect.exported.clone(),
            beside: defect.beside.clone(),
            kit: Some((".env.KCH.production".to_owned(), defect.kit.clone())),
        };
        let text = if defect.find.is_empty() {
            GOOD.to_owned()
        } else {
            assert_eq!(GOOD.matches(&defect.find).count(), 1, "{} is found once", defect.name);
            GOOD.replace(&defect.find, &defect.put)
        };
        let site = SiteFile { around, ..site(&text) };
        for check in &judge_file(&site, EditionId::DEFAULT.row()) {
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
fn right_variants_stay_ok() {
    let release = "      FLIP_RELEASE: ${DOCKER_TAG}\n";
    for more in [
        "      HTTP_PROXY: http://proxy.example\n      NO_PROXY: imaging-api,data-access-api,.xnat-web\n",
        "      http_proxy: http://proxy.example\n      no_proxy: '*'\n",
        // Calls inside the site are plain HTTP.
        "      HTTPS_PROXY: http://proxy.example\n",
        "    healthcheck: {interval: 30s}\n",
    ] {
        for check in judged(&GOOD.replace(release, &format!("{release}{more}"))).values() {
            assert_eq!(check.outcome, SiteOutcome::Ok, "{more}, {}: {}", check.id, check.message);
        }
    }
    let alias = "    restart: unless-stopped\n    networks: {trust-network: {aliases: [xnat]}}\n";
    let named = GOOD.replace("  xnat-web:\n    <<: *always\n", &format!("  xnat-web:\n{alias}"));
    assert_eq!(judged(&named)["compose.names"].outcome, SiteOutcome::Ok);
}

#[test]
fn what_is_said_names_names_and_never_values() {
    let told = |text: &str, id: &str| judged(text)[id].message.clone();
    let alias = GOOD.replace(
        "  xnat-web:\n    <<: *always\n",
        "  xnat-web:\n    restart: always\n    networks: {trust-network: {aliases: [data-access-api]}}\n",
    );
    let message = told(&alias, "compose.names");
    assert!(
        message.contains("2 services answer to `data-access-api` (`xnat-web` (line"),
        "{message}"
    );
    let proxy = GOOD.replace(
        "      FLIP_RELEASE: ${DOCKER_TAG}\n",
        "      HTTP_PROXY: http://me:hunter2@proxy.example:3128\n",
    );
    let check = &judged(&proxy)["compose.proxy"];
    assert!(
        check.message.contains("has HTTP_PROXY and no NO_PROXY: calls to"),
        "{}",
        check.message
    );
    let fix = check.fix.as_deref();
    assert_eq!(fix, Some("set NO_PROXY=data-access-api,imaging-api,omop-db,xnat-web"));
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
