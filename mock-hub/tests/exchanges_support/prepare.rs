//! The state a recorded exchange starts from, made through the control API.

use contract::edition::TrustPaths;
use contract::key::Secret;
use mock_hub::HubOptions;
use reqwest::Method;
use serde_json::{Value, json};

use super::line::Line;
use crate::support::TestHub;

pub const ALPHA: &str = "ddc08a0b-2804-4903-b6bd-97aa1981d7b0";
pub const BETA: &str = "c090b27e-f0ad-4cc3-811e-74ba96b9d73e";
pub const MODEL: &str = "fbaaf357-5e28-4e76-9a61-76b20452fbab";
pub const QUERY: &str = "ed103fea-ed83-48e4-8c19-1eb02d52e22d";
pub const ALPHA_TASK: &str = "789bd40a-bd40-452a-8d10-bcef79b9a6a4";
pub const OTHER_TASK: &str = "0b25d0ac-d7ad-4ed7-b5a4-e8681016eee5";
pub const SEVENS: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

const ALPHA_KEY: &str = "9SpbqzVRX4YDRpK4eIXCVVrlrUMEnwciJyTS6XliPLc";
const BETA_KEY: &str = "FCPZH408tcrqWYQ6l27W4dbTIBmzSVcnU0XXLpJaoBM";
const INTERNAL_KEY: &str = "sfY2ktz3bsh-lB3M5NKxid-RMwMsSEEMyBen3p4ph9s";
const OLD_INTERNAL_KEY: &str = "htRcaGGgdWEdAjh7JDW53piy5K9HPTQE_M_UYhhCIG8";
const TOKEN: &str = "made.up.token";
const PROFILE: &str = r#"{"email": "a@example.org", "enabled": true}"#;

/// What the set-up learned and the judgement needs.
pub struct Known {
    /// Payload keys of the reading trust: (kid, base64).
    pub ring: Vec<(String, String)>,
}

pub fn options(line: &Line) -> HubOptions {
    let slots = if line.is(&["a03"]) { 2 } else { 16 };
    let internal = if line.is(&["f27"]) { OLD_INTERNAL_KEY } else { INTERNAL_KEY };
    HubOptions {
        edition: line.edition,
        seed: Some(7),
        slots: (1..=slots).map(|number| format!("Trust_{number}")).collect(),
        internal_key: Some(Secret::new(internal)),
        aes_key_base64: Some(Secret::new(SEVENS)),
        ..HubOptions::default()
    }
}

pub async fn state(hub: &TestHub, line: &Line) -> Known {
    let mut known = Known { ring: vec![("shared".into(), SEVENS.into())] };
    // Where a metric names the trust and not its slot, the trust is called what the metric says.
    let alpha = if line.is(&["f27"]) { "Trust_1" } else { "Alpha Hospital" };
    known.ring.extend(trust(hub, alpha, "ALPHA", ALPHA, ALPHA_KEY, "Trust_1").await);
    if !line.is(&["a10"]) {
        trust(hub, "Beta Hospital", "BETA", BETA, BETA_KEY, "Trust_2").await;
    }
    hub.put("/control/tokens", json!({"token": TOKEN, "meaning": token(line)})).await;
    hub.post("/control/models", json!({"id": MODEL, "trust_ids": [ALPHA]})).await;
    hub.post("/control/queries", json!({"id": QUERY, "trust_ids": [ALPHA, BETA]})).await;
    special(hub, line).await;
    known
}

fn token(line: &Line) -> &'static str {
    match line.id.as_str() {
        "a07" => "expired",
        "a08" => "user",
        _ => "admin",
    }
}

