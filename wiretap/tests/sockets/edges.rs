//! What an edge may lawfully do to an answer, as a caller meets it.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::{PATIENCE, ask, get};
use crate::stand::{PLAIN, Stand};

#[tokio::test]
async fn an_answer_is_compressed_for_callers_that_ask_and_recorded_as_it_was() {
    let stand = Stand::start();
    stand.arm("compress", json!({"coding": "gzip"}));
    let heard = get(stand.listener.addr(), "/plain").await;
    assert_eq!((heard.header("content-encoding"), heard.body().as_str()), (None, PLAIN));

    let asking = ["accept-encoding: gzip, deflate"];
    let heard = ask(stand.listener.addr(), "GET /plain", &asking, "").await;
    assert_eq!(heard.header("content-encoding").as_deref(), Some("gzip"));
    let body = heard.bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    assert_eq!(heard.bytes[body..body + 2], [0x1f, 0x8b]);
    let records = stand.journal.after(0, &wiretap::Filter::default(), 9).exchanges;
    assert_eq!(records[1].response_body, PLAIN);
}

#[tokio::test]
async fn an_answer_of_untold_length_comes_in_chunks_or_until_the_end() {
    let stand = Stand::start();
    stand.arm("framing", json!({"framing": "chunks"}));
    let heard = get(stand.listener.addr(), "/plain").await;
    assert_eq!(heard.header("transfer-encoding").as_deref(), Some("chunked"));
    assert_eq!(heard.header("content-length"), None);
    assert!(heard.text().ends_with("\r\n0\r\n\r\n"), "{heard:?}");
    stand.faults.clear();

    stand.arm("framing", json!({"framing": "until-close"}));
    let text = get(stand.listener.addr(), "/plain").await.text();
    assert!(text.starts_with("HTTP/1.0 200") && text.ends_with(PLAIN), "{text}");
    assert!(!text.to_lowercase().contains("content-length"), "{text}");
}

#[tokio::test]
async fn heads_come_in_capitals_and_after_an_interim_answer() {
    let stand = Stand::start();
    stand.arm("edge-headers", json!({"count": 3}));
    let text = get(stand.listener.addr(), "/plain").await.text();
    assert_eq!(text.matches("\r\nX-EDGE-").count(), 3, "{text}");
    assert!(text.contains("n=2") && text.ends_with(PLAIN), "{text}");
    stand.faults.clear();

    stand.arm("interim-answer", json!({}));
    let text = get(stand.listener.addr(), "/plain").await.text();
    assert!(text.starts_with("HTTP/1.1 103 ") && text.contains("HTTP/1.1 200 "), "{text}");
}

#[tokio::test]
async fn a_longer_body_is_refused_before_the_handler_sees_it() {
    let stand = Stand::start();
    stand.arm("body-limit", json!({"bytes": 4}));
    let heard = ask(stand.listener.addr(), "POST /plain", &[], "12345").await;
    assert_eq!((heard.status(), stand.handled()), (413, 0));
}

#[tokio::test]
async fn a_kept_connection_ends_while_idle_at_its_next_use_or_as_announced() {
    let stand = Stand::start();
    stand.arm("close-idle", json!({"after_ms": 30}));
    let mut tcp = kept(&stand).await;
    assert_eq!(rest_of(&mut tcp).await, "");
    stand.faults.clear();

    stand.arm("close-at-use", json!({}));
    let mut tcp = kept(&stand).await;
    tcp.write_all(KEPT).await.unwrap();
    assert_eq!(rest_of(&mut tcp).await, "");
    stand.faults.clear();

    stand.arm("close-after", json!({"requests": 2}));
    let mut tcp = kept(&stand).await;
    tcp.write_all(KEPT).await.unwrap();
    let second = rest_of(&mut tcp).await;
    assert!(second.contains("connection: close") && second.ends_with(PLAIN), "{second}");
}

const KEPT: &[u8] = b"GET /plain HTTP/1.1\r\nhost: mock\r\n\r\n";

/// A connection on which one request was answered, and which was kept.
async fn kept(stand: &Stand) -> TcpStream {
    let mut tcp = TcpStream::connect(stand.listener.addr()).await.unwrap();
    tcp.write_all(KEPT).await.unwrap();
    let mut heard = Vec::new();
    while !heard.ends_with(PLAIN.as_bytes()) {
        let byte = timeout(PATIENCE, tcp.read_u8()).await.expect("an answer");
        heard.push(byte.expect("an answer"));
    }
    tcp
}

async fn rest_of(tcp: &mut TcpStream) -> String {
    let mut rest = Vec::new();
    let read = timeout(PATIENCE, tcp.read_to_end(&mut rest)).await.expect("an end");
    read.expect("an orderly end");
    String::from_utf8_lossy(&rest).into_owned()
}
