//! The whole suite against a real image, and each broken image red for its own reason.

use std::time::Instant;

use e2e::{Finished, flipcheck, root};
use serde_json::Value;
use tempfile::tempdir;

use super::Row;
use super::engine::{Starts, docker};
use super::images::{TRUST, build, build_mutants};

/// Trials of this theme.
pub(super) const ROWS: &[Row] = &[
    (
        "an_honest_image_is_conformant_throughout_and_shared",
        an_honest_image_is_conformant_throughout_and_shared,
    ),
    (
        "each_network_mutant_is_red_for_its_own_reason",
        each_network_mutant_is_red_for_its_own_reason,
    ),
    (
        "a_site_s_own_stack_keeps_its_promises_and_works",
        a_site_s_own_stack_keeps_its_promises_and_works,
    ),
    ("an_image_is_judged_by_its_id_as_well", an_image_is_judged_by_its_id_as_well),
    ("a_failure_shows_what_the_container_said", a_failure_shows_what_the_container_said),
];

fn judged(args: &[&str]) -> (Finished, Value) {
    let dir = tempdir().expect("a folder");
    let mut command = flipcheck(dir.path(), &["run", "--pull", "never", "--report", "json=a.json"]);
    command.args(args).env("TMPDIR", dir.path());
    let done = Finished::from(command.output().expect("flipcheck starts"));
    let text = std::fs::read_to_string(dir.path().join("a.json"));
    let text = text.unwrap_or_else(|_| panic!("no report: {}\n{}", done.stdout, done.stderr));
    (done, serde_json::from_str(&text).expect("JSON"))
}

fn an_honest_image_is_conformant_throughout_and_shared() {
    build();
    let starts = Starts::watch();
    let clock = Instant::now();
    let (done, report) = judged(&["--trust", TRUST]);
    let took = clock.elapsed();
    done.expect_code(0);
    let counts = &report["counts"];
    assert!(counts["passed"].as_u64() >= Some(320), "{counts}");
    let image = &report["target"]["images"][0];
    assert_eq!(image["reference"], "flipcheck/mock-trust:dev");
    assert!(image["digest"].as_str().is_some_and(|digest| digest.contains("sha256:")), "{image}");
    assert_eq!(image["labels"]["org.flipcheck.offers"], "fl-client,time-scale");
    eprintln!("the whole suite took {} s", took.as_secs());

    // Whoever wants no trust of its own shares one: three in thirty at most are started for them.
    let scenarios = report["scenarios"].as_array().expect("scenarios");
    let run = scenarios.iter().filter(|scenario| scenario["outcome"] != "not-applicable");
    let fresh = fresh_scenarios();
    let (own, shared): (Vec<&Value>, Vec<&Value>) =
        run.partition(|scenario| fresh.iter().any(|id| scenario["id"] == id.as_str()));
    let started = starts.count();
    eprintln!(
        "{started} trusts started: {} scenarios want their own, {} share",
        own.len(),
        shared.len()
    );
    // Some of the others start theirs more than once: that is what they are about.
    assert!(started >= own.len(), "the events of the engine were not seen");
    assert!(started <= own.len() * 2 + shared.len() / 10, "{started} starts");
}

/// Ids of the scenarios that want a newly started trust.
fn fresh_scenarios() -> Vec<String> {
    let dir = tempdir().expect("a folder");
    let listed = flipcheck(dir.path(), &["list", "scenarios", "--format", "json"]).output();
    let listed = Finished::from(listed.expect("flipcheck starts")).expect_code(0).json();
    let all = listed.as_array().expect("scenarios").iter();
    let wants =
        |tag: &str| ["fresh", "needs:restart", "needs:exit-code", "needs:signals"].contains(&tag);
    let fresh = all.filter(|scenario| {
        let tags = scenario["tags"].as_array().into_iter().flatten();
        tags.filter_map(Value::as_str).any(wants)
    });
    fresh.filter_map(|scenario| scenario["id"].as_str().map(str::to_owned)).collect()
}