async fn special(hub: &TestHub, line: &Line) {
    match line.id.as_str() {
        "a02" => {
            hub.post("/control/trusts", json!({"name": "Gamma Hospital", "code": "GAM"})).await;
        }
        "a10" | "a11" => {
            let services = json!({"services": {"trust-api": {"status": "healthy"}}});
            call(hub, Method::POST, "/api/trust/heartbeat", ALPHA_KEY, Some(services)).await;
        }
        "f21" => {
            let path = format!("/api/model/{MODEL}/status/STOPPED");
            let request =
                hub.http.put(hub.url(&path)).header("X-Internal-Service-Key", INTERNAL_KEY);
            let status = request.send().await.expect("an answer").status().as_u16();
            assert_eq!(status, 200, "the model can be stopped");
        }
        // An early build of its edition, before the key moved to a header of its own.
        "f27" => {
            hub.put("/control/settings", json!({"internal_key_header": "X-API-Key"})).await;
        }
        "t13" => {
            hub.put("/control/clock", json!({"freeze": true})).await;
            for _ in 0..30 {
                call(hub, Method::POST, "/api/trust/heartbeat", ALPHA_KEY, None).await;
            }
        }
        "t14" => {
            hub.put("/control/keys/aes", json!({"base64": "BwcHBwcHBwcHBwcHBwcHBw=="})).await;
        }
        "t17" => {
            let plaintext = line.after["plaintext"].as_str().expect("a text");
            task(hub, ALPHA, "cohort_query", ALPHA_TASK, plaintext).await;
        }
        "t18" => {
            task(hub, ALPHA, "update_user_profile", ALPHA_TASK, PROFILE).await;
            hub.put("/control/keys/aes", json!({"base64": "BwcHBwcHBwcHBwcHBwcHBw=="})).await;
        }
        "t19" | "t20" | "t21" | "t26" | "t27" => {
            task(hub, ALPHA, "update_user_profile", ALPHA_TASK, PROFILE).await;
            poll(hub, line, ALPHA_KEY).await;
            if line.is(&["t20"]) {
                let report = json!({"success": true});
                let path = format!("/api/tasks/{ALPHA_TASK}/result");
                call(hub, Method::POST, &path, ALPHA_KEY, Some(report)).await;
            }
        }
        "t23" | "t24" => task(hub, BETA, "update_user_profile", OTHER_TASK, PROFILE).await,
        "t25" => {
            task(hub, BETA, "update_user_profile", OTHER_TASK, PROFILE).await;
            poll(hub, line, BETA_KEY).await;
        }
        "t34" | "t35" | "t37" => {
            task(hub, ALPHA, "update_user_profile", OTHER_TASK, PROFILE).await;
        }
        _ => {}
    }
}

/// Registers a trust; returns a payload key of its own where the edition mints one, after telling
/// the hub its half.
async fn trust(
    hub: &TestHub,
    name: &str,
    code: &str,
    id: &str,
    key: &str,
    slot: &str,
) -> Option<(String, String)> {
    let body = json!({"name": name, "code": code, "region": "London", "id": id,
                      "trust_api_key": key, "slot": slot});
    let kit = hub.post("/control/trusts", body).await;
    let kid = kit["trust_aes_kid"].as_str()?.to_owned();
    let base64 = kit["trust_aes_key"].as_str()?.to_owned();
    hub.put("/control/keys/aes", json!({"kid": kid, "base64": base64})).await;
    Some((kid, base64))
}

async fn task(hub: &TestHub, trust: &str, kind: &str, id: &str, plaintext: &str) {
    let body = json!({"trust_id": trust, "task_type": kind, "id": id, "payload_text": plaintext});
    hub.post("/control/tasks", body).await;
}

async fn poll(hub: &TestHub, line: &Line, key: &str) {
    let path = match line.edition.row().paths {
        TrustPaths::Named => "/api/tasks/Alpha%20Hospital/pending",
        TrustPaths::Plain => "/api/tasks/pending",
    };
    call(hub, Method::GET, path, key, None).await;
}

async fn call(hub: &TestHub, method: Method, path: &str, key: &str, body: Option<Value>) {
    let request = hub.http.request(method, hub.url(path)).header("Authorization", key);
    let request = match body {
        Some(body) => request.json(&body),
        None => request,
    };
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status().as_u16(), 200, "{path} in the set-up");
}
