//! Certificates good and bad, as a caller with the mock's CA meets them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use contract::capture::ConnectionOutcome;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use wiretap::{JournalOptions, Tls, TlsKind};

use crate::client::{Heard, converse, eventually, request};
use crate::stand::{PLAIN, Stand};

/// What a caller gets who trusts this CA; the error's text when the handshake fails.
async fn secure(addr: SocketAddr, ca_pem: &str, name: &str) -> Result<Heard, String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tcp = TcpStream::connect(addr).await.unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let handshake = TlsConnector::from(Arc::new(config)).connect(name, tcp);
    let stream = handshake.await.map_err(|error| error.to_string())?;
    Ok(converse(stream, &request("GET /plain", &[], "")).await)
}

fn stand(tls: &Tls) -> Stand {
    Stand::with(JournalOptions::starting(Instant::now()), Some(tls.clone()))
}

#[tokio::test]
async fn each_kind_is_refused_for_its_own_reason() {
    let tls = Tls::mint(&["hub.test".to_owned()]).unwrap();
    let stand = stand(&tls);
    let (addr, handle) = (stand.listener.addr(), stand.listener.handle());
    assert!(stand.listener.url().starts_with("https://127.0.0.1:"));
    for name in ["localhost", "127.0.0.1", "hub.test"] {
        assert_eq!(secure(addr, tls.ca_pem(), name).await.unwrap().body(), PLAIN);
    }
    let bad = [
        (TlsKind::UnknownIssuer, "UnknownIssuer"),
        (TlsKind::Expired, "expired"),
        (TlsKind::WrongName, "not valid for"),
    ];
    for (n, (kind, reason)) in bad.into_iter().enumerate() {
        handle.set_tls(kind).unwrap();
        assert_eq!(handle.tls(), Some(kind));
        let error = secure(addr, tls.ca_pem(), "localhost").await.unwrap_err();
        assert!(error.contains(reason), "{error}");
        let page = || stand.journal.connections_after(n as u64, Some("api"), 10).connections;
        eventually("the failed handshake", || (page().len() == 1, page())).await;
        let connection = page().remove(0);
        assert_eq!(connection.outcome, ConnectionOutcome::TlsFailed);
        assert!(connection.tls_hello && connection.bytes_in > 100, "{connection:?}");
    }
    handle.set_tls(TlsKind::Good).unwrap();
    assert_eq!(secure(addr, tls.ca_pem(), "localhost").await.unwrap().status(), 200);
    let stranger = Tls::mint(&[]).unwrap();
    assert!(secure(addr, stranger.ca_pem(), "localhost").await.is_err());
}

#[tokio::test]
async fn plain_http_on_a_tls_port_is_a_connection_without_a_hello() {
    let stand = stand(&Tls::mint(&[]).unwrap());
    let tcp = TcpStream::connect(stand.listener.addr()).await.unwrap();
    assert_eq!(converse(tcp, &request("GET /plain", &[], "")).await.status(), 0);
    let page = || stand.journal.connections_after(0, None, 10).connections;
    eventually("the failed handshake", || (page().len() == 1, page())).await;
    assert!(!page()[0].tls_hello);
    assert_eq!(&page()[0].first_bytes_hex[..8], "47455420");
}

#[tokio::test]
async fn byte_faults_work_under_tls() {
    let tls = Tls::mint(&[]).unwrap();
    let stand = stand(&tls);
    let addr = stand.listener.addr();
    stand.arm("truncate", json!({"bytes": 5}));
    let heard = secure(addr, tls.ca_pem(), "localhost").await.unwrap();
    assert_eq!(heard.body(), PLAIN[..5]);
    assert_eq!(heard.broken, Some(std::io::ErrorKind::UnexpectedEof), "no closing alert");
    stand.faults.clear();
    stand.arm("reset", json!({}));
    let heard = secure(addr, tls.ca_pem(), "localhost").await.unwrap();
    assert_eq!(heard.broken, Some(std::io::ErrorKind::ConnectionReset));
    stand.faults.clear();
    stand.arm("garbage", json!({"text": "nonsense"}));
    assert_eq!(secure(addr, tls.ca_pem(), "localhost").await.unwrap().text(), "nonsense");
}

#[test]
fn a_plain_listener_has_no_certificate_to_change() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _guard = runtime.enter();
    let handle = Stand::start().listener.handle();
    assert_eq!(handle.tls(), None);
    assert!(handle.set_tls(TlsKind::Expired).is_err());
}
