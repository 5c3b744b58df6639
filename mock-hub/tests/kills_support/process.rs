//! The binary on a state file.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// A running hub.
pub struct Process {
    child: Mutex<Child>,
    pub link: Arc<Link>,
}

/// Where it listens.
pub struct Link {
    http: reqwest::Client,
    api: String,
    control: String,
    token: String,
    pub internal_key: String,
}

/// No answer: the hub is gone, and nobody knows how far the request came.
#[derive(Debug)]
pub struct Gone;

impl Process {
    pub async fn start(file: &Path, arguments: &[&str]) -> Self {
        // A second install in the same process is no error worth noting.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut command = Command::new(env!("CARGO_BIN_EXE_mock-hub"));
        command.args(["--conduct", "ideal", "--slots", "64", "--state"]).arg(file).args(arguments);
        command.stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("the hub starts");
        let stdout = child.stdout.take().expect("a pipe");
        let mut lines = BufReader::new(stdout).lines();
        let line = timeout(PATIENCE, lines.next_line()).await.expect("in time").expect("readable");
        let ready: Value =
            serde_json::from_str(&line.expect("a ready line, not an error")).expect("JSON");
        let text = |member: &str| ready[member].as_str().expect("a text").to_owned();
        let mut link = Link {
            http: reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().expect("ok"),
            api: text("api_url"),
            control: text("control_url"),
            token: text("control_token"),
            internal_key: String::new(),
        };
        let limits = json!({"enforced": false});
        link.control(Method::PUT, "/control/limits", Some(&limits)).await.expect("it answers");
        let key = link.control(Method::PUT, "/control/keys/internal", Some(&json!({}))).await;
        let key = key.expect("it answers")["value"].as_str().expect("a key").to_owned();
        link.internal_key = key;
        Self { child: Mutex::new(child), link: Arc::new(link) }
    }

    /// SIGKILL, at once.
    pub fn kill(&self) {
        self.child.lock().start_kill().expect("it was running");
    }

    /// Waits for its end.
    pub async fn gone(self) {
        let mut child = self.child.into_inner();
        let status = timeout(PATIENCE, child.wait()).await.expect("in time").expect("it ends");
        assert_eq!(status.code(), None, "killed, not ended: {status}");
    }
}

impl Link {
    /// A call of the control API that must be granted.
    pub async fn control(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Gone> {
        let request = self.http.request(method, format!("{}{path}", self.control));
        self.send(request.bearer_auth(&self.token), path, body).await
    }

    /// What the control API shows at a path, if anything is there.
    pub async fn maybe(&self, path: &str) -> Option<Value> {
        let request = self.http.get(format!("{}{path}", self.control)).bearer_auth(&self.token);
        let reply = request.send().await.expect("it answers");
        if reply.status() == 404 {
            return None;
        }
        Some(reply.json().await.expect("JSON"))
    }

    /// A call of the hub API that must be granted; `path` starts behind `/api`.
    pub async fn api(
        &self,
        method: Method,
        path: &str,
        header: (&str, &str),
        body: Option<&Value>,
    ) -> Result<Value, Gone> {
        let request = self.http.request(method, format!("{}{path}", self.api));
        self.send(request.header(header.0, header.1), path, body).await
    }

    async fn send(
        &self,
        request: reqwest::RequestBuilder,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Gone> {
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let reply = request.send().await.map_err(|_| Gone)?;
        let status = reply.status();
        let text = reply.text().await.map_err(|_| Gone)?;
        assert!(status.is_success(), "{path} {body:?}: {status} {text}");
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}

const PATIENCE: Duration = Duration::from_secs(60);
