//! The control API over HTTP.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use wiretap::control::{self, ControlToken, Fragments};
use wiretap::{JournalOptions, Listener, ServeOptions, Server, Tls};

use crate::client::{Heard, ask, eventually};
use crate::stand::Stand;

struct Controlled {
    stand: Stand,
    control: Listener,
    token: ControlToken,
}

impl Controlled {
    fn start(tls: Option<Tls>) -> Self {
        let stand = Stand::with(JournalOptions::starting(Instant::now()), tls);
        let token = ControlToken::from_os();
        let fragments = Fragments {
            journal: stand.journal.clone(),
            faults: stand.faults.clone(),
            listeners: vec![stand.listener.handle()],
        };
        let own = Router::new().route("/control/own", get(async || "mine"));
        let router = control::router(fragments).merge(own);
        let router = control::guarded(router, &token, control::openapi("test mock"));
        let options = ServeOptions::named("control");
        let control = Server::bind("127.0.0.1:0".parse().unwrap(), options).unwrap().serve(router);
        Self { stand, control, token }
    }

    async fn ask(&self, line: &str, body: &str) -> Heard {
        let bearer = format!("authorization: Bearer {}", self.token.expose());
        ask(self.control.addr(), line, &[&bearer], body).await
    }

    fn api(&self) -> SocketAddr {
        self.stand.listener.addr()
    }
}

#[tokio::test]
async fn the_token_guards_everything_but_the_document() {
    let mock = Controlled::start(None);
    let addr = mock.control.addr();
    let wrong = format!("authorization: Bearer {}x", mock.token.expose());
    let basic = format!("authorization: Basic {}", mock.token.expose());
    for headers in [&[][..], &["authorization: Bearer"], &[wrong.as_str()], &[basic.as_str()]] {
        for line in ["GET /control/journal", "DELETE /control/faults", "GET /control/own", "GET /x"]
        {
            let heard = ask(addr, line, headers, "").await;
            assert_eq!(heard.status(), 401, "{line}");
            assert!(heard.json()["error"].as_str().unwrap().contains("control_token"));
        }
    }
    assert_eq!(mock.ask("GET /control/own", "").await.body(), "mine");
    let document = ask(addr, "GET /control/openapi.json", &[], "").await;
    assert_eq!(document.status(), 200);
    assert_eq!(document.json()["info"]["title"], "test mock");
    assert!(document.json()["paths"]["/control/journal"]["get"].is_object());
    assert!(!format!("{:?}", mock.token).contains(mock.token.expose()));
}

