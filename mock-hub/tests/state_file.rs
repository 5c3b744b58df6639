//! A hub started on a state file: its own, an older release's, and one it cannot use.

mod support;

use std::path::Path;

use camino::Utf8PathBuf;
use contract::edition::EditionId;
use mock_hub::habits::Conduct;
use mock_hub::{Hub, HubOptions};
use reqwest::Method;
use serde_json::{Value, json};
use support::TestHub;

const NAME: &str = "Alpha Hospital";

/// A folder with one state file.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self) -> Utf8PathBuf {
        Utf8PathBuf::from_path_buf(self.0.path().join("hub.state")).expect("a text")
    }

    fn options(&self, edition: EditionId, conduct: Conduct) -> HubOptions {
        HubOptions { edition, conduct, state: Some(self.file()), ..HubOptions::default() }
    }

    async fn hub(&self, edition: EditionId, conduct: Conduct) -> TestHub {
        TestHub::start(self.options(edition, conduct)).await
    }
}

/// What an older hub leaves: a trust with a task, a model with a metric.
struct Left {
    kit: Value,
    model: String,
}

async fn leave(place: &Place, edition: EditionId) -> Left {
    let hub = place.hub(edition, Conduct::AsBuilt).await;
    let kit = hub.post("/control/trusts", json!({"name": NAME, "code": "ALPHA"})).await;
    let task = json!({"trust_id": kit["id"], "task_type": "get_imaging_status"});
    hub.post("/control/tasks", task).await;
    let model = hub.post("/control/models", json!({"trust_ids": [kit["id"]]})).await["id"].clone();
    let model = model.as_str().expect("an id").to_owned();
    hub.hub.stop().await;
    Left { kit, model }
}

async fn ask(
    hub: &TestHub,
    method: Method,
    path: &str,
    header: (&str, &str),
    body: &Value,
) -> (u16, String) {
    let request = hub.http.request(method, hub.url(path)).header(header.0, header.1);
    let request = if body.is_null() { request } else { request.json(body) };
    let reply = request.send().await.expect("an answer");
    (reply.status().as_u16(), reply.text().await.expect("a text"))
}

/// Every route that touches a table, with the reply it gave.
async fn replies(hub: &TestHub, left: &Left) -> Vec<(&'static str, u16, String)> {
    let key = left.kit["trust_api_key"].as_str().expect("a key").to_owned();
    let slot = left.kit["fl_kit_slot"].clone();
    let internal = hub.put("/control/keys/internal", json!({})).await["value"].clone();
    let internal = internal.as_str().expect("a key").to_owned();
    let token = hub.put("/control/tokens", json!({})).await["token"].clone();
    let bearer = format!("Bearer {}", token.as_str().expect("a token"));
    let trust = ("Authorization", key.as_str());
    let server = ("X-Internal-Service-Key", internal.as_str());
    let admin = ("Authorization", bearer.as_str());
    let model = format!("/api/model/{}", left.model);
    let metric = json!({"fl_client_name": slot, "global_round": 1, "label": "LOSS", "result": 0.5});
    let calls = [
        ("heartbeat", Method::POST, "/api/trust/heartbeat".to_owned(), trust, Value::Null),
        ("poll", Method::GET, "/api/tasks/pending".to_owned(), trust, Value::Null),
        ("metrics", Method::POST, format!("{model}/metrics"), server, metric),
        (
            "logs",
            Method::POST,
            format!("{model}/logs"),
            server,
            json!({"fl_client_name": slot, "log": "x"}),
        ),
        ("status", Method::PUT, format!("{model}/status/PREPARED"), server, Value::Null),
        (
            "status of nobody",
            Method::PUT,
            format!("/api/model/{NOBODY}/status/PREPARED"),
            server,
            Value::Null,
        ),
        ("list", Method::GET, "/api/trust".to_owned(), admin, Value::Null),
        (
            "create",
            Method::POST,
            "/api/admin/trusts".to_owned(),
            admin,
            json!({"name": "B", "code": "B"}),
        ),
        ("no key", Method::GET, "/api/tasks/pending".to_owned(), ("X-Other", "x"), Value::Null),
        ("health", Method::GET, "/api/health".to_owned(), ("X-Other", "x"), Value::Null),
    ];
    let mut replies = Vec::new();
    for (name, method, path, header, body) in calls {
        let (status, text) = ask(hub, method, &path, header, &body).await;
        replies.push((name, status, text));
    }
    replies
}

