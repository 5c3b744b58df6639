use std::time::Duration;

use contract::edition::EditionId;
use serde_json::{Value, json};
use wiremock::matchers::{any, body_json, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::rig::{Answer, Hub, OWN, Plan, SITE_KEY, result_path, sealed};

const PROJECT: &str = "33333333-3333-4333-8333-333333333333";

fn cohort() -> Value {
    json!({"encrypted_project_id": "e", "query_id": "q", "query_name": "n", "query": "SELECT 1",
           "trust_id": OWN, "extra": [1, "kept"]})
}

async fn site(reply: ResponseTemplate) -> MockServer {
    let site = MockServer::start().await;
    Mock::given(any()).respond_with(reply).mount(&site).await;
    site
}

/// What the node reports for one task, with a site that answers everything the same way.
async fn reported(kind: &str, payload: &Value, reply: ResponseTemplate) -> Value {
    let site = site(reply).await;
    let hub = Hub::honest().await;
    hub.queue("1", kind, payload);
    let _rig = Plan::new(&hub).site(&site.uri()).start().await;
    hub.report("1").await
}

fn ok(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

#[tokio::test]
async fn each_imaging_task_makes_its_call_and_returns_its_reply() {
    let create = json!({"project_id": PROJECT, "trust_id": OWN, "project_name": "p",
                        "users": [], "extra": true});
    let status = json!({"imaging_project_id": PROJECT, "encoded_query": "U0VM=="});
    let profile = json!({"email": "a@example.org", "enabled": false});
    let delete = json!({"imaging_project_id": PROJECT});
    let freeze = json!({"project_id": "p", "trust_id": OWN, "encrypted_project_id": "e",
                        "query": "SELECT 1"});
    let project = format!("/projects/{PROJECT}");
    let count = format!("/retrieval/import_status_count/{PROJECT}");
    let reimport = format!("/retrieval/reimport_imaging_project_studies/{PROJECT}");
    let creation = "/projects/create-project-from-central-hub-project";
    let written = Some(r#"{"n": 1}"#);
    for (kind, payload, verb, route, body, result) in [
        ("create_imaging", &create, "POST", creation, Some(create.clone()), written),
        ("delete_imaging", &delete, "DELETE", project.as_str(), None, None),
        ("get_imaging_status", &status, "GET", count.as_str(), None, written),
        ("reimport_studies", &status, "PUT", reimport.as_str(), None, None),
        ("update_user_profile", &profile, "PUT", "/users", Some(profile.clone()), None),
        (
            "persist_cohort",
            &freeze,
            "POST",
            "/cohort/snapshot",
            Some(json!({"encrypted_project_id": "e", "query": "SELECT 1"})),
            written,
        ),
    ] {
        let site = MockServer::start().await;
        let call = Mock::given(method(verb))
            .and(path(route))
            .and(header("x-trust-internal-service-key", SITE_KEY));
        let call = match &body {
            Some(body) => call.and(body_json(body)),
            None => call,
        };
        let call = if route.starts_with("/retrieval") {
            call.and(query_param("encoded_query", "U0VM=="))
        } else {
            call
        };
        call.respond_with(ok(json!({"n": 1}))).expect(1).named(kind).mount(&site).await;
        let hub = Hub::honest().await;
        hub.queue("1", kind, payload);
        let _rig = Plan::new(&hub).site(&site.uri()).start().await;
        assert_eq!(hub.report("1").await, json!({"success": true, "result": result}), "{kind}");
        let requests = site.received_requests().await.expect("recorded");
        let sent = requests.iter().find(|request| request.url.path() == route).expect("made");
        assert_eq!(sent.headers.get("authorization"), None, "{kind}: the trust key stays home");
        let proof = sent.headers.contains_key("x-cohort-admin-key");
        assert_eq!(proof, kind == "persist_cohort", "{kind}");
    }
}

#[tokio::test]
async fn a_cohort_query_is_forwarded_whole_and_its_counts_go_to_the_hub_as_text() {
    let site = MockServer::start().await;
    let counts = json!({"query_id": "q", "trust_id": OWN, "record_count": 30, "suppressed": false,
        "data": [{"name": "Age", "results": [{"value": 30, "count": 30}, {"value": null, "count": 0}]}]});
    Mock::given(method("POST"))
        .and(path("/cohort"))
        .and(body_json(cohort()))
        .respond_with(ok(counts))
        .expect(1)
        .mount(&site)
        .await;
    let hub = Hub::honest().await;
    hub.queue("1", "cohort_query", &cohort());
    let _rig = Plan::new(&hub).site(&site.uri()).start().await;
    assert_eq!(hub.report("1").await, json!({"success": true, "result": null}));
    let sent = &hub.of("/api/cohort/results")[0];
    assert_eq!(sent.json()["data"][0]["results"][0]["value"], "30");
    assert_eq!(sent.json()["data"][0]["results"][1]["value"], "None");
    assert!(sent.at < hub.of(&result_path("1"))[0].at);
}

#[tokio::test]
async fn a_failed_cohort_query_posts_an_error_record_then_a_failed_result() {
    for (as_built, error) in
        [(false, "500: query_failed"), (true, r#"500: {"detail":"query_failed"}"#)]
    {
        let reply = ResponseTemplate::new(500).set_body_json(json!({"detail": "query_failed"}));
        let site = site(reply).await;
        let hub = Hub::honest().await;
        hub.queue("1", "cohort_query", &cohort());
        let plan = Plan::new(&hub).site(&site.uri());
        let _rig = if as_built { plan.deviating() } else { plan }.start().await;
        let report = hub.report("1").await;
        assert_eq!(report["success"], false);
        assert!(report["result"].as_str().is_some_and(|text| text.contains("500: ")), "{report}");
        let records = hub.of("/api/cohort/results");
        assert_eq!(records.len(), 1);
        let record = records[0].json();
        assert_eq!((&record["query_id"], &record["trust_id"]), (&json!("q"), &json!(OWN)));
        assert_eq!((&record["record_count"], &record["data"]), (&json!(0), &json!([])));
        assert_eq!(record["error"], error);
        assert_eq!(record["created"].as_str().map(str::len), Some(10));
    }
}

#[tokio::test]
async fn counts_the_hub_refuses_fail_the_task() {
    for (as_built, posts) in [(false, 1), (true, 2)] {
        let site = site(ok(json!({"record_count": 30, "data": []}))).await;
        let hub = Hub::scripted(|seen| {
            seen.path.ends_with("results").then(|| Answer::Json(503, json!({"detail": "x"})))
        })
        .await;
        hub.queue("1", "cohort_query", &cohort());
        let plan = Plan::new(&hub).site(&site.uri());
        let _rig = if as_built { plan.deviating() } else { plan }.start().await;
        assert_eq!(hub.report("1").await["success"], false);
        assert_eq!(hub.of("/api/cohort/results").len(), posts);
    }
}

#[tokio::test]
async fn failed_local_calls_fail_their_task_in_these_words() {
    let delete = json!({"imaging_project_id": PROJECT});
    for (reply, text) in [
        (ResponseTemplate::new(503), "503: External API error"),
        (ResponseTemplate::new(204), "502: External API returned non-JSON response"),
        (ResponseTemplate::new(200).set_body_string("<html>"), "502: External API returned"),
        (ResponseTemplate::new(401).set_body_string("Invalid key."), "401: Invalid key."),
        (ok(json!(1)).set_delay(Duration::from_secs(5)), "502: Failed to connect to remote"),
        (ResponseTemplate::new(500).set_body_string("x".repeat(2000)), "500: xxx"),
    ] {
        let report = reported("delete_imaging", &delete, reply).await;
        assert_eq!(report["success"], false);
        let error: Value =
            serde_json::from_str(report["result"].as_str().expect("a text")).expect("JSON");
        let error = error["error"].as_str().expect("a text");
        assert!(error.starts_with(text) && error.len() <= 1005, "{error}");
    }
}

#[tokio::test]
async fn only_the_imaging_status_states_a_status_code_and_only_in_the_newest_edition() {
    let payload = json!({"imaging_project_id": PROJECT, "encoded_query": "x"});
    for (edition, code) in [(EditionId::V2026_09, json!(404)), (EditionId::V2026_07, Value::Null)] {
        let site = site(ResponseTemplate::new(404).set_body_string("gone")).await;
        let hub = Hub::start(edition, |_| None).await;
        hub.queue("1", "get_imaging_status", &payload);
        let _rig = Plan::new(&hub).edition(edition).site(&site.uri()).start().await;
        let report = hub.report("1").await;
        let error: Value =
            serde_json::from_str(report["result"].as_str().expect("text")).expect("JSON");
        assert_eq!((&error["error"], &error["status_code"]), (&json!("404: gone"), &code));
    }
}

#[tokio::test]
async fn unusable_payloads_fail_in_these_words_and_touch_no_service() {
    let text = json!({"imaging_project_id": PROJECT});
    let newest = EditionId::V2026_09;
    for (payload, words) in [
        (
            json!(sealed(newest, "reimport_studies", &text)),
            "Invalid payload: failed authentication",
        ),
        (json!(text.to_string()), "Invalid payload: Payload is not a FLIP encryption envelope"),
        (json!(null), "Invalid payload: Payload is not a FLIP encryption envelope"),
        (
            json!(sealed(EditionId::V2026_07, "x", &text)),
            "Payload is not a FLIP encryption envelope",
        ),
        (json!(sealed(EditionId::TrustKeys, "x", &text)), "Invalid payload: failed authentication"),
        (json!(sealed(newest, "delete_imaging", &json!([]))), "has no attribute"),
        (json!(sealed(newest, "delete_imaging", &json!({}))), "Field required"),
    ] {
        let site = site(ok(json!({}))).await;
        let hub = Hub::honest().await;
        hub.queue_entry(json!({"id": "1", "task_type": "delete_imaging", "payload": payload}));
        let _rig = Plan::new(&hub).site(&site.uri()).start().await;
        let result = hub.report("1").await["result"].to_string();
        assert!(result.contains(words), "{result}");
        let requests = site.received_requests().await.expect("recorded");
        assert!(requests.iter().all(|request| !request.url.path().starts_with("/projects")));
    }
}

#[tokio::test]
async fn a_captured_payload_runs_again_as_built_only() {
    let payload =
        sealed(EditionId::V2026_09, "delete_imaging", &json!({"imaging_project_id": PROJECT}));
    for (as_built, again) in [(false, false), (true, true)] {
        let site = site(ok(json!({}))).await;
        let hub = Hub::honest().await;
        for id in ["1", "1", "2"] {
            hub.queue_sealed(id, "delete_imaging", &payload);
        }
        let plan = Plan::new(&hub).site(&site.uri());
        let _rig = if as_built { plan.deviating() } else { plan }.start().await;
        assert_eq!(hub.report("2").await["success"], again);
        let same = hub.of(&result_path("1"));
        assert!(same.iter().all(|report| report.json()["success"] == true), "same task again");
        assert_eq!(same.len(), 2);
    }
}

#[tokio::test]
async fn every_edition_opens_its_own_payloads() {
    for edition in EditionId::ALL {
        let site = site(ok(json!({}))).await;
        let hub = Hub::start(edition, |_| None).await;
        hub.queue("1", "delete_imaging", &json!({"imaging_project_id": PROJECT}));
        let _rig = Plan::new(&hub).edition(edition).site(&site.uri()).start().await;
        let path = match edition {
            EditionId::V2026_03 => "/api/tasks/Alpha%20Hospital/1/result".to_owned(),
            _ => result_path("1"),
        };
        let report = &hub.wait(&path, 1).await[0];
        assert_eq!(report.json(), json!({"success": true, "result": null}), "{edition}");
    }
}

#[tokio::test]
async fn trust_keys_reads_old_payloads_unless_told_not_to() {
    for (legacy, success) in [("true", true), ("no", false)] {
        let site = site(ok(json!({}))).await;
        let hub = Hub::start(EditionId::TrustKeys, |_| None).await;
        let old = sealed(EditionId::V2026_07, "x", &json!({"imaging_project_id": PROJECT}));
        hub.queue_sealed("1", "delete_imaging", &old);
        let plan = Plan::new(&hub).edition(EditionId::TrustKeys).site(&site.uri());
        let _rig = plan.set("AES_ACCEPT_LEGACY_CBC", legacy).start().await;
        assert_eq!(hub.report("1").await["success"], success, "{legacy}");
    }
}

#[tokio::test]
async fn mutants_claim_success_where_there_was_none() {
    let delete = json!({"imaging_project_id": PROJECT});
    for (mutant, kind, status) in [
        ("claims-success-after-failed-call", "delete_imaging", 500),
        ("takes-empty-reply-for-success", "delete_imaging", 204),
        ("claims-unknown-task-done", "no_such_type", 200),
    ] {
        let site = site(ResponseTemplate::new(status)).await;
        let hub = Hub::honest().await;
        hub.queue("1", kind, &delete);
        let _rig = Plan::new(&hub).site(&site.uri()).mutant(mutant).start().await;
        assert_eq!(hub.report("1").await["success"], true, "{mutant}");
    }
}

#[tokio::test]
async fn mutants_of_the_cohort_change_what_is_forwarded_or_sent() {
    let counts = json!({"record_count": 0, "suppressed": true,
                        "data": [{"results": [{"value": 3, "count": 3}]}]});
    let sent = async |mutant: &'static str| {
        let site = site(ok(counts.clone())).await;
        let hub = Hub::honest().await;
        hub.queue("1", "cohort_query", &cohort());
        let _rig = Plan::new(&hub).site(&site.uri()).mutant(mutant).start().await;
        hub.report("1").await;
        let requests = site.received_requests().await.expect("recorded");
        let asked = requests.iter().find(|request| request.url.path() == "/cohort").expect("made");
        (asked.body_json::<Value>().expect("JSON"), hub.of("/api/cohort/results")[0].json())
    };
    assert!(sent("drops-unknown-cohort-members").await.0.get("extra").is_none());
    assert_eq!(sent("sends-cohort-values-as-numbers").await.1["data"][0]["results"][0]["value"], 3);
    assert!(sent("drops-suppressed-mark").await.1.get("suppressed").is_none());
    let (asked, honest) = sent("logs-no-calls").await;
    assert_eq!((&asked["extra"][1], &honest["suppressed"]), (&json!("kept"), &json!(true)));
}

#[tokio::test]
async fn mutants_of_keys_and_formats() {
    let delete = json!({"imaging_project_id": PROJECT});
    let refused = ResponseTemplate::new(401).set_body_string("Invalid trust-internal service key.");
    let site = site(refused).await;
    let hub = Hub::honest().await;
    hub.queue("1", "delete_imaging", &delete);
    hub.queue_sealed("2", "delete_imaging", "not sealed");
    let plan = Plan::new(&hub).site(&site.uri()).mutant("drops-text-of-refused-site-key");
    let _rig = plan.mutant("drops-task-in-foreign-format").start().await;
    let result = hub.report("1").await["result"].to_string();
    assert!(!result.contains("401"), "{result}");
    hub.wait("/api/tasks/pending", 3).await;
    assert!(hub.of(&result_path("2")).is_empty());

    let hub = Hub::honest().await;
    for id in ["1", "2", "3"] {
        hub.queue_sealed(id, "delete_imaging", "not sealed");
    }
    let _rig = Plan::new(&hub).mutant("goes-silent-with-stale-key").start().await;
    hub.wait("/api/tasks/pending", 5).await;
    assert_eq!(hub.of("/api/trust/heartbeat").len(), 1);
}