#[tokio::test]
async fn errors_have_one_shape_and_say_what_to_do() {
    let mock = Controlled::start(None);
    let cases = [
        ("GET /control/nothing", "", 404, "openapi.json"),
        ("PUT /control/journal", "", 405, "PUT"),
        ("GET /control/journal?wait_ms=999999", "", 400, "wait_ms"),
        ("GET /control/journal?afterr=1", "", 400, "afterr"),
        ("GET /control/journal?after=x", "", 400, "query"),
        ("POST /control/faults", "{", 400, "body"),
        ("POST /control/faults", r#"{"nam":"hang"}"#, 400, "nam"),
        ("POST /control/faults", r#"{"name":"hangg"}"#, 400, "did you mean hang?"),
        ("POST /control/faults", r#"{"name":"latency"}"#, 400, "an example is"),
        ("DELETE /control/faults/fault-9", "", 404, "GET /control/faults"),
        ("POST /control/listeners/nope", r#"{"state":"up"}"#, 404, "there are api"),
        ("POST /control/listeners/api", "{}", 400, "nothing to change"),
        ("POST /control/listeners/api", r#"{"tls":"expired"}"#, 409, "start the mock with TLS"),
        ("POST /control/listeners/api", r#"{"state":"sideways"}"#, 400, "state"),
    ];
    for (line, body, status, says) in cases {
        let heard = mock.ask(line, body).await;
        assert_eq!(heard.status(), status, "{line} {body}: {heard:?}");
        let error = heard.json()["error"].as_str().unwrap().to_owned();
        assert!(error.contains(says), "{line} {body}: {error}");
        assert_eq!(heard.header("content-type").as_deref(), Some("application/json"));
    }
}

#[tokio::test]
async fn faults_are_armed_listed_and_removed() {
    let mock = Controlled::start(None);
    let order = json!({"name": "status", "route": "plain", "next": 5, "params": {"code": 503}});
    let heard = mock.ask("POST /control/faults", &order.to_string()).await;
    assert_eq!((heard.status(), heard.json()), (201, json!({"id": "fault-1"})));
    assert_eq!(ask(mock.api(), "GET /plain", &[], "").await.status(), 503);
    let listed = mock.ask("GET /control/faults", "").await.json();
    let expected = json!([{
        "id": "fault-1", "name": "status", "route": "plain", "next": 4, "params": {"code": 503},
        "hits": 1,
    }]);
    assert_eq!(listed, expected);
    let removed = mock.ask("DELETE /control/faults/fault-1", "").await;
    assert_eq!((removed.status(), removed.json()), (200, json!({"removed": 1})));
    assert_eq!(ask(mock.api(), "GET /plain", &[], "").await.status(), 200);

    mock.ask("POST /control/faults", r#"{"name": "hang"}"#).await;
    let api = mock.api();
    let hung = tokio::spawn(async move { ask(api, "GET /plain", &[], "").await });
    let hits = || mock.stand.faults.standing()[0].hits;
    eventually("a hit", || (hits() == 1, hits())).await;
    let removed = mock.ask("DELETE /control/faults", "").await;
    assert_eq!(removed.json(), json!({"removed": 1}));
    assert!(hung.await.unwrap().bytes.is_empty());
}

#[tokio::test]
async fn the_journal_is_read_on_and_waited_for() {
    let mock = Controlled::start(None);
    let empty = mock.ask("GET /control/journal", "").await.json();
    assert_eq!(empty, json!({"exchanges": [], "next": 0, "dropped": 0}));
    let waiting = mock.ask("GET /control/journal?route=plain&trust_id=t-1&wait_ms=60000", "");
    let asking = async {
        ask(mock.api(), "GET /plain", &[], "").await;
        ask(mock.api(), "GET /plain", &["authorization: Bearer k"], "").await;
        Instant::now()
    };
    let (page, asked) = tokio::join!(waiting, asking);
    assert!(Instant::now() < asked + Duration::from_secs(1));
    let page: Value = page.json();
    assert_eq!((page["exchanges"].as_array().unwrap().len(), &page["next"]), (1, &json!(2)));
    assert_eq!(page["exchanges"][0]["seq"], 2);
    let limited = mock.ask("GET /control/journal?after=0&limit=1", "").await.json();
    assert_eq!((&limited["next"], &limited["exchanges"][0]["seq"]), (&json!(1), &json!(1)));

    let waiting = mock.ask("GET /control/connections?listener=api&wait_ms=60000", "");
    let (page, tcp) = tokio::join!(waiting, async {
        drop(TcpStream::connect(mock.api()).await.unwrap());
    });
    let () = tcp;
    assert_eq!(page.json()["connections"][0]["outcome"], "accepted");
    assert_eq!(page.json()["next"], 1);
}

#[tokio::test]
async fn listeners_go_down_and_up_and_change_certificates() {
    let mock = Controlled::start(Some(Tls::mint(&[]).unwrap()));
    let order = r#"{"state":"down","tls":"expired"}"#;
    let heard = mock.ask("POST /control/listeners/api", order).await;
    let addr = mock.api().to_string();
    let expected = json!({"name": "api", "addr": addr, "state": "down", "tls": "expired"});
    assert_eq!((heard.status(), heard.json()), (200, expected));
    assert!(TcpStream::connect(mock.api()).await.is_err());
    let heard = mock.ask("POST /control/listeners/api", r#"{"state":"up"}"#).await;
    assert_eq!(heard.json()["state"], "up");
    assert!(TcpStream::connect(mock.api()).await.is_ok());
}
