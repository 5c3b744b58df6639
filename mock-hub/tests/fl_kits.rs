//! FL credentials at the endpoint: who joins with which kit.

mod support;

use std::sync::Arc;

use mock_hub::HubOptions;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use support::TestHub;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

async fn start() -> (TestHub, String) {
    let hub = TestHub::start(HubOptions { fl_mutual_tls: true, ..HubOptions::default() }).await;
    let address = hub.ready()["fl_addr"].as_str().expect("an address").to_owned();
    (hub, address)
}

async fn kit(hub: &TestHub, slot: &str) -> Value {
    hub.post("/control/fl-kits", json!({"slot": slot})).await
}

/// The type of the server's first line, or an error.
async fn join(address: &str, slot: &str, ca: &Value, own: &Value) -> std::io::Result<String> {
    let pem = |kit: &Value, member: &str| kit[member].as_str().expect("PEM").as_bytes().to_vec();
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(&pem(ca, "root_ca_pem")).expect("a CA"))
        .expect("a usable CA");
    let certificate = CertificateDer::from_pem_slice(&pem(own, "client_crt_pem")).expect("one");
    let key = PrivateKeyDer::from_pem_slice(&pem(own, "client_key_pem")).expect("a key");
    let config =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![certificate], key)
            .expect("a pair");
    let tcp = TcpStream::connect(address).await?;
    let name = ServerName::try_from("127.0.0.1").expect("a name");
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await?;
    let hello = json!({"type": "hello", "slot": slot, "line": "fl-0.13.1"});
    stream.write_all(format!("{hello}\n").as_bytes()).await?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).await?;
    let reply: Value = serde_json::from_str(&line).map_err(std::io::Error::other)?;
    Ok(reply["type"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_client_joins_as_the_slot_of_its_certificate_and_as_no_other() {
    let (hub, fl) = start().await;
    let own = kit(&hub, "Trust_1").await;
    assert_eq!(join(&fl, "Trust_1", &own, &own).await.expect("joins"), "welcome");
    assert_eq!(join(&fl, "Trust_2", &own, &own).await.expect("is heard"), "refused");
}

#[tokio::test]
async fn a_client_that_is_added_leaves_others_valid_and_a_new_provisioning_does_not() {
    let (hub, fl) = start().await;
    let first = kit(&hub, "Trust_1").await;
    let second = kit(&hub, "Trust_2").await;
    for (slot, kit) in [("Trust_1", &first), ("Trust_2", &second)] {
        assert_eq!(join(&fl, slot, kit, kit).await.expect("joins"), "welcome");
    }
    hub.put("/control/fl-provisioning", json!({"renew": true})).await;
    let fresh = kit(&hub, "Trust_1").await;
    assert!(join(&fl, "Trust_1", &first, &first).await.is_err(), "the server's CA is another");
    assert!(join(&fl, "Trust_1", &fresh, &first).await.is_err(), "the client's CA is another");
    assert!(join(&fl, "Trust_1", &first, &fresh).await.is_err(), "the former CA");
    assert_eq!(join(&fl, "Trust_1", &fresh, &fresh).await.expect("joins"), "welcome");
    let now = hub.get("/control/fl-provisioning").await;
    assert_eq!((&now["provisionings"], &now["slots"]), (&json!(2), &json!(["Trust_1"])));
}

#[tokio::test]
async fn the_faults_of_fl_credentials_do_what_they_say() {
    let (hub, fl) = start().await;
    let first = kit(&hub, "Trust_1").await;
    hub.post("/control/faults", json!({"name": "renews-provisioning-for-one-client"})).await;
    let second = kit(&hub, "Trust_2").await;
    assert!(join(&fl, "Trust_1", &second, &first).await.is_err(), "cut by the other client");
    hub.post("/control/faults", json!({"name": "takes-former-fl-credentials"})).await;
    assert_eq!(join(&fl, "Trust_1", &second, &first).await.expect("joins"), "welcome");
}

#[tokio::test]
async fn plain_text_is_not_served_while_certificates_are_asked_for() {
    let (hub, fl) = start().await;
    let mut plain = TcpStream::connect(&fl).await.expect("connects");
    plain.write_all(b"{\"type\":\"hello\",\"slot\":\"Trust_1\"}\n").await.expect("sends");
    let mut line = String::new();
    let read = BufReader::new(plain).read_line(&mut line).await;
    assert!(read.is_err() || line.is_empty(), "{line}");
    hub.put("/control/fl-provisioning", json!({"mutual": false})).await;
    let mut plain = TcpStream::connect(&fl).await.expect("connects");
    let hello = b"{\"type\":\"hello\",\"slot\":\"Trust_1\",\"line\":\"fl-0.13.1\"}\n";
    plain.write_all(hello).await.expect("sends");
    let mut line = String::new();
    BufReader::new(plain).read_line(&mut line).await.expect("a line");
    assert!(line.contains("welcome"), "{line}");
}