#[tokio::test]
async fn a_create_missing_release_on_an_older_file_fails_where_it_needs_the_new_column() {
    let place = Place::new();
    let left = leave(&place, EditionId::V2026_03).await;
    let hub = place.hub(EditionId::V2026_06, Conduct::AsBuilt).await;
    let crashed = "Internal Server Error";
    let expected = [
        ("heartbeat", 500, crashed),
        ("poll", 500, crashed),
        (
            "metrics",
            500,
            r#"{"detail":"An internal server error occurred while saving training metrics."}"#,
        ),
        ("logs", 500, r#"{"detail":"An internal server error occurred while adding the log."}"#),
        ("status", 500, r#"{"detail":"Database error while updating model status."}"#),
        (
            "status of nobody",
            404,
            r#"{"detail":"Model ID: 00000000-0000-4000-8000-000000000000 does not exist"}"#,
        ),
        ("list", 500, crashed),
        ("create", 500, crashed),
        ("no key", 401, r#"{"detail":"Not authenticated: API key is missing."}"#),
        ("health", 200, r#"{"status":"ok","message":"flip is running"}"#),
    ];
    let expected = expected.map(|(name, status, text)| (name, status, text.to_owned()));
    assert_eq!(replies(&hub, &left).await, expected);
    let lacks = hub.get("/control/status").await["state"]["lacks"].clone();
    for column in ["trust.code", "trust.api_key_hash", "fl_metrics.fl_client_name"] {
        assert!(lacks.as_array().expect("a list").contains(&json!(column)), "{lacks}");
    }
    let order = json!({"name": "B", "code": "B"});
    let (status, reply) = hub.try_control(Method::POST, "/control/trusts", Some(order)).await;
    assert_eq!(status, 409);
    assert!(reply["error"].as_str().expect("one error").contains("no such column"), "{reply}");
    // What is recreated fits, and knows nobody.
    hub.post("/control/reset", json!({})).await;
    assert_eq!(hub.get("/control/status").await["state"]["lacks"], json!([]));
    let now = replies(&hub, &left).await;
    assert_eq!((now[0].1, now[7].1), (401, 201), "{now:?}");
    hub.hub.stop().await;
    let again = place.hub(EditionId::V2026_06, Conduct::AsBuilt).await;
    assert_eq!(again.get("/control/trusts").await[0]["name"], "B");
}

#[tokio::test]
async fn the_release_that_left_the_file_still_serves_it_after_a_failed_upgrade() {
    let place = Place::new();
    let left = leave(&place, EditionId::V2026_03).await;
    place.hub(EditionId::V2026_06, Conduct::AsBuilt).await.hub.stop().await;
    let hub = place.hub(EditionId::V2026_03, Conduct::AsBuilt).await;
    let key = left.kit["trust_api_key"].as_str().expect("a key");
    let path = "/api/trust/Alpha%20Hospital/heartbeat";
    let (status, text) = ask(&hub, Method::POST, path, ("Authorization", key), &Value::Null).await;
    assert_eq!(status, 200, "{text}");
    assert_eq!(hub.get("/control/tasks").await.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_migrating_release_serves_the_trusts_of_every_older_one() {
    for old in [EditionId::V2026_03, EditionId::V2026_06, EditionId::V2026_07] {
        let place = Place::new();
        let left = leave(&place, old).await;
        let hub = place.hub(EditionId::DEFAULT, Conduct::AsBuilt).await;
        let statuses: Vec<u16> = replies(&hub, &left).await.iter().map(|reply| reply.1).collect();
        assert_eq!(statuses, [200, 200, 204, 200, 200, 404, 200, 201, 401, 200], "{old}");
        let poll = hub.get("/control/tasks").await;
        assert_eq!(
            (&poll[0]["status"], &poll[0]["deliveries"]),
            (&json!("IN_PROGRESS"), &json!(1))
        );
    }
}

#[tokio::test]
async fn a_reset_hub_knows_no_kit_and_deals_slots_from_the_lowest() {
    let place = Place::new();
    let hub = place.hub(EditionId::DEFAULT, Conduct::AsBuilt).await;
    let mut kits = Vec::new();
    for name in ["Beta", "Alpha"] {
        kits.push(hub.post("/control/trusts", json!({"name": name})).await);
    }
    hub.post("/control/reset", json!({})).await;
    hub.hub.stop().await;
    let hub = place.hub(EditionId::DEFAULT, Conduct::AsBuilt).await;
    for kit in &kits {
        let key = kit["trust_api_key"].as_str().expect("a key");
        let path = "/api/tasks/pending";
        let (status, _) = ask(&hub, Method::GET, path, ("Authorization", key), &Value::Null).await;
        assert_eq!(status, 401);
    }
    for (name, slot) in [("Alpha", "Trust_1"), ("Beta", "Trust_2")] {
        let kit = hub.post("/control/trusts", json!({"name": name})).await;
        assert_eq!(kit["fl_kit_slot"], slot);
        assert!(kits.iter().all(|old| old["id"] != kit["id"]));
        assert_eq!(kit["hub_shared"]["AES_KEY_BASE64"], kits[0]["hub_shared"]["AES_KEY_BASE64"]);
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_one_line_and_a_hint() {
    let place = Place::new();
    let first = place.hub(EditionId::DEFAULT, Conduct::Ideal).await;
    let refused = |error: mock_hub::hub::StartError, word: &str| {
        let line = error.in_full();
        assert!(line.contains(word) && line.contains("hub.state"), "{line}");
        assert!(!line.contains('\n') && !error.hint().is_empty(), "{line}");
    };
    let start = async |edition| Hub::start(place.options(edition, Conduct::Ideal)).await.err();
    refused(start(EditionId::DEFAULT).await.expect("two hubs, one file"), "in use");
    first.hub.stop().await;
    refused(start(EditionId::V2026_06).await.expect("too new"), "newer release");
    std::fs::remove_file(Path::new(place.file().as_str())).expect("gone");
    place.hub(EditionId::V2026_03, Conduct::Ideal).await.hub.stop().await;
    refused(start(EditionId::V2026_06).await.expect("too old"), "trust.code");
    std::fs::write(Path::new(place.file().as_str()), "x".repeat(5000)).expect("written");
    refused(start(EditionId::DEFAULT).await.expect("garbage"), "no SQLite database");
}

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";
