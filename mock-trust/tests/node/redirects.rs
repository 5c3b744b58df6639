use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::rig::{Answer, Hub, OWN, Plan, Seen, TRUST_KEY};

fn to(status: u16, target: &Hub) -> impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static {
    let location = target.url.clone();
    move |seen| {
        let path = seen.path.trim_start_matches("/api");
        Some(Answer::With(status, "location", format!("{location}{path}")))
    }
}

#[tokio::test]
async fn loop_calls_follow_no_redirect_except_in_their_mutant() {
    for status in [301, 307] {
        let elsewhere = Hub::honest().await;
        let hub = Hub::scripted(to(status, &elsewhere)).await;
        let rig = Plan::new(&hub).start().await;
        hub.wait("/api/tasks/pending", 3).await;
        assert!(elsewhere.seen().is_empty());
        let line = format!("Unexpected status {status} polling for tasks");
        rig.wait_for_line(&line).await;
        let _mutant = Plan::new(&hub).mutant("follows-hub-redirects").start().await;
        elsewhere.wait("/api/tasks/pending", 1).await;
    }
}

/// A hub that takes everything but sends counts elsewhere.
async fn counts_elsewhere(elsewhere: &Hub) -> Hub {
    let redirect = to(307, elsewhere);
    let hub =
        Hub::scripted(move |seen| seen.path.ends_with("cohort/results").then(|| redirect(seen))?)
            .await;
    hub.queue(
        "1",
        "cohort_query",
        &json!({
            "encrypted_project_id": "e", "query_id": "q", "query_name": "n", "query": "SELECT 1",
            "trust_id": OWN,
        }),
    );
    hub
}

#[tokio::test]
async fn counts_and_key_stay_with_the_hub_in_ideal_conduct() {
    let site = MockServer::start().await;
    let counts = ResponseTemplate::new(200).set_body_json(json!({"record_count": 30, "data": []}));
    Mock::given(any()).respond_with(counts).mount(&site).await;
    let plan = |hub: &Hub, header: &str| {
        Plan::new(hub).site(&site.uri()).set("TRUST_API_KEY_HEADER", header)
    };

    let elsewhere = Hub::honest().await;
    let hub = counts_elsewhere(&elsewhere).await;
    let _rig = plan(&hub, "X-Trust-API-Key").start().await;
    assert_eq!(hub.report("1").await["success"], false);
    assert!(elsewhere.seen().is_empty());

    for (header, key) in [("X-Trust-API-Key", Some(TRUST_KEY)), ("Authorization", None)] {
        let elsewhere = Hub::honest().await;
        let hub = counts_elsewhere(&elsewhere).await;
        let _rig = plan(&hub, header).deviating().start().await;
        assert_eq!(hub.report("1").await["success"], true);
        let forwarded = &elsewhere.of("/api/cohort/results")[0];
        assert_eq!(forwarded.header(header), key, "{header}");
        assert_eq!(forwarded.json()["record_count"], 30);
    }
}
