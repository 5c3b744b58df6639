use std::time::Duration;

use contract::edition::EditionId;
use serde_json::{Value, json};
use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::rig::{Answer, FINGERPRINT, Hub, OWN, Plan, SITE_KEY, Seen, eventually, fetch};

fn with_body(seen: &Seen) -> bool {
    !seen.body.is_empty()
}

async fn first_snapshot(hub: &Hub) -> Value {
    let path = "/api/trust/heartbeat";
    eventually("a snapshot", || hub.of(path).iter().any(with_body)).await;
    hub.of(path).into_iter().find(with_body).expect("just seen").json()
}

async fn site_answering(version: &str) -> MockServer {
    let site = MockServer::start().await;
    let reply =
        ResponseTemplate::new(200).set_body_json(json!({"status": "ok", "version": version}));
    Mock::given(path("/health")).respond_with(reply).mount(&site).await;
    let pacs = ResponseTemplate::new(200).set_body_json(json!({"successful": false}));
    Mock::given(path("/imaging/ping_pacs")).respond_with(pacs).mount(&site).await;
    Mock::given(path("/xapi/siteConfig/buildInfo"))
        .respond_with(ResponseTemplate::new(401))
        .mount(&site)
        .await;
    site
}

#[tokio::test]
async fn heartbeats_carry_six_services_within_the_limits() {
    let site = site_answering(&"v".repeat(100)).await;
    let hub = Hub::honest().await;
    let plan = Plan::new(&hub).site(&site.uri()).set("XNAT_URL", &site.uri());
    let _rig = plan.set("HEALTH_PROBE_DEGRADED_MS", "1000000").start().await;
    let snapshot = first_snapshot(&hub).await;
    let services = snapshot["services"].as_object().expect("an object");
    let names: Vec<&String> = services.keys().collect();
    assert_eq!(names, ["data-access-api", "dicom", "imaging-api", "omop", "trust-api", "xnat"]);
    let status = |name: &str| services[name]["status"].as_str().expect("text");
    assert_eq!(status("trust-api"), "healthy");
    assert_eq!(status("imaging-api"), "healthy");
    assert_eq!(status("xnat"), "healthy", "401 is a sign of life");
    assert_eq!(status("dicom"), "down");
    assert_eq!(status("omop"), "down");
    assert_eq!(services["imaging-api"]["version"].as_str().map(str::len), Some(64));
    assert!(snapshot["collected_at"].as_str().expect("text").ends_with("+00:00"));
    let requests = site.received_requests().await.expect("recorded");
    for request in requests {
        let keyed = request.headers.get("x-trust-internal-service-key");
        let expected = (request.url.path() == "/imaging/ping_pacs").then_some(SITE_KEY);
        assert_eq!(keyed.map(|key| key.to_str().expect("text")), expected, "{}", request.url);
    }
}

#[tokio::test]
async fn mutants_send_uncut_versions_or_no_snapshot_at_all() {
    let site = site_answering(&"v".repeat(100)).await;
    let hub = Hub::honest().await;
    let plan = Plan::new(&hub).site(&site.uri()).mutant("sends-uncut-version");
    let _rig = plan.start().await;
    let snapshot = first_snapshot(&hub).await;
    assert_eq!(snapshot["services"]["imaging-api"]["version"].as_str().map(str::len), Some(100));

    let hub = Hub::honest().await;
    let _rig = Plan::new(&hub).mutant("never-sends-snapshot").start().await;
    let beats = hub.wait("/api/trust/heartbeat", 6).await;
    assert!(!beats.iter().any(with_body));
}

#[tokio::test]
async fn a_rejected_snapshot_is_followed_by_one_bodyless_heartbeat() {
    let reject = |seen: &Seen| with_body(seen).then(|| Answer::Json(422, json!({"detail": []})));
    for (edition, as_built, repeated) in [
        (EditionId::V2026_09, false, true),
        (EditionId::V2026_09, true, true),
        (EditionId::V2026_07, false, true),
        (EditionId::V2026_07, true, false),
    ] {
        let hub = Hub::start(edition, reject).await;
        let plan = Plan::new(&hub).edition(edition);
        let rig = if as_built { plan.deviating() } else { plan }.start().await;
        first_snapshot(&hub).await;
        let count = hub.of("/api/tasks/pending").len();
        hub.wait("/api/tasks/pending", count + 2).await;
        let seen = hub.seen();
        let at = seen.iter().position(with_body).expect("a snapshot");
        let next = &seen[at + 1];
        assert_eq!(next.path.ends_with("heartbeat") && next.body.is_empty(), repeated, "{edition}");
        let after = &seen[at + usize::from(repeated) + 1];
        assert!(after.path.ends_with("pending"), "{edition}: one repeat at most");
        assert_eq!(rig.lines.count("Hub rejected health snapshot (HTTP 422)") > 0, repeated);
    }
}

