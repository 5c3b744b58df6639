use contract::key::cohort_admin_proof;
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::rig::{Hub, OWN, PAYLOAD_KEY, Plan, Rig, SITE_KEY, TRUST_KEY};

const SQL: &str = "SELECT planted FROM person";
const EMAIL: &str = "planted@example.org";

/// Runs one task of each kind that holds something to hide.
async fn talkative(plan: impl FnOnce(&Hub, &str) -> Plan) -> Rig {
    let site = MockServer::start().await;
    let reply = ResponseTemplate::new(200).set_body_json(json!({"ok": true}));
    Mock::given(any()).respond_with(reply).mount(&site).await;
    let hub = Hub::honest().await;
    let ids = json!({"encrypted_project_id": "e", "project_id": "p", "query_id": "q",
                     "query_name": "n", "query": SQL, "trust_id": OWN});
    hub.queue("1", "cohort_query", &ids);
    hub.queue("2", "persist_cohort", &ids);
    hub.queue("3", "update_user_profile", &json!({"email": EMAIL, "enabled": true}));
    hub.queue(
        "4",
        "get_imaging_status",
        &json!({
            "imaging_project_id": "33333333-3333-4333-8333-333333333333",
            "encoded_query": "U0VMRUNUIHBsYW50ZWQ=",
        }),
    );
    let rig = plan(&hub, &site.uri()).start().await;
    let last = hub.report("4").await;
    assert_eq!(last["success"], true, "{last}");
    rig
}

fn leaks(rig: &Rig) -> Vec<&'static str> {
    let text = rig.lines.text();
    let proof = cohort_admin_proof(PAYLOAD_KEY);
    [
        ("trust key", TRUST_KEY),
        ("site key", SITE_KEY),
        ("payload key", PAYLOAD_KEY),
        ("proof", proof.as_str()),
        ("SQL", SQL),
        ("SQL", "U0VMRUNUIHBsYW50ZWQ"),
        ("e-mail", EMAIL),
    ]
    .into_iter()
    .filter(|(_, secret)| text.contains(secret))
    .map(|(name, _)| name)
    .collect()
}

#[tokio::test]
async fn the_ideal_node_hides_everything_at_every_level() {
    for level in ["INFO", "DEBUG"] {
        let rig = talkative(|hub, site| Plan::new(hub).site(site).set("LOG_LEVEL", level)).await;
        assert_eq!(leaks(&rig), Vec::<&str>::new(), "{level}");
    }
}

#[tokio::test]
async fn as_built_shows_addresses_and_encoded_sql_at_info_and_keys_at_debug() {
    let rig = talkative(|hub, site| Plan::new(hub).site(site).deviating()).await;
    assert_eq!(leaks(&rig), ["SQL", "e-mail"]);
    rig.wait_for_line("?encoded_query=U0VMRUNUIHBsYW50ZWQ%3D").await;
    rig.wait_for_line("Processing update user profile task: email=planted@example.org").await;
    let debug =
        |hub: &Hub, site: &str| Plan::new(hub).site(site).set("LOG_LEVEL", "DEBUG").deviating();
    let rig = talkative(debug).await;
    for secret in ["trust key", "site key", "proof", "SQL", "e-mail"] {
        assert!(leaks(&rig).contains(&secret), "{secret}");
    }
}

#[tokio::test]
async fn mutants_leak_at_info() {
    let rig = talkative(|hub, site| Plan::new(hub).site(site).mutant("logs-payload")).await;
    assert!(leaks(&rig).contains(&"SQL"));
    let rig = talkative(|hub, site| Plan::new(hub).site(site).mutant("logs-trust-key")).await;
    assert_eq!(leaks(&rig), ["trust key"]);
}

#[tokio::test]
async fn each_call_leaves_a_line_with_method_path_and_status() {
    let hub = Hub::honest().await;
    let rig = Plan::new(&hub).start().await;
    rig.wait_for_line("HTTP Request: GET").await;
    let line = format!("HTTP Request: GET {}/tasks/pending \\\"HTTP/1.1 200 OK\\\"", hub.url);
    rig.wait_for_line(&line).await;

    let quiet = Plan::new(&hub).mutant("logs-no-calls").start().await;
    hub.wait("/api/tasks/pending", 6).await;
    assert_eq!(quiet.lines.count("HTTP Request"), 0);
}
