//! Down, up, stop, and what is left behind.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Instant;

use contract::capture::ConnectionOutcome;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wiretap::{Journal, JournalOptions, ListenerState, ServeOptions, Server};

use crate::client::{converse, eventually, get, request};
use crate::stand::{LONG_BYTES, Stand};

#[tokio::test]
async fn down_refuses_and_cuts_and_up_takes_the_same_port_again() {
    let stand = Stand::start();
    let (addr, handle) = (stand.listener.addr(), stand.listener.handle());
    let mut idle = TcpStream::connect(addr).await.unwrap();
    idle.write_all(b"GET /plain HTTP/1.1\r\nhost: mock\r\n\r\n").await.unwrap();
    idle.read_u8().await.unwrap();
    for _ in 0..3 {
        handle.down().await.unwrap();
        assert_eq!(handle.state(), ListenerState::Down);
        let refused = TcpStream::connect(addr).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        handle.down().await.unwrap();
        handle.up().await.unwrap();
        handle.up().await.unwrap();
        assert_eq!(handle.state(), ListenerState::Up);
        assert_eq!(get(addr, "/plain").await.status(), 200);
    }
    let mut rest = Vec::new();
    // Cut: an end, or a reset if bytes were under way.
    let _ = idle.read_to_end(&mut rest).await;
    assert!(
        idle.write_all(b"GET").await.is_err() || idle.read(&mut [0]).await.is_ok_and(|n| n == 0)
    );
}

#[tokio::test]
async fn a_request_cut_by_down_is_recorded_with_what_its_handler_noted() {
    let stand = Stand::start();
    let mut tcp = TcpStream::connect(stand.listener.addr()).await.unwrap();
    tcp.write_all(request("GET /stuck", &[], "").as_bytes()).await.unwrap();
    eventually("the handler", || (stand.handled() == 1, stand.handled())).await;
    stand.listener.handle().down().await.unwrap();
    let record = stand.only();
    assert_eq!(record.status, 0);
    assert_eq!((record.route.as_str(), record.trust_id.as_deref()), ("stuck", Some("t-9")));
    assert!(converse(tcp, "").await.bytes.is_empty());
}

#[tokio::test]
async fn stop_and_drop_leave_no_task_behind() {
    let metrics = tokio::runtime::Handle::current().metrics();
    let before = metrics.num_alive_tasks();
    for stopped in [true, false] {
        let stand = Stand::start();
        let addr = stand.listener.addr();
        let _open = TcpStream::connect(addr).await.unwrap();
        let mut stuck = TcpStream::connect(addr).await.unwrap();
        stuck.write_all(request("GET /stuck", &[], "").as_bytes()).await.unwrap();
        eventually("both connections", || {
            let tasks = metrics.num_alive_tasks();
            (tasks == before + 3, tasks)
        })
        .await;
        if stopped {
            stand.listener.stop().await;
            assert_eq!(metrics.num_alive_tasks(), before);
        } else {
            drop(stand.listener);
        }
        eventually("an end of the tasks", || {
            let tasks = metrics.num_alive_tasks();
            (tasks == before, tasks)
        })
        .await;
        let refused = TcpStream::connect(addr).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    }
}

#[tokio::test]
async fn a_thousand_quick_connections_leave_no_task_behind() {
    let stand = Stand::start();
    let addr = stand.listener.addr();
    let metrics = tokio::runtime::Handle::current().metrics();
    let before = metrics.num_alive_tasks();
    for n in 0..1000 {
        let tcp = TcpStream::connect(addr).await.unwrap();
        if n % 10 == 0 {
            assert_eq!(converse(tcp, &request("GET /plain", &[], "")).await.status(), 200);
        }
    }
    let page = || stand.journal.connections_after(0, Some("api"), 2000).connections.len();
    eventually("all silent connections", || (page() == 900, page())).await;
    eventually("an end of the tasks", || {
        let tasks = metrics.num_alive_tasks();
        (tasks <= before, tasks)
    })
    .await;
    assert_eq!(stand.journal.last_seq(), 100);
}

#[tokio::test]
async fn what_never_becomes_http_is_recorded_as_a_connection() {
    let stand = Stand::start();
    let addr = stand.listener.addr();
    let tcp = TcpStream::connect(addr).await.unwrap();
    let heard =
        converse(tcp, "\u{16}\u{3}\u{1} hello, this is much longer than 32 bytes\r\n\r\n").await;
    assert!(heard.status() == 400 || heard.bytes.is_empty(), "{heard:?}");
    let page = || stand.journal.connections_after(0, None, 10).connections;
    eventually("the connection", || (page().len() == 1, page())).await;
    let connection = page().remove(0);
    assert_eq!(connection.outcome, ConnectionOutcome::Accepted);
    assert!(connection.tls_hello);
    assert_eq!(connection.first_bytes_hex.len(), 64);
    assert_eq!(&connection.first_bytes_hex[..6], "160301");
    assert_eq!(connection.bytes_in, 48);
    assert_eq!(stand.journal.last_seq(), 0);
}

#[tokio::test]
async fn a_raw_handler_gets_the_bytes_and_records_the_connection() {
    let journal = Journal::new(JournalOptions::starting(Instant::now())).unwrap();
    let seen = journal.clone();
    let server = Server::bind("127.0.0.1:0".parse().unwrap(), ServeOptions::named("omop")).unwrap();
    let listener = server.serve_raw(Arc::new(move |mut raw| {
        let journal = seen.clone();
        Box::pin(async move {
            let byte = raw.stream.read_u8().await.unwrap_or(0);
            raw.stream.write_all(&[byte, byte]).await.unwrap();
            raw.control.record(&journal, ConnectionOutcome::Dropped);
        })
    }));
    let heard = converse(TcpStream::connect(listener.addr()).await.unwrap(), "A").await;
    assert_eq!(heard.text(), "AA");
    let page = journal.connections_after(0, Some("omop"), 10);
    assert_eq!(page.connections[0].outcome, ConnectionOutcome::Dropped);
    assert_eq!(page.connections[0].first_bytes_hex, "41");
    assert!(journal.connections_after(0, Some("api"), 10).connections.is_empty());
}

#[tokio::test]
async fn a_long_reply_passes_whole_and_is_recorded_cut() {
    let stand = Stand::start();
    let heard = get(stand.listener.addr(), "/long").await;
    assert_eq!(heard.body().len(), LONG_BYTES);
    eventually("the record", || (stand.journal.last_seq() == 1, ())).await;
    let record = stand.only();
    assert_eq!(record.response_body_bytes, LONG_BYTES as u64);
    assert_eq!(record.response_body.len(), contract::capture::BODY_BYTES_MAX);
}