#[tokio::test]
async fn a_hanging_site_delays_nothing() {
    let site = MockServer::start().await;
    let hung = ResponseTemplate::new(200).set_delay(Duration::from_mins(10));
    Mock::given(any()).respond_with(hung).mount(&site).await;
    let hub = Hub::honest().await;
    let plan = Plan::new(&hub).site(&site.uri()).set("FLIPCHECK_TIME_SCALE", "0.1");
    let _rig = plan.set("POLL_INTERVAL_SECONDS", "1").start().await;
    let beats = hub.wait("/api/trust/heartbeat", 4).await;
    let between = beats[3].at - beats[0].at;
    assert!(between < Duration::from_millis(500), "{between:?} for three cycles of 0.1 s");

    let hub = Hub::honest().await;
    let plan = Plan::new(&hub).site(&site.uri()).set("FLIPCHECK_TIME_SCALE", "0.1");
    let _rig = plan.mutant("probes-inside-loop").start().await;
    let first =
        tokio::time::timeout(Duration::from_millis(400), hub.wait("/api/trust/heartbeat", 1));
    assert!(first.await.is_err(), "the probes hold the first heartbeat for 0.5 s");
}

#[tokio::test]
async fn a_foreign_fingerprint_shows_in_health_and_in_one_warning() {
    let hub = Hub::scripted(|seen| {
        let body = json!({"trust_id": OWN, "trust_name": "Alpha", "hub_version": "v9",
                          "aes_key_fingerprint": "000000000000"});
        seen.path.ends_with("heartbeat").then_some(Answer::Json(200, body))
    })
    .await;
    let rig = Plan::new(&hub).start().await;
    let blind = Plan::new(&hub).mutant("ignores-foreign-fingerprint").start().await;
    hub.wait("/api/trust/heartbeat", 12).await;
    let health = rig.health().await;
    assert_eq!(health["hub_key_match"], false);
    assert_eq!(health["hub_key_fingerprint"], "000000000000");
    assert_eq!(health["hub_version"], "v9");
    assert_eq!(rig.lines.count("This trust's AES key differs from the hub's"), 1);
    assert_eq!(blind.lines.count("This trust's AES key differs from the hub's"), 0);
    assert_eq!(blind.health().await["hub_key_match"], Value::Null);
}

#[tokio::test]
async fn health_tells_of_a_refusing_hub_and_recovers() {
    let hub = Hub::scripted(|seen| {
        (seen.nth < 5).then(|| Answer::Json(401, json!({"detail": "Invalid API Key."})))
    })
    .await;
    let rig = Plan::new(&hub).start().await;
    hub.wait("/api/tasks/pending", 2).await;
    assert_eq!(rig.health().await["status"], "degraded");
    hub.wait("/api/tasks/pending", 7).await;
    let health = rig.health().await;
    assert_eq!((&health["status"], &health["hub_key_match"]), (&json!("ok"), &json!(true)));
    assert_eq!(health["hub_key_fingerprint"], FINGERPRINT);
}

#[tokio::test]
async fn documents_are_hidden_in_production() {
    let hub = Hub::honest().await;
    for (environment, status) in [("development", 200), ("production", 404)] {
        let rig = Plan::new(&hub).set("ENV", environment).start().await;
        let base = rig.node.health_url().trim_end_matches("/health").to_owned();
        for page in ["docs", "redoc", "openapi.json"] {
            assert_eq!(fetch(&format!("{base}/{page}")).await.0, status, "{page}");
        }
        assert_eq!(fetch(&format!("{base}/health/")).await.0, 307);
        assert_eq!(fetch(&format!("{base}/elsewhere")).await.0, 404);
    }
}

#[tokio::test]
async fn the_first_heartbeat_waits_for_no_site_except_in_its_mutant() {
    let site = MockServer::start().await;
    let hub = Hub::honest().await;
    let plan = || Plan::new(&hub).site(&site.uri()).mutant("waits-for-site-before-first-heartbeat");
    let _answered = plan().start().await;
    hub.wait("/api/trust/heartbeat", 1).await;

    let hub = Hub::honest().await;
    let _rig = Plan::new(&hub).start().await;
    hub.wait("/api/trust/heartbeat", 1).await;
    let hub = Hub::honest().await;
    let _rig = Plan::new(&hub).mutant("waits-for-site-before-first-heartbeat").start().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(hub.seen().is_empty(), "15 contract seconds without a heartbeat");
}

#[tokio::test]
async fn the_built_in_site_serves_a_node_that_names_none() {
    let hub = Hub::honest().await;
    hub.queue("1", "update_user_profile", &json!({"email": "nobody@example.org", "enabled": true}));
    let rig = Plan::new(&hub).own_site().start().await;
    let ready = rig.node.ready();
    assert_eq!(ready.site.as_ref().map(|site| site.control_url.is_empty()), Some(false));
    let report = hub.report("1").await;
    assert!(report["result"].as_str().is_some_and(|text| text.contains("404")), "{report}");
    let snapshot = first_snapshot(&hub).await;
    assert_ne!(snapshot["services"]["omop"]["status"], "down", "{snapshot}");
}
