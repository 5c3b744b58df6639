//! Replies that no route decides: what the framework below the hub answers, byte for byte.

mod support;

use contract::edition::EditionId;
use mock_hub::HubOptions;
use serde_json::json;
use support::TestHub;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const TASK: &str = "ddc08a0b-2804-4903-b6bd-97aa1981d7b0";

/// A hub with one trust and the key of that trust.
async fn hub() -> (TestHub, String) {
    let hub = TestHub::start(HubOptions { edition: EditionId::V2026_09, ..HubOptions::default() });
    let hub = hub.await;
    let trust = hub.post("/control/trusts", json!({"name": "Alpha", "code": "A"})).await;
    let key = trust["trust_api_key"].as_str().expect("a key").to_owned();
    (hub, key)
}

/// Sends one request on a connection of its own; returns the head without its date, and the body.
async fn answer(hub: &TestHub, request: &[u8]) -> (String, String) {
    let url = hub.url("");
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("connects");
    stream.write_all(request).await.expect("sends");
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await.expect("the hub closes");
    let text = String::from_utf8(reply).expect("UTF-8");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let lines = head.split("\r\n").filter(|line| !line.to_ascii_lowercase().starts_with("date:"));
    (lines.collect::<Vec<_>>().join("\n").to_ascii_lowercase(), body.to_owned())
}

fn request(line: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "{line} HTTP/1.1\r\nHost: hub.test:8\r\nConnection: close\r\n{headers}\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn a_slash_behind_a_path_is_redirected_before_any_key_is_asked() {
    let (hub, _) = hub().await;
    for (line, target) in [
        ("GET /api/health/?a=b%20c", "http://hub.test:8/api/health?a=b%20c"),
        ("POST /api/trust/heartbeat/", "http://hub.test:8/api/trust/heartbeat"),
        ("GET /api/", "http://hub.test:8/api"),
        ("POST /api/tasks/a%20b/result/", "http://hub.test:8/api/tasks/a%20b/result"),
    ] {
        let (head, body) = answer(&hub, &request(line, "", b"")).await;
        assert!(head.starts_with("http/1.1 307 "), "{line}: {head}");
        assert!(head.contains(&format!("\nlocation: {target}")), "{line}: {head}");
        assert!(head.contains("\ncontent-length: 0"), "{line}: {head}");
        assert!(head.contains("\nx-frame-options: deny"), "{line}: {head}");
        assert!(!head.contains("\ncontent-type:"), "{line}: {head}");
        assert_eq!(body, "", "{line}");
    }
}

#[tokio::test]
async fn only_the_documents_can_be_asked_for_their_head() {
    let (hub, _) = hub().await;
    let (head, body) = answer(&hub, &request("HEAD /api/docs", "", b"")).await;
    assert!(head.starts_with("http/1.1 200 ") && body.is_empty(), "{head}");
    let (head, _) = answer(&hub, &request("PUT /api/docs", "", b"")).await;
    assert!(head.starts_with("http/1.1 405 ") && head.contains("\nallow: head, get"), "{head}");
    let (head, body) = answer(&hub, &request("HEAD /api/health", "", b"")).await;
    assert!(head.starts_with("http/1.1 405 ") && head.contains("\nallow: get"), "{head}");
    assert!(body.is_empty() && head.contains("\ncontent-length: 31"), "{head}");
}

#[tokio::test]
async fn bodies_are_read_as_the_framework_reads_them() {
    let (hub, key) = hub().await;
    let line = format!("POST /api/tasks/{TASK}/result");
    let auth = format!("Authorization: {key}\r\n");
    let json = format!("{auth}Content-Type: application/json\r\n");
    let not_found = format!(r#"{{"detail":"Task {TASK} not found"}}"#);
    let wide: Vec<u8> = r#"{"success":"yes"}"#.bytes().flat_map(|byte| [byte, 0]).collect();
    let cases: [(&str, &[u8], u16, &str); 6] = [
        (&json, b"\xef\xbb\xbf{\"success\":true}", 404, &not_found),
        (&json, &wide, 404, &not_found),
        (&json, b"\xff", 400, r#"{"detail":"There was an error parsing the body"}"#),
        (&auth, b"\xff", 500, "Internal Server Error"),
        (
            &json,
            b"{\"success\":0.5}",
            422,
            r#"{"detail":[{"type":"bool_type","loc":["body","success"],"msg":"Input should be a valid boolean","input":0.5}]}"#,
        ),
        (
            &json,
            br#"{"a":"\u12"}"#,
            422,
            r#"{"detail":[{"type":"json_invalid","loc":["body",7],"msg":"JSON decode error","input":{},"ctx":{"error":"Invalid \\uXXXX escape"}}]}"#,
        ),
    ];
    for (headers, body, status, expected) in cases {
        let (head, reply) = answer(&hub, &request(&line, headers, body)).await;
        assert!(head.starts_with(&format!("http/1.1 {status} ")), "{body:?}: {head}");
        assert_eq!(reply, expected, "{body:?}");
    }
}

#[tokio::test]
async fn an_axis_given_as_null_is_filled_in_where_it_stands() {
    let (hub, _) = hub().await;
    let key = hub.put("/control/keys/internal", json!({"force": true})).await["value"].clone();
    let key = key.as_str().expect("a key");
    let headers = format!("X-Internal-Service-Key: {key}\r\nContent-Type: application/json\r\n");
    let line = format!("POST /api/model/{TASK}/metrics");
    let body = br#"{"x_value":null,"global_round":3,"label":"L","result":1,"x_label":""}"#;
    let (_, reply) = answer(&hub, &request(&line, &headers, body)).await;
    let filled = r#"{"x_value":3,"global_round":3,"label":"L","result":1,"x_label":""}"#;
    assert_eq!(
        reply,
        format!(
            r#"{{"detail":[{{"type":"missing","loc":["body","fl_client_name"],"msg":"Field required","input":{filled}}},{{"type":"string_too_short","loc":["body","x_label"],"msg":"String should have at least 1 character","input":"","ctx":{{"min_length":1}}}}]}}"#
        )
    );
    let body = br#"{"fl_client_name":"T","global_round":null,"label":"L","result":1}"#;
    let (_, reply) = answer(&hub, &request(&line, &headers, body)).await;
    assert!(reply.contains(r#"{"type":"missing","loc":["body","x_value"]"#), "{reply}");
}
