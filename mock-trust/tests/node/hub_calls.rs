use contract::edition::EditionId;
use serde_json::json;

use super::rig::{Hub, OWN, Plan, SITE_KEY, TRUST_KEY, result_path};

#[tokio::test]
async fn every_call_carries_the_key_and_the_headers_of_the_real_client() {
    let hub = Hub::honest().await;
    hub.queue("1", "no_such_type", &json!({}));
    let _rig = Plan::new(&hub).start().await;
    hub.report("1").await;
    for seen in hub.seen() {
        assert_eq!(seen.header("authorization"), Some(TRUST_KEY), "{}", seen.path);
        assert_eq!(seen.header("accept"), Some("*/*"));
        assert_eq!(seen.header("accept-encoding"), Some("gzip, deflate"));
        assert_eq!(seen.header("user-agent"), Some("python-httpx/0.28.1"));
        assert_eq!(seen.header("x-trust-internal-service-key"), None);
    }
    let report = &hub.of(&result_path("1"))[0];
    assert_eq!(report.method, "POST");
    assert_eq!(report.header("content-type"), Some("application/json"));
    let text = std::str::from_utf8(&report.body).expect("text");
    assert!(text.contains(r#""success":false"#), "{text}");
}

#[tokio::test]
async fn a_bodyless_heartbeat_has_length_zero_and_no_type() {
    let hub = Hub::start(EditionId::V2026_06, |_| None).await;
    let _rig = Plan::new(&hub).edition(EditionId::V2026_06).start().await;
    let beats = hub.wait("/api/trust/heartbeat", 4).await;
    for beat in beats {
        assert_eq!(beat.method, "POST");
        assert_eq!(beat.header("content-length"), Some("0"));
        assert_eq!(beat.header("content-type"), None);
        assert!(beat.body.is_empty());
    }
}

#[tokio::test]
async fn the_key_goes_under_the_configured_header_name() {
    let hub = Hub::honest().await;
    let _rig = Plan::new(&hub).set("TRUST_API_KEY_HEADER", "X-Trust-API-Key").start().await;
    let poll = &hub.wait("/api/tasks/pending", 1).await[0];
    assert_eq!(poll.header("x-trust-api-key"), Some(TRUST_KEY));
    assert_eq!(poll.header("authorization"), None);
}

#[tokio::test]
async fn a_base_with_trailing_slash_doubles_it() {
    let hub = Hub::honest().await;
    let url = format!("{}/", hub.url);
    let _rig = Plan::new(&hub).set("CENTRAL_HUB_API_URL", &url).start().await;
    hub.wait("/api//tasks/pending", 1).await;
}

#[tokio::test]
async fn a_mutant_shows_the_site_key_to_the_hub() {
    let hub = Hub::honest().await;
    let _rig = Plan::new(&hub).mutant("shows-site-key-to-hub").start().await;
    let poll = &hub.wait("/api/tasks/pending", 1).await[0];
    assert_eq!(poll.header("x-trust-internal-service-key"), Some(SITE_KEY));
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_used_unless_the_host_is_exempt() {
    let proxy = Hub::honest().await;
    let through = proxy.url.trim_end_matches("/api").to_owned();
    let plan = |hub: &Hub| Plan::new(hub).set("HTTP_PROXY", &through);
    let hub = Hub::honest().await;
    let _exempt = plan(&hub).set("NO_PROXY", "127.0.0.1").start().await;
    hub.wait("/api/tasks/pending", 2).await;
    assert!(proxy.seen().is_empty());
    let _rig = plan(&hub).set("CENTRAL_HUB_API_URL", "http://hub.invalid/api").start().await;
    let poll = &proxy.wait("/api/tasks/pending", 1).await[0];
    assert_eq!(poll.header("host"), Some("hub.invalid"));
    assert_eq!(poll.header("authorization"), Some(TRUST_KEY));
}

#[tokio::test]
async fn counts_go_to_their_own_route() {
    let hub = Hub::honest().await;
    hub.queue(
        "1",
        "cohort_query",
        &json!({
            "encrypted_project_id": "e", "query_id": "q", "query_name": "n", "query": "SELECT 1",
            "trust_id": OWN,
        }),
    );
    let _rig = Plan::new(&hub).start().await;
    let record = &hub.wait("/api/cohort/results", 1).await[0];
    assert_eq!(record.header("authorization"), Some(TRUST_KEY));
    assert_eq!(record.json()["record_count"], 0);
    assert_eq!(record.json()["error"], "502: internal_error");
}
