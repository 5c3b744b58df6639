//! Mutants that no other file shows at work.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::rig::{Answer, FOREIGN, Hub, OWN, Plan, TRUST_KEY};

async fn site(reply: ResponseTemplate) -> MockServer {
    let site = MockServer::start().await;
    Mock::given(any()).respond_with(reply).mount(&site).await;
    site
}

fn cohort() -> Value {
    json!({"encrypted_project_id": "e", "query_id": "q", "query_name": "n", "query": "SELECT 1",
           "trust_id": OWN})
}

/// Runs one task under a mutant; its report, and what the site was asked about projects or users.
async fn one_task(mutant: &'static str, kind: &str) -> (Value, Vec<Request>) {
    let site = site(ResponseTemplate::new(200).set_body_json(json!({"n": 1}))).await;
    let hub = Hub::honest().await;
    let payload = json!({"imaging_project_id": "33333333-3333-4333-8333-333333333333",
                         "encoded_query": "x"});
    hub.queue("1", kind, &payload);
    let _rig = Plan::new(&hub).site(&site.uri()).mutant(mutant).start().await;
    let report = hub.report("1").await;
    let mut asked = site.received_requests().await.expect("recorded");
    asked.retain(|request| {
        request.url.path().starts_with("/projects") || request.url.path().starts_with("/retrieval")
    });
    (report, asked)
}

#[tokio::test]
async fn imaging_goes_astray() {
    let (report, _) = one_task("withholds-imaging-reply", "get_imaging_status").await;
    assert_eq!(report, json!({"success": true, "result": null}));
    let (_, asked) = one_task("deletes-imaging-by-query-parameter", "delete_imaging").await;
    assert_eq!(asked[0].url.path(), "/projects/");
    assert!(asked[0].url.query().is_some_and(|query| query.starts_with("project_id=")));
    let (_, asked) = one_task("shows-trust-key-to-site", "delete_imaging").await;
    assert_eq!(
        asked[0].headers.get("authorization").map(axum::http::HeaderValue::as_bytes),
        Some(TRUST_KEY.as_bytes())
    );
    let (report, _) = one_task("adds-member-to-report", "delete_imaging").await;
    assert_eq!(report.as_object().map(serde_json::Map::len), Some(3));
}

#[tokio::test]
async fn cohorts_go_astray() {
    let failing = site(ResponseTemplate::new(500)).await;
    let hub = Hub::honest().await;
    hub.queue("1", "cohort_query", &cohort());
    let plan = Plan::new(&hub).site(&failing.uri()).mutant("posts-no-cohort-error");
    let _rig = plan.start().await;
    assert_eq!(hub.report("1").await["success"], false);
    assert!(hub.of("/api/cohort/results").is_empty());

    let working = site(ResponseTemplate::new(200).set_body_json(json!({"data": []}))).await;
    let hub = Hub::scripted(|seen| {
        seen.path.ends_with("results").then(|| Answer::Json(500, json!({"detail": "x"})))
    })
    .await;
    hub.queue("1", "cohort_query", &cohort());
    let plan = Plan::new(&hub).site(&working.uri()).mutant("claims-cohort-before-hub-accepts");
    let _rig = plan.start().await;
    assert_eq!(hub.report("1").await["success"], true);
}

#[tokio::test]
async fn identity_is_logged_with_every_reply_or_ends_with_the_wrong_code() {
    let hub = Hub::honest().await;
    let rig = Plan::new(&hub).mutant("logs-identity-every-time").start().await;
    hub.wait("/api/tasks/pending", 4).await;
    assert!(rig.lines.count("Authenticated to hub as trust") >= 4);

    let plan = Plan::new(&hub).set("EXPECTED_TRUST_ID", FOREIGN);
    let rig = plan.mutant("exits-with-one-under-wrong-identity").start().await;
    assert_eq!(rig.node.wait().await.code(), 1);
}

#[tokio::test]
async fn an_abandoned_round_drops_its_snapshot_except_in_its_mutant() {
    for (mutant, kept) in [(None, false), (Some("keeps-stale-snapshot"), true)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let serving = tokio::spawn(drips_from_the_third_on(listener));
        let hub = Hub::honest().await;
        let mut plan = Plan::new(&hub).set("IMAGING_API_URL", &url);
        plan = plan.set("HEALTH_COLLECT_INTERVAL_SECONDS", "1");
        if let Some(name) = mutant {
            plan = plan.mutant(name);
        }
        let rig = plan.start().await;
        rig.wait_for_line("Health collection cycle exceeded 15.0s and was abandoned").await;
        let before = hub.of("/api/trust/heartbeat");
        assert!(before.iter().any(|beat| !beat.body.is_empty()), "a first round went well");
        let beats = hub.wait("/api/trust/heartbeat", before.len() + 2).await;
        assert_eq!(beats.last().is_some_and(|beat| !beat.body.is_empty()), kept, "{mutant:?}");
        serving.abort();
    }
}

/// Two quick replies make one round of probes; later ones never end and never pause for long.
async fn drips_from_the_third_on(listener: TcpListener) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    for nth in 0.. {
        let (mut stream, _) = listener.accept().await.expect("accepted");
        tokio::spawn(async move {
            let _ = stream.read(&mut [0; 2048]).await;
            let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n";
            if nth < 2 {
                let _ = stream
                    .write_all(format!("{head}content-length: 2\r\n\r\n{{}}").as_bytes())
                    .await;
                return;
            }
            let _ =
                stream.write_all(format!("{head}content-length: 9999\r\n\r\n").as_bytes()).await;
            while stream.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
    }
}

#[tokio::test]
async fn a_third_host_is_contacted_by_its_mutant_only() {
    let canary = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = canary.local_addr().expect("bound").to_string();
    let hub = Hub::honest().await;
    let plan = || Plan::new(&hub).set("FLIPCHECK_CANARY", &addr);
    let _honest = plan().start().await;
    hub.wait("/api/tasks/pending", 5).await;
    assert!(tokio::time::timeout(Duration::from_millis(50), canary.accept()).await.is_err());
    let _mutant = plan().mutant("contacts-third-host").start().await;
    tokio::time::timeout(Duration::from_secs(5), canary.accept())
        .await
        .expect("contacted")
        .expect("accepted");
}
