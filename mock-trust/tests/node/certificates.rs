use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use serde_json::json;
use tempfile::NamedTempFile;
use wiretap::{Listener, ServeOptions, Server, Tls, TlsKind};

use super::rig::{Hub, OWN, Plan, eventually};

/// A hub under TLS that counts what it is asked.
struct Secured {
    listener: Listener,
    asked: Arc<AtomicUsize>,
    ca: NamedTempFile,
}

impl Secured {
    fn start(kind: TlsKind) -> Self {
        let tls = Tls::mint(&[]).expect("minted");
        let mut ca = NamedTempFile::new().expect("a file");
        ca.write_all(tls.ca_pem().as_bytes()).expect("written");
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let app = Router::new().fallback(async move || {
            count.fetch_add(1, Ordering::Relaxed);
            axum::Json(json!({"trust_id": OWN, "trust_name": "Alpha", "tasks": []}))
        });
        let options = ServeOptions { tls: Some(tls), ..ServeOptions::named("hub-api") };
        let server = Server::bind(([127, 0, 0, 1], 0).into(), options).expect("a port");
        let listener = server.serve(app);
        listener.handle().set_tls(kind).expect("it has TLS");
        Self { listener, asked, ca }
    }

    fn plan(&self, unused: &Hub) -> Plan {
        let url = format!("https://{}/api", self.listener.addr());
        Plan::new(unused).set("CENTRAL_HUB_API_URL", &url)
    }

    fn trusting(&self, unused: &Hub) -> Plan {
        self.plan(unused).set("SSL_CERT_FILE", self.ca.path().to_str().expect("text"))
    }
}

#[tokio::test]
async fn a_hub_under_a_given_ca_is_trusted() {
    let unused = Hub::honest().await;
    let hub = Secured::start(TlsKind::Good);
    let rig = hub.trusting(&unused).start().await;
    eventually("two cycles", || hub.asked.load(Ordering::Relaxed) >= 4).await;
    rig.wait_for_line("Authenticated to hub as trust").await;

    let directory = tempfile::tempdir().expect("a directory");
    std::fs::copy(hub.ca.path(), directory.path().join("ca.pem")).expect("copied");
    let before = hub.asked.load(Ordering::Relaxed);
    drop(rig);
    let path = directory.path().to_str().expect("text");
    let _rig = hub.plan(&unused).set("SSL_CERT_DIR", path).start().await;
    eventually("a cycle", || hub.asked.load(Ordering::Relaxed) > before + 1).await;
}

#[tokio::test]
async fn nothing_is_asked_of_a_hub_nobody_vouches_for() {
    let unused = Hub::honest().await;
    for kind in [TlsKind::UnknownIssuer, TlsKind::Expired, TlsKind::WrongName] {
        let hub = Secured::start(kind);
        let rig = hub.trusting(&unused).start().await;
        rig.wait_for_line("Error polling for tasks: [SSL: CERTIFICATE_VERIFY_FAILED]").await;
        assert_eq!(rig.node.exit(), None);
        assert_eq!(hub.asked.load(Ordering::Relaxed), 0, "{kind:?}");
    }
    let hub = Secured::start(TlsKind::Good);
    let rig = hub.plan(&unused).start().await;
    rig.wait_for_line("CERTIFICATE_VERIFY_FAILED").await;
    rig.wait_for_line("set SSL_CERT_FILE or SSL_CERT_DIR").await;
    assert_eq!(hub.asked.load(Ordering::Relaxed), 0, "without a CA nobody is trusted");
}

#[tokio::test]
async fn a_mutant_asks_any_hub() {
    let unused = Hub::honest().await;
    let hub = Secured::start(TlsKind::Expired);
    let _rig = hub.trusting(&unused).mutant("trusts-any-certificate").start().await;
    eventually("a request", || hub.asked.load(Ordering::Relaxed) > 0).await;
}

#[tokio::test]
async fn an_unreadable_ca_is_a_configuration_error() {
    let unused = Hub::honest().await;
    let plan = Plan::new(&unused).set("SSL_CERT_FILE", "/nonexistent/ca.pem");
    let error = plan.try_start().await.err().expect("refused");
    assert_eq!(error.exit_code(), 1);
    assert!(error.to_string().contains("/nonexistent/ca.pem"));
}
