//! Speaking with the control APIs of our own stand-ins: plain JSON over HTTP, no shared code.

use std::sync::OnceLock;
use std::time::Duration;

use contract::capture::{Connection, Exchange};
use reqwest::{Client, ClientBuilder, Method, StatusCode};
use serde_json::{Value, json};

use crate::cause::cause;
use crate::finding::Stop;
use crate::target::ControlAddress;

mod hub;
mod site;

pub use hub::{HubControl, Registration, TaskOrder, TaskView};
pub use site::SiteControl;

/// A call to one of our own stand-ins failed: our fault, never the target's.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ControlError {
    /// It did not answer.
    #[error("control call {what}: {reason}")]
    Unreachable {
        /// Method and path.
        what: String,
        /// Why.
        reason: String,
    },
    /// It refused.
    #[error("control call {what}: {status} {reason}")]
    Refused {
        /// Method and path.
        what: String,
        /// HTTP status.
        status: u16,
        /// What it said.
        reason: String,
    },
    /// Captures were asked for that its bounded journal no longer holds.
    #[error("{lost} of the captures asked for were dropped from the journal: there were too many")]
    Lost {
        /// How many, at most.
        lost: u64,
    },
}

impl ControlError {
    /// The HTTP status of a refusal.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            Self::Unreachable { .. } | Self::Lost { .. } => None,
        }
    }
}

impl From<ControlError> for Stop {
    fn from(error: ControlError) -> Self {
        Self::not_verified(error)
    }
}

/// Which captures to read.
#[derive(Clone, Debug, Default)]
pub struct JournalFilter {
    /// Only after this position.
    pub after: u64,
    /// Only this route.
    pub route: Option<String>,
    /// Only this caller.
    pub trust_id: Option<String>,
    /// Wait so long for a first match, milliseconds.
    pub wait_ms: u64,
}

/// A control API.
#[derive(Clone, Debug)]
pub struct Control {
    address: ControlAddress,
    http: Client,
}

impl Control {
    /// A client of that control API.
    pub fn new(address: ControlAddress) -> Self {
        Self { address, http: http_client().clone() }
    }

