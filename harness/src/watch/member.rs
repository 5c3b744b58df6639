//! Playing an FL client in front of an FL server that asks for certificates: join, and see whether one
//! stays joined.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use contract::key::Secret;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The credentials of an FL kit.
#[derive(Clone, Debug)]
pub struct FlStartup {
    /// `rootCA.pem`.
    pub root_ca_pem: String,
    /// `client.crt`.
    pub client_crt_pem: String,
    /// `client.key`.
    pub client_key_pem: Secret,
}

/// A client that joined.
#[derive(Debug)]
pub struct Member {
    stream: BufReader<TlsStream<TcpStream>>,
    limit: Duration,
}

impl Member {
    /// Joins as a slot; the inner error is a refusal, in words.
    pub async fn join(
        to: SocketAddr,
        slot: &str,
        startup: &FlStartup,
        limit: Duration,
    ) -> Result<Self, String> {
        let config = config(startup)?;
        let opened = async {
            let tcp = TcpStream::connect(to).await.map_err(|error| error.to_string())?;
            let name = ServerName::from(to.ip());
            let connector = TlsConnector::from(Arc::new(config));
            connector.connect(name, tcp).await.map_err(|error| error.to_string())
        };
        let stream = timeout(limit, opened).await.map_err(|_| SILENCE.to_owned())??;
        let mut member = Self { stream: BufReader::new(stream), limit };
        let hello = json!({"type": "hello", "slot": slot, "line": "fl-0.13.1"});
        let reply = member.say(&hello).await?;
        match reply["type"].as_str() {
            Some("welcome") => Ok(member),
            _ => Err(format!("the server says {reply}")),
        }
    }

    /// Whether the server still answers on this connection.
    pub async fn is_joined(&mut self) -> bool {
        self.say(&json!({"type": "ping"})).await.is_ok_and(|reply| reply["type"] == "pong")
    }

    async fn say(&mut self, line: &Value) -> Result<Value, String> {
        let talk = async {
            self.stream.write_all(format!("{line}\n").as_bytes()).await?;
            self.stream.flush().await?;
            let mut reply = String::new();
            self.stream.read_line(&mut reply).await?;
            Ok::<_, std::io::Error>(reply)
        };
        let reply = timeout(self.limit, talk).await.map_err(|_| SILENCE.to_owned())?;
        let reply = reply.map_err(|error| error.to_string())?;
        serde_json::from_str(&reply).map_err(|_| "the connection ended".to_owned())
    }
}

fn config(startup: &FlStartup) -> Result<ClientConfig, String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let mut roots = RootCertStore::empty();
    let ca = CertificateDer::from_pem_slice(startup.root_ca_pem.as_bytes());
    roots.add(ca.map_err(|error| told(&error))?).map_err(|error| told(&error))?;
    let chain = CertificateDer::pem_slice_iter(startup.client_crt_pem.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| told(&error))?;
    let key = PrivateKeyDer::from_pem_slice(startup.client_key_pem.expose().as_bytes())
        .map_err(|error| told(&error))?;
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| told(&error))?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
        .map_err(|error| told(&error))
}

const SILENCE: &str = "no answer in time";
