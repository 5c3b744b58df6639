//! A hub under test and its control API.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part")]

use mock_hub::{Hub, HubOptions};
use reqwest::Method;
use serde_json::Value;

/// A started hub with a client that follows no redirect and keeps header spelling simple.
pub struct TestHub {
    pub hub: Hub,
    pub http: reqwest::Client,
    control_url: String,
    control_token: String,
}

impl TestHub {
    pub async fn start(options: HubOptions) -> Self {
        let hub = Hub::start(options).await.expect("a hub on free loopback ports starts");
        let ready: Value = serde_json::from_str(&hub.ready().to_string()).expect("ready is JSON");
        let text = |member: &str| ready[member].as_str().expect("a text member").to_owned();
        let (control_url, control_token) = (text("control_url"), text("control_token"));
        Self { http: client(), hub, control_url, control_token }
    }

    pub fn ready(&self) -> Value {
        serde_json::from_str(&self.hub.ready().to_string()).expect("ready is JSON")
    }

    /// URL of a path below the hub's origin, such as `/api/health`.
    pub fn url(&self, path: &str) -> String {
        let ready = self.ready();
        let api = ready["api_url"].as_str().expect("api_url");
        format!("{}{path}", api.trim_end_matches("/api"))
    }

    /// A control call; returns status and body.
    pub async fn try_control(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        let request = self
            .http
            .request(method, format!("{}{path}", self.control_url))
            .bearer_auth(&self.control_token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let response = request.send().await.expect("the control API answers");
        let status = response.status().as_u16();
        let text = response.text().await.expect("a body");
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        };
        (status, body)
    }

    /// A control call that must succeed.
    pub async fn control(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let (status, reply) = self.try_control(method.clone(), path, body.clone()).await;
        assert!((200..300).contains(&status), "{method} {path} {body:?}: {status} {reply}");
        reply
    }

    pub async fn get(&self, path: &str) -> Value {
        self.control(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        self.control(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Value {
        self.control(Method::PUT, path, Some(body)).await
    }
}

/// A client that takes every redirect as an answer.
pub fn client() -> reqwest::Client {
    // A second install in the same process is no error worth noting.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .expect("a plain client")
}
