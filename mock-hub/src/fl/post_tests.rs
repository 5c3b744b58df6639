//! The bytes of a call, against hubs that answer in every way.

use contract::fl_line::FlLineId;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;

/// Answers the n-th connection with the n-th reply and returns what each connection sent.
async fn hub(replies: Vec<String>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/api", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let mut seen = Vec::new();
        for reply in replies {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = vec![0; 4096];
            let n = stream.read(&mut buffer).await.unwrap();
            seen.push(String::from_utf8_lossy(&buffer[..n]).into_owned());
            stream.write_all(reply.as_bytes()).await.unwrap();
        }
        seen
    });
    (base, task)
}

fn caller(id: FlLineId, base_url: &str) -> Caller {
    Caller {
        line: id.row(),
        base_url: base_url.to_owned(),
        key: Some(Secret::new("the-key")),
        time_scale: 1.0,
        tls: None,
    }
}

#[tokio::test]
async fn a_post_is_the_bytes_of_the_library() {
    let (base, seen) = hub(vec!["HTTP/1.1 204 No Content\r\n\r\n".into()]).await;
    let answer = caller(FlLineId::V0_13_1, &base)
        .call("POST", "/model/m/metrics", Some(r#"{"a": 1}"#))
        .await
        .unwrap();
    assert_eq!(answer, Answer { status: 204, redirects: 0 });
    let host = base.trim_start_matches("http://").trim_end_matches("/api");
    assert_eq!(
        seen.await.unwrap()[0],
        format!(
            "POST /api/model/m/metrics HTTP/1.1\r\nHost: {host}\r\n\
             User-Agent: python-requests/2.32.5\r\nAccept-Encoding: gzip, deflate\r\n\
             Accept: */*\r\nConnection: keep-alive\r\nX-Internal-Service-Key: the-key\r\n\
             Content-Length: 8\r\nContent-Type: application/json\r\n\r\n{{\"a\": 1}}"
        )
    );
}

#[tokio::test]
async fn a_status_word_has_no_body_but_a_length() {
    let (base, seen) = hub(vec!["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".into()]).await;
    let mut caller = caller(FlLineId::V0_1_8, &format!("{base}/"));
    caller.key = None;
    caller.call("PUT", "/model/m/status/TRAINING_STARTED", None).await.unwrap();
    let request = &seen.await.unwrap()[0];
    assert!(request.starts_with("PUT /api//model/m/status/TRAINING_STARTED HTTP/1.1\r\n"));
    assert!(request.contains("\r\nX-Internal-Service-Key: \r\n"), "{request}");
    assert!(request.ends_with("Content-Length: 0\r\n\r\n"), "{request}");
}

#[tokio::test]
async fn a_found_turns_the_post_into_a_bare_get_that_carries_the_key_elsewhere() {
    let (other, seen_there) =
        hub(vec!["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".into()]).await;
    let moved = format!("HTTP/1.1 302 Found\r\nLocation: {other}/x\r\nContent-Length: 0\r\n\r\n");
    let (base, _seen) = hub(vec![moved]).await;
    let answer = caller(FlLineId::V0_4_1, &base).call("POST", "/m", Some("{}")).await.unwrap();
    assert_eq!(answer, Answer { status: 200, redirects: 1 });
    let there = &seen_there.await.unwrap()[0];
    assert!(there.starts_with("GET /api/x HTTP/1.1\r\n"), "{there}");
    assert!(there.contains("X-Internal-Service-Key: the-key"), "{there}");
    assert!(!there.contains("Content-"), "{there}");
}

#[tokio::test]
async fn a_temporary_redirect_repeats_the_post_whole() {
    let (other, seen_there) = hub(vec!["HTTP/1.1 204 No Content\r\n\r\n".into()]).await;
    let moved = format!("HTTP/1.1 307 T\r\nLocation: {other}/x\r\nContent-Length: 0\r\n\r\n");
    let (base, _seen) = hub(vec![moved]).await;
    caller(FlLineId::V0_4_1, &base).call("POST", "/m", Some("{}")).await.unwrap();
    let there = &seen_there.await.unwrap()[0];
    assert!(there.starts_with("POST /api/x ") && there.ends_with("\r\n\r\n{}"), "{there}");
}

#[tokio::test]
async fn a_redirect_without_target_counts_as_an_answer() {
    let (base, _seen) = hub(vec!["HTTP/1.1 301 M\r\nContent-Length: 0\r\n\r\n".into()]).await;
    let answer = caller(FlLineId::V0_4_1, &base).call("POST", "/m", Some("{}")).await.unwrap();
    assert_eq!(answer.status, 301);
}

#[tokio::test]
async fn silence_ends_at_the_limit_of_the_newer_lines_only() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let mut new = caller(FlLineId::V0_4_1, &base);
    new.time_scale = 0.001;
    let outcome = new.call("POST", "/m", Some("{}")).await;
    assert!(matches!(outcome, Err(PostError::TimedOut)), "{outcome:?}");
    let mut old = caller(FlLineId::V0_1_8, &base);
    old.time_scale = 0.001;
    let outcome = timeout(Duration::from_millis(300), old.call("POST", "/m", None)).await;
    assert!(outcome.is_err(), "an old line waits for ever");
}

#[tokio::test]
async fn a_moved_status_word_keeps_its_method_and_tells_its_length_first() {
    let (other, seen_there) = hub(vec!["HTTP/1.1 204 No Content\r\n\r\n".into()]).await;
    let target = format!("Location: {other}/x?y=1#part");
    let moved = format!("HTTP/1.1 301 M\r\n{target}\r\nContent-Length: 0\r\n\r\n");
    let (base, _seen) = hub(vec![moved]).await;
    caller(FlLineId::V0_13_1, &base).call("PUT", "/m", None).await.unwrap();
    let host = other.trim_start_matches("http://").trim_end_matches("/api");
    assert_eq!(
        seen_there.await.unwrap()[0],
        format!(
            "PUT /api/x?y=1 HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\
             User-Agent: python-requests/2.32.5\r\nAccept-Encoding: gzip, deflate\r\n\
             Accept: */*\r\nConnection: keep-alive\r\nX-Internal-Service-Key: the-key\r\n\r\n"
        )
    );
}

#[tokio::test]
async fn a_redirect_to_the_same_place_uses_the_connection_again_and_takes_its_cookie_along() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/api", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut seen = Vec::new();
        let moved = "HTTP/1.1 307 T\r\nLocation: /x\r\nSet-Cookie: node=7; Path=/\r\n";
        for head in [moved, "HTTP/1.1 200 OK\r\n"] {
            let mut buffer = vec![0; 4096];
            let n = stream.read(&mut buffer).await.unwrap();
            seen.push(String::from_utf8_lossy(&buffer[..n]).into_owned());
            let reply = format!("{head}Content-Length: 0\r\n\r\n");
            stream.write_all(reply.as_bytes()).await.unwrap();
        }
        seen
    });
    let answer = caller(FlLineId::V0_4_1, &base).call("POST", "/m", Some("{}")).await.unwrap();
    assert_eq!(answer, Answer { status: 200, redirects: 1 });
    let second = &task.await.unwrap()[1];
    assert!(
        second.ends_with("Content-Type: application/json\r\nCookie: node=7\r\n\r\n{}"),
        "{second}"
    );
}

#[tokio::test]
async fn a_base_that_names_a_host_only_doubles_the_slash_of_an_old_line() {
    let (base, seen) = hub(vec!["HTTP/1.1 204 No Content\r\n\r\n".into(); 2]).await;
    let base = base.trim_end_matches("/api");
    for id in [FlLineId::V0_1_8, FlLineId::V0_4_1] {
        caller(id, base).call("PUT", "/model/m/status/PREPARED", None).await.unwrap();
    }
    let seen = seen.await.unwrap();
    assert!(seen[0].starts_with("PUT //model/m/status/PREPARED "), "{}", seen[0]);
    assert!(seen[1].starts_with("PUT /model/m/status/PREPARED "), "{}", seen[1]);
}
