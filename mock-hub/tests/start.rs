//! Starting, stopping, and what a hub leaves behind.

mod support;

use std::net::SocketAddr;
use std::time::Duration;

use mock_hub::hub::StartError;
use mock_hub::{Hub, HubOptions};
use reqwest::Method;
use serde_json::json;
use support::{TestHub, client};

fn at(address: &str) -> SocketAddr {
    address.parse().expect("an address")
}

#[tokio::test]
async fn the_ready_line_holds_what_a_starter_needs_and_all_of_it_answers() {
    let hub = TestHub::start(HubOptions { seed: Some(3), ..HubOptions::default() }).await;
    let ready = hub.ready();
    assert_eq!(
        (&ready["ready"], &ready["kind"], &ready["edition"], &ready["conduct"]),
        (&json!(true), &json!("mock-hub"), &json!("2026.09"), &json!("as-built"))
    );
    assert_eq!((&ready["seed"], &ready["version"]), (&json!(3), &json!("v0.8.0")));
    assert_eq!(ready["ca_path"], json!(null));
    let health = hub.http.get(hub.url("/api/health")).send().await.expect("the API answers");
    assert_eq!(health.status().as_u16(), 200);
    let fl = ready["fl_addr"].as_str().expect("an address");
    tokio::net::TcpStream::connect(fl).await.expect("the FL endpoint answers");
    let status = hub.get("/control/status").await;
    assert_eq!(status["edition"], "2026.09");
    assert!(!hub.hub.ready().to_string().contains('\n'), "one line");
}

#[tokio::test]
async fn the_seed_that_a_hub_tells_repeats_its_ids_and_keys() {
    let first = TestHub::start(HubOptions::default()).await;
    let seed = first.ready()["seed"].as_u64();
    assert!(seed.is_some(), "told although nobody chose it");
    let second = TestHub::start(HubOptions { seed, ..HubOptions::default() }).await;
    let third = TestHub::start(HubOptions::default()).await;
    let mut keys = Vec::new();
    for hub in [&first, &second, &third] {
        let kit = hub.post("/control/trusts", json!({"name": "Alpha", "code": "A"})).await;
        keys.push((kit["id"].clone(), kit["trust_api_key"].clone()));
    }
    assert_eq!(keys[0], keys[1]);
    assert_ne!(keys[0], keys[2], "control: another seed, other keys");
}

#[tokio::test]
async fn the_ca_file_opens_the_tls_listener_and_goes_with_the_hub() {
    let hub = TestHub::start(HubOptions { tls: true, ..HubOptions::default() }).await;
    let path = hub.ready()["ca_path"].as_str().expect("a path").to_owned();
    let pem = std::fs::read(&path).expect("the file is there");
    let ca = reqwest::Certificate::from_pem(&pem).expect("a certificate");
    let trusting = reqwest::Client::builder().tls_certs_only([ca]).no_proxy().build().expect("ok");
    let url = hub.url("/api/health");
    assert!(url.starts_with("https://"), "{url}");
    assert_eq!(trusting.get(&url).send().await.expect("trusted").status().as_u16(), 200);
    assert!(hub.http.get(&url).send().await.is_err(), "a stranger does not trust it");
    drop(hub);
    assert!(!std::path::Path::new(&path).exists());
}

#[tokio::test]
async fn an_address_beyond_loopback_needs_the_explicit_flag() {
    let open = HubOptions { control_listen: at("0.0.0.0:0"), ..HubOptions::default() };
    let refused = Hub::start(open.clone()).await;
    assert!(matches!(refused, Err(StartError::NotLoopback { listener: "control API", .. })));
    let allowed = HubOptions { allow_non_loopback: true, ..open };
    Hub::start(allowed).await.expect("control: allowed it starts").stop().await;
}

#[tokio::test]
async fn a_hub_on_all_addresses_names_one_that_can_be_called() {
    let all = at("0.0.0.0:0");
    let options = HubOptions {
        listen: all,
        fl_listen: all,
        control_listen: all,
        allow_non_loopback: true,
        hub_shared: [("NLB_SUBDOMAIN".to_owned(), "fl.example".to_owned())].into(),
        ..HubOptions::default()
    };
    let hub = TestHub::start(options).await;
    let ready = hub.ready();
    for name in ["api_url", "fl_addr", "control_url"] {
        let told = ready[name].as_str().expect("a text");
        assert!(told.contains("127.0.0.1:"), "{name}: {told}");
    }
    let kit = hub.post("/control/trusts", json!({"name": "Alpha", "code": "A"})).await;
    assert_eq!(kit["hub_shared"]["CENTRAL_HUB_API_URL"], ready["api_url"]);
    assert_eq!(
        kit["hub_shared"]["NLB_SUBDOMAIN"], "fl.example",
        "control: what is told goes first"
    );
}