/// Mutant, scenario that shows it, clause it breaks, and a word of what was seen.
const NETWORK_MUTANTS: &[(&str, &str, &str, &str)] = &[
    (
        "contacts-third-host",
        "network/trust-packets/packets-lead-to-the-hub-and-the-fl-endpoint-only-and-ask-for-no-other-name",
        "NET-EGRESS-01",
        "it contacted",
    ),
    (
        "looks-up-third-name",
        "network/trust-packets/packets-lead-to-the-hub-and-the-fl-endpoint-only-and-ask-for-no-other-name",
        "NET-EGRESS-01",
        "telemetry.example.invalid",
    ),
    (
        "opens-second-port",
        "network/trust-packets/nothing-is-open-to-others-but-health-and-the-trust-is-online-all-the-same",
        "NET-INBOUND-01",
        "takes what comes at 0.0.0.0:",
    ),
    (
        "trusts-any-certificate",
        "network/trust-packets/a-hub-known-by-name-that-shows-a-certificate-of-the-kind-unknown-issuer-is-sent-nothing",
        "TRUST-ROBUST-06",
        "requests",
    ),
    (
        "follows-hub-redirects",
        "robustness/trust-redirects/a-301-on-heartbeat-is-not-followed",
        "TRUST-ROBUST-07",
        "requests elsewhere",
    ),
    (
        "fl-client-trusts-any-server",
        "network/trust-tls/an-fl-client-stays-away-from-an-fl-endpoint-with-a-certificate-of-the-kind-unknown-issuer",
        "NET-ONLINE-01",
        "it has joined",
    ),
    (
        "fl-client-calls-hub",
        "hygiene/trust-fl-client/the-fl-client-fetches-its-data-with-the-site-key-and-says-nothing-to-the-hub",
        "FL-CLIENT-02",
        "posts more than the FL server made",
    ),
];

fn each_network_mutant_is_red_for_its_own_reason() {
    build();
    let names: Vec<&str> = NETWORK_MUTANTS.iter().map(|(name, ..)| *name).collect();
    build_mutants(&names);
    for (mutant, scenario, clause, seen) in NETWORK_MUTANTS {
        let image = format!("image:flipcheck/mock-trust:{mutant}");
        let (done, report) = judged(&["--trust", &image, "--scenario", scenario]);
        assert_eq!(done.code, 1, "{mutant}: {}\n{}", done.stdout, done.stderr);
        let found = &report["scenarios"][0]["findings"][0];
        assert_eq!(found["requirement"], *clause, "{mutant}: {found:#}");
        let told = found["observed"].to_string();
        assert!(told.contains(seen), "{mutant}: {told}");
        // The same scenario is green where nothing is broken.
        judged(&["--trust", TRUST, "--scenario", scenario]).0.expect_code(0);
    }
}

fn a_site_s_own_stack_keeps_its_promises_and_works() {
    build();
    let file = format!("compose:{}", root().join("fixtures/compose/trust.yml").display());
    let dir = tempdir().expect("a folder");
    let kit = dir.path().join("images.kit");
    let images = "DOCKER_REGISTRY=flipcheck/\nDOCKER_TAG=dev\n\
                  DOCKER_FL_REGISTRY=flipcheck/\nDOCKER_FL_TAG=dev\n";
    std::fs::write(&kit, images).expect("written");
    let kit = kit.to_string_lossy();
    let args = [
        "--trust",
        &file,
        "--compose-kit",
        &kit,
        "--time-scale",
        "0.1",
        "--tags",
        "@needs:compose or (@polling and not @needs:restart)",
    ];
    let (done, report) = judged(&args);
    done.expect_code(0);
    assert!(report["counts"]["passed"].as_u64() >= Some(15), "{}", report["counts"]);
    let images = report["target"]["images"].as_array().map(Vec::len);
    assert!(images >= Some(6), "every service's image is named: {}", report["target"]);
}

fn a_failure_shows_what_the_container_said() {
    build();
    build_mutants(&["reports-only-once"]);
    let image = "image:flipcheck/mock-trust:reports-only-once";
    let (done, report) = judged(&["--trust", image, "--tags", "@TRUST-RESULT-02"]);
    assert_eq!(done.code, 1, "{}", done.stderr);
    let scenarios = report["scenarios"].as_array().expect("scenarios");
    let failed = scenarios.iter().find(|scenario| scenario["outcome"] == "failed").expect("one");
    let told = failed["evidence"].to_string();
    assert!(told.contains("last output of its containers:"), "{failed:#}");
    assert!(told.contains("HTTP Request"), "the trust's own lines: {failed:#}");
}

fn an_image_is_judged_by_its_id_as_well() {
    build();
    let id = docker(&["image", "inspect", "--format", "{{.Id}}", "flipcheck/mock-trust:dev"]);
    let image = format!("image:{}", id.trim());
    let (done, report) = judged(&["--trust", &image, "--tags", "@TRUST-ID-04"]);
    done.expect_code(0);
    assert_eq!(report["target"]["images"][0]["id"], id.trim());
}