    /// One call; JSON in, JSON out, null for an empty reply.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, ControlError> {
        let what = format!("{method} {path}");
        let unreachable = |error: reqwest::Error| ControlError::Unreachable {
            what: what.clone(),
            reason: cause(&error),
        };
        let url = format!("{}{path}", self.address.url.trim_end_matches('/'));
        let mut request = self.http.request(method, url).bearer_auth(&self.address.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let reply = request.send().await.map_err(unreachable)?;
        let status = reply.status();
        let text = reply.text().await.map_err(unreachable)?;
        let value = serde_json::from_str(&text).unwrap_or(Value::Null);
        if status.is_success() {
            return Ok(value);
        }
        let reason = value.get("error").and_then(Value::as_str).unwrap_or("no reason given");
        let refused =
            ControlError::Refused { what, status: status.as_u16(), reason: reason.to_owned() };
        Err(refused)
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Result<Value, ControlError> {
        self.call(Method::GET, path, None).await
    }

    /// POST.
    pub async fn post(&self, path: &str, body: Value) -> Result<Value, ControlError> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// PUT.
    pub async fn put(&self, path: &str, body: Value) -> Result<Value, ControlError> {
        self.call(Method::PUT, path, Some(body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Result<Value, ControlError> {
        self.call(Method::DELETE, path, None).await
    }

    /// Captured exchanges, oldest first, all pages.
    ///
    /// Fails when some of them were dropped: what is missing could be what a check says never was.
    pub async fn journal(&self, filter: &JournalFilter) -> Result<Vec<Exchange>, ControlError> {
        let mut all = Vec::new();
        let mut page = filter.clone();
        loop {
            let mut reply = self.get(&journal_path("/control/journal", &page)).await?;
            // Captures are numbered from 1 and the oldest go first.
            let lost = reply["dropped"].as_u64().unwrap_or_default().saturating_sub(page.after);
            if lost > 0 {
                return Err(ControlError::Lost { lost });
            }
            let exchanges = parse_list::<Exchange>(&mut reply, "exchanges")?;
            let Some(last) = exchanges.last().map(|exchange| exchange.seq) else { return Ok(all) };
            let full = exchanges.len() >= PAGE;
            all.extend(exchanges);
            if !full {
                return Ok(all);
            }
            page = JournalFilter { after: last, wait_ms: 0, ..page };
        }
    }

    /// Position of the newest capture, without reading any.
    pub async fn newest(&self) -> Result<u64, ControlError> {
        let nobody = JournalFilter { trust_id: Some("-".to_owned()), ..JournalFilter::default() };
        let reply = self.get(&journal_path("/control/journal", &nobody)).await?;
        reply["next"].as_u64().ok_or_else(|| ControlError::Unreachable {
            what: "read the journal".to_owned(),
            reason: "it does not say where it ends".to_owned(),
        })
    }

    /// Captured raw connections.
    pub async fn connections(
        &self,
        filter: &JournalFilter,
    ) -> Result<Vec<Connection>, ControlError> {
        let path =
            format!("/control/connections?after={}&wait_ms={}", filter.after, filter.wait_ms);
        let mut reply = self.get(&path).await?;
        parse_list(&mut reply, "connections")
    }

    /// Arms a fault; returns its id.
    pub async fn arm(&self, fault: Value) -> Result<String, ControlError> {
        let reply = self.post("/control/faults", fault).await?;
        Ok(match &reply["id"] {
            Value::String(id) => id.clone(),
            other => other.to_string(),
        })
    }

    /// Takes back every fault.
    pub async fn disarm_all(&self) -> Result<(), ControlError> {
        self.delete("/control/faults").await.map(drop)
    }

    /// Takes back one fault; one that is gone already is no error.
    pub async fn disarm(&self, id: &str) -> Result<(), ControlError> {
        match self.delete(&format!("/control/faults/{id}")).await {
            Err(error) if error.status() == Some(StatusCode::NOT_FOUND.as_u16()) => Ok(()),
            other => other.map(drop),
        }
    }

    /// Closes or opens a listener; closed means connections are refused.
    pub async fn listener(&self, name: &str, up: bool) -> Result<(), ControlError> {
        let state = if up { "up" } else { "down" };
        self.post(&format!("/control/listeners/{name}"), json!({ "state": state })).await.map(drop)
    }
}

/// The one HTTP client for control calls: no proxy, no redirects, bounded.
pub fn http_client() -> &'static Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        install_tls_provider();
        // A machine without CA certificates, such as an image of nothing else, is no reason to give up:
        // control calls are plain HTTP. Whoever it calls by HTTPS is then refused.
        bounded().build().unwrap_or_else(|_| {
            let trusting_nobody = bounded().tls_backend_preconfigured(nobody_trusted());
            trusting_nobody.build().expect("a client without TLS files can always be built")
        })
    })
}

/// A client with connections of its own: nothing it asks goes over one that was used before.
pub fn fresh_client() -> Client {
    install_tls_provider();
    bounded().build().unwrap_or_else(|_| http_client().clone())
}

fn bounded() -> ClientBuilder {
    Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(60))
}

fn nobody_trusted() -> rustls::ClientConfig {
    rustls::ClientConfig::builder()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

/// One TLS provider for the process; whoever comes second finds it in place.
pub fn install_tls_provider() {
    // An error only says that it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn journal_path(path: &str, filter: &JournalFilter) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("after", &filter.after.to_string());
    query.append_pair("limit", &PAGE.to_string());
    if let Some(route) = &filter.route {
        query.append_pair("route", route);
    }
    if let Some(trust_id) = &filter.trust_id {
        query.append_pair("trust_id", trust_id);
    }
    if filter.wait_ms > 0 {
        query.append_pair("wait_ms", &filter.wait_ms.to_string());
    }
    format!("{path}?{}", query.finish())
}

fn parse_list<T: serde::de::DeserializeOwned>(
    reply: &mut Value,
    member: &str,
) -> Result<Vec<T>, ControlError> {
    serde_json::from_value(reply[member].take()).map_err(|error| ControlError::Unreachable {
        what: format!("read {member}"),
        reason: error.to_string(),
    })
}

const PAGE: usize = 1000;

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// A control API that says the same to everybody.
    async fn saying(reply: &Value) -> Control {
        let body = reply.to_string();
        let reply = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut asked = [0; 4096];
                let _ = stream.read(&mut asked).await;
                let _ = stream.write_all(reply.as_bytes()).await;
            }
        });
        Control::new(ControlAddress { url, token: "t".to_owned() })
    }

    #[tokio::test]
    async fn captures_that_were_dropped_are_missed() {
        let control = saying(&json!({"exchanges": [], "next": 50, "dropped": 7})).await;
        let from = |after| JournalFilter { after, ..JournalFilter::default() };
        let lost = control.journal(&from(4)).await.expect_err("three of them are gone");
        assert!(matches!(lost, ControlError::Lost { lost: 3 }), "{lost}");
        assert!(control.journal(&from(7)).await.expect("all there").is_empty());
        assert_eq!(control.newest().await.expect("an end"), 50);
    }
}
