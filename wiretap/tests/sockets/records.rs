//! What the journal says about an exchange, and what it never says.

use std::io::BufRead;
use std::time::{Duration, Instant};

use axum::http::HeaderName;
use contract::capture::BODY_BYTES_MAX;
use contract::key::token;
use serde_json::Value;
use tokio::net::TcpStream;
use wiretap::{Filter, JournalOptions};

use crate::client::{ask, converse, eventually, get};
use crate::stand::{PLAIN, Stand};

const KEY: &str = "Zt9-abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKL";

#[tokio::test]
async fn a_record_says_what_went_over_the_wire() {
    let stand = Stand::start();
    let headers = ["authorization: Bearer abc", "x-odd:  two  words "];
    let heard = ask(stand.listener.addr(), "GET /plain?a=1&b", &headers, "").await;
    assert_eq!(heard.status(), 200);
    let record = stand.only();
    assert_eq!((record.seq, record.connection, record.listener.as_str()), (1, 1, "api"));
    assert_eq!((record.method.as_str(), record.path.as_str()), ("GET", "/plain"));
    assert_eq!(record.query.as_deref(), Some("a=1&b"));
    assert_eq!((record.route.as_str(), record.auth.as_str()), ("plain", "ok"));
    assert_eq!(record.trust_id.as_deref(), Some("t-1"));
    assert_eq!(record.request_header("x-odd"), Some("two  words"));
    assert_eq!((record.status, record.response_body.as_str()), (200, PLAIN));
    assert_eq!(record.response_body_bytes, PLAIN.len() as u64);
    assert_eq!(record.response_header("date").map(str::to_owned), heard.header("date"));
    assert!(record.peer.starts_with("127.0.0.1:"));
    assert!(record.at_ms >= 0.0 && record.ended_ms >= record.at_ms);

    let heard = get(stand.listener.addr(), "/nowhere").await;
    assert_eq!(heard.status(), 404);
    let page = stand.journal.after(1, &Filter::route("unknown"), 9);
    assert_eq!((page.exchanges.len(), page.next), (1, 2));
    assert_eq!(page.exchanges[0].fault, None);
}

#[tokio::test]
async fn bodies_are_kept_as_text_with_their_size_and_the_handlers_fault() {
    let stand = Stand::start();
    let body = "ü".repeat(BODY_BYTES_MAX);
    let heard = ask(stand.listener.addr(), "POST /echo", &[], &body).await;
    assert_eq!(heard.body(), body);
    let record = stand.only();
    assert_eq!(record.request_body_bytes, body.len() as u64);
    assert_eq!(record.request_body, &body[..BODY_BYTES_MAX]);
    assert_eq!(record.response_body, record.request_body);
    assert_eq!(record.fault.as_deref(), Some("loses-result"));

    let huge = "x".repeat(1024 * 1024 + 1);
    let line = format!("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", huge.len());
    let tcp = TcpStream::connect(stand.listener.addr()).await.unwrap();
    assert_eq!(converse(tcp, &line).await.status(), 413);
}

#[tokio::test]
async fn a_planted_key_is_in_no_record_and_no_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.ndjson");
    let options =
        JournalOptions { sink: Some(file.clone()), ..JournalOptions::starting(Instant::now()) };
    let stand = Stand::with(options, None);
    stand.journal.secret_headers().add(HeaderName::from_static("x-configured"));
    let addr = stand.listener.addr();
    let bearer = format!("authorization: Bearer {KEY}");
    let short = "x-configured: hunter2";
    let elsewhere = format!("x-forwarded-secret: {KEY}");
    let body = format!("{{\"key\": \"{KEY}\"}}");
    for _ in 0..2 {
        let headers = [bearer.as_str(), short, &elsewhere];
        let heard = ask(addr, &format!("POST /echo?key={KEY}"), &headers, &body).await;
        assert!(heard.body().contains(KEY), "the control: the key did travel");
    }
    converse(TcpStream::connect(addr).await.unwrap(), "\u{0} raw bytes\r\n\r\n").await;
    let connections = || stand.journal.connections_after(0, None, 9).connections.len();
    eventually("the raw connection", || (connections() == 1, connections())).await;

    let page = stand.journal.after(0, &Filter::default(), 9);
    let json = serde_json::to_string(&page).unwrap();
    let Stand { listener, journal, faults, .. } = stand;
    listener.stop().await;
    drop((journal, faults));
    let lines = std::fs::read_to_string(&file).unwrap();
    for text in [&json, &lines] {
        assert!(!text.contains(KEY) && !text.contains("hunter2"), "{text}");
        // authorization, x-forwarded-secret, query, request body, response body; two exchanges.
        assert_eq!(text.matches(&token(KEY)).count(), 10);
        assert_eq!(text.matches(&token("hunter2")).count(), 2);
    }
    assert_eq!(
        page.exchanges[0].request_header("authorization"),
        Some(format!("Bearer {}", token(KEY)).as_str())
    );
    let kinds: Vec<String> = std::fs::read(&file)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap())
        .map(|line| line.as_object().unwrap().keys().next().unwrap().clone())
        .collect();
    assert_eq!(kinds, ["exchange", "exchange", "connection"]);
}

#[tokio::test]
async fn a_long_poll_wakes_at_once_and_only_for_its_own() {
    let stand = Stand::start();
    let journal = stand.journal.clone();
    let waiting = tokio::spawn(async move {
        let deadline = Instant::now() + Duration::from_mins(10);
        let page = journal.wait(0, &Filter::route("plain"), 9, deadline).await;
        (page, Instant::now())
    });
    get(stand.listener.addr(), "/nowhere").await;
    assert!(!waiting.is_finished());
    get(stand.listener.addr(), "/plain").await;
    let answered = Instant::now();
    let (page, woken) = waiting.await.unwrap();
    assert_eq!((page.exchanges.len(), page.exchanges[0].seq, page.next), (1, 2, 2));
    assert!(woken < answered + Duration::from_millis(100));

    let soon = Instant::now() + Duration::from_millis(30);
    let page = stand.journal.wait(2, &Filter::default(), 9, soon).await;
    assert!(page.exchanges.is_empty() && Instant::now() >= soon);
}
