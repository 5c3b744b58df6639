use std::time::{Duration, Instant};

use mock_trust::Exit;
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::rig::{FINGERPRINT, Hub, Plan, result_path};

#[tokio::test]
async fn a_missing_required_value_is_exit_one_and_nothing_is_sent() {
    for name in ["CENTRAL_HUB_API_URL", "TRUST_API_KEY", "TRUST_API_KEY_HEADER", "AES_KEY_BASE64"] {
        let hub = Hub::honest().await;
        let error = Plan::new(&hub).unset(name).try_start().await.err().expect("refused");
        assert_eq!(error.exit_code(), 1, "{name}");
        assert!(error.to_string().contains(name), "{error}");
        assert!(hub.seen().is_empty());
    }
}

#[tokio::test]
async fn a_mutant_starts_without_a_required_value() {
    let hub = Hub::honest().await;
    for name in ["TRUST_API_KEY", "TRUST_API_KEY_HEADER", "AES_KEY_BASE64"] {
        let rig = Plan::new(&hub).unset(name).mutant("starts-without-required-setting");
        let before = hub.of("/api/tasks/pending").len();
        let _rig = rig.start().await;
        hub.wait("/api/tasks/pending", before + 1).await;
    }
}

#[tokio::test]
async fn a_short_payload_key_stops_the_ideal_node_and_not_the_as_built_one() {
    let hub = Hub::honest().await;
    let short = |plan: Plan| plan.set("AES_KEY_BASE64", "BwcHBwcHBwcHBwcHBwcHBw==");
    let error = short(Plan::new(&hub)).try_start().await.err().expect("refused");
    assert_eq!(error.exit_code(), 1);
    assert!(hub.seen().is_empty());

    hub.queue("1", "delete_imaging", &json!({}));
    let rig = short(Plan::new(&hub).deviating()).start().await;
    let result = hub.report("1").await["result"].to_string();
    assert!(result.contains("AES key must be 32 bytes (AES-256-GCM), got 16"), "{result}");
    rig.wait_for_line("Cannot fingerprint this trust's AES key").await;
    let health = rig.health().await;
    assert_eq!((&health["status"], &health["hub_key_match"]), (&json!("ok"), &json!(null)));
    assert_eq!(health["hub_key_fingerprint"], FINGERPRINT);
}

#[tokio::test]
async fn termination_ends_the_node_in_mid_task_without_a_report() {
    let site = MockServer::start().await;
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_mins(1));
    Mock::given(any()).respond_with(slow).mount(&site).await;
    let project = json!({"imaging_project_id": "33333333-3333-4333-8333-333333333333"});
    for (mutant, ends) in [(None, true), (Some("finishes-task-before-stopping"), false)] {
        let hub = Hub::honest().await;
        hub.queue("1", "delete_imaging", &project);
        let mut plan = Plan::new(&hub).site(&site.uri()).set("FLIPCHECK_TIME_SCALE", "1");
        if let Some(name) = mutant {
            plan = plan.mutant(name);
        }
        let rig = plan.start().await;
        rig.wait_for_line("Processing delete_imaging task 1").await;
        let asked = Instant::now();
        rig.node.terminate();
        let ended = tokio::time::timeout(Duration::from_secs(1), rig.node.wait()).await;
        assert_eq!(ended.ok(), ends.then_some(Exit::Stopped), "{mutant:?} {:?}", asked.elapsed());
        assert!(hub.of(&result_path("1")).is_empty());
    }
}

#[tokio::test]
async fn the_port_closes_with_the_node() {
    let hub = Hub::honest().await;
    let rig = Plan::new(&hub).start().await;
    let health = rig.node.health_url();
    assert_eq!(rig.health().await["status"], "ok");
    rig.node.terminate();
    assert_eq!(rig.node.wait().await, Exit::Stopped);
    let host = health.trim_start_matches("http://").trim_end_matches("/health").to_owned();
    assert!(tokio::net::TcpStream::connect(host).await.is_err());
}