#[tokio::test]
async fn a_port_in_use_is_named_and_free_again_after_a_stop() {
    let first = Hub::start(HubOptions::default()).await.expect("starts");
    let text = first.ready().to_string();
    let ready: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let api = ready["api_url"].as_str().expect("a URL").to_owned();
    let api = at(api.trim_start_matches("http://").trim_end_matches("/api"));
    let fl = at(ready["fl_addr"].as_str().expect("an address"));
    let same = HubOptions { listen: api, fl_listen: fl, ..HubOptions::default() };
    let Err(error) = Hub::start(same.clone()).await else { panic!("two hubs on one port") };
    assert!(error.in_full().contains(&api.to_string()), "{}", error.in_full());
    first.stop().await;
    let again = Hub::start(same.clone()).await.expect("the port is free after a stop");
    drop(again);
    eventually(async || Hub::start(same.clone()).await.is_ok()).await;
}

#[tokio::test]
async fn an_unknown_fault_or_header_stops_the_start() {
    let options = HubOptions { faults: vec!["no-such-fault".into()], ..HubOptions::default() };
    assert!(matches!(Hub::start(options).await, Err(StartError::Fault { .. })));
    let options = HubOptions { trust_api_key_header: "not a name".into(), ..HubOptions::default() };
    assert!(matches!(Hub::start(options).await, Err(StartError::Header(_))));
}

#[test]
fn dropping_a_hub_ends_every_task_of_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("ok");
    runtime.block_on(async {
        let before = alive();
        let hub = TestHub::start(HubOptions::default()).await;
        let fl = hub.ready()["fl_addr"].as_str().expect("an address").to_owned();
        let _held = tokio::net::TcpStream::connect(fl).await.expect("connects");
        let TestHub { hub, http, .. } = hub;
        assert!(alive() > before, "control: a hub has tasks");
        drop((hub, http));
        eventually(async || alive() <= before).await;
    });
}

#[tokio::test]
async fn no_key_reaches_the_journal_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("journal.ndjson");
    let options = HubOptions { journal_file: Some(file.clone()), ..HubOptions::default() };
    let hub = TestHub::start(options).await;
    let kit = hub.post("/control/trusts", json!({"name": "Alpha", "code": "A"})).await;
    let key = kit["trust_api_key"].as_str().expect("a key").to_owned();
    let site_key = kit["trust_internal_service_key"].as_str().expect("a key").to_owned();
    let aes = hub.put("/control/keys/aes", json!({})).await["base64"].clone();
    let internal = hub.put("/control/keys/internal", json!({"force": true})).await["value"].clone();
    let admin = hub.put("/control/tokens", json!({})).await["token"].clone();
    let beat = hub.http.post(hub.url("/api/trust/heartbeat")).header("Authorization", &key);
    assert_eq!(beat.send().await.expect("an answer").status().as_u16(), 200);
    let body = json!({"name": "Beta", "code": "B"});
    let created = hub
        .http
        .post(hub.url("/api/admin/trusts"))
        .bearer_auth(admin.as_str().expect("a token"))
        .json(&body)
        .send()
        .await
        .expect("an answer");
    assert_eq!(created.status().as_u16(), 201);
    let created: serde_json::Value = created.json().await.expect("JSON");
    let leak = json!({"success": true, "result": format!("{key} and {aes}")});
    let path = "/api/tasks/00000000-0000-4000-8000-000000000000/result";
    let report = hub.http.post(hub.url(path)).header("Authorization", &key).json(&leak);
    assert_eq!(report.send().await.expect("an answer").status().as_u16(), 404);
    hub.post("/control/training", json!({"model_id": "m", "rounds": 1, "clients": ["Trust_1"]}))
        .await;
    let journal = hub.get("/control/journal").await.to_string();
    hub.hub.stop().await;
    eventually(async || std::fs::read_to_string(&file).is_ok_and(|text| text.lines().count() >= 6))
        .await;
    let written = std::fs::read_to_string(&file).expect("the file");
    assert!(written.contains("{secret:"), "control: tokens stand for keys");
    let texts = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    let secrets = [key, site_key, texts(&aes), texts(&internal), texts(&admin)];
    let minted = [texts(&created["trust_api_key"]), texts(&created["trust_internal_service_key"])];
    for secret in secrets.iter().chain(&minted) {
        assert!(!written.contains(secret), "a key is in the file");
        assert!(!journal.contains(secret), "a key is in the journal");
    }
}

#[tokio::test]
async fn the_control_api_wants_its_token_and_strict_bodies() {
    let hub = TestHub::start(HubOptions::default()).await;
    let url = format!("{}/control/status", hub.hub.control_url());
    let bare = client().get(&url).send().await.expect("an answer");
    assert_eq!(bare.status().as_u16(), 401);
    let wrong = client().get(&url).bearer_auth("nope").send().await.expect("an answer");
    assert_eq!(wrong.status().as_u16(), 401);
    let (status, _) = hub.try_control(Method::GET, "/control/status", None).await;
    assert_eq!(status, 200, "control: the token opens it");
    let body = json!({"name": "A", "codes": "A"});
    let (status, reply) = hub.try_control(Method::POST, "/control/trusts", Some(body)).await;
    assert_eq!(status, 400);
    let error = reply["error"].as_str().expect("one error");
    assert!(error.contains("codes") && !error.contains('\n'), "{error}");
}

fn alive() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

/// Repeats a probe until it holds.
async fn eventually(mut probe: impl AsyncFnMut() -> bool) {
    for _ in 0..500 {
        if probe().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came to hold");
}
