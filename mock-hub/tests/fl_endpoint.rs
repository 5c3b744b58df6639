//! What a caller of the FL endpoint sees, by the state of the allow-list.

mod support;

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use mock_hub::HubOptions;
use serde_json::json;
use support::TestHub;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

const A: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const B: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);
const HELLO: &[u8] = b"{\"type\":\"hello\",\"slot\":\"Trust_1\",\"line\":\"fl-0.13.1\"}\n";

/// What a caller sees.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    /// The server spoke.
    Served,
    /// Connected, then nothing.
    Silence,
    /// Not even a handshake.
    Timeout,
    /// A reset, at once or after the handshake.
    Refused,
}

async fn probe(address: &str, source: Ipv4Addr) -> Seen {
    let address: SocketAddr = address.parse().expect("an address");
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::new(IpAddr::V4(source), 0)).expect("a loopback source");
    let stream = match timeout(Duration::from_millis(300), socket.connect(address)).await {
        Err(_) => return Seen::Timeout,
        Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => return Seen::Refused,
        Ok(stream) => stream.expect("connects or is refused"),
    };
    converse(stream).await
}

async fn converse(mut stream: TcpStream) -> Seen {
    let mut reply = [0; 64];
    let answer = async {
        stream.write_all(HELLO).await?;
        stream.read(&mut reply).await
    };
    match timeout(Duration::from_millis(300), answer).await {
        Err(_) => Seen::Silence,
        Ok(Ok(n)) if n > 0 => Seen::Served,
        Ok(_) => Seen::Refused,
    }
}

async fn outcomes(hub: &TestHub) -> Vec<String> {
    let page = hub.get("/control/connections?listener=fl&wait_ms=5000").await;
    let rows = page["connections"].as_array().expect("a list");
    rows.iter().map(|row| row["outcome"].as_str().expect("a word").to_owned()).collect()
}

async fn start() -> (TestHub, String) {
    let hub = TestHub::start(HubOptions::default()).await;
    let address = hub.ready()["fl_addr"].as_str().expect("an address").to_owned();
    (hub, address)
}

#[tokio::test]
async fn an_open_endpoint_serves_everybody_and_records_it() {
    let (hub, fl) = start().await;
    assert_eq!(probe(&fl, A).await, Seen::Served);
    assert_eq!(outcomes(&hub).await, ["accepted"]);
}

#[tokio::test]
async fn listed_callers_are_served_and_others_meet_silence() {
    let (hub, fl) = start().await;
    hub.post("/control/allow-list/add", json!({"address": A})).await;
    assert_eq!(probe(&fl, A).await, Seen::Served);
    assert_eq!(probe(&fl, B).await, Seen::Silence);
    assert_eq!(outcomes(&hub).await, ["accepted", "dropped"]);
}

#[tokio::test]
async fn with_nobody_listed_a_connect_times_out_until_somebody_is() {
    let (hub, fl) = start().await;
    let nobody = json!({"mode": "listed", "addresses": [], "otherwise": "drop"});
    hub.put("/control/allow-list", nobody).await;
    assert_eq!(probe(&fl, A).await, Seen::Timeout);
    hub.post("/control/allow-list/add", json!({"address": A})).await;
    assert_eq!(probe(&fl, A).await, Seen::Served);
}

#[tokio::test]
async fn a_rejecting_firewall_refuses_at_once() {
    let (hub, fl) = start().await;
    let list = json!({"mode": "listed", "addresses": [A], "otherwise": "refuse"});
    hub.put("/control/allow-list", list).await;
    assert_eq!((probe(&fl, A).await, probe(&fl, B).await), (Seen::Served, Seen::Refused));
    let nobody = json!({"mode": "listed", "addresses": [], "otherwise": "refuse"});
    hub.put("/control/allow-list", nobody).await;
    assert_eq!(probe(&fl, A).await, Seen::Refused);
    assert_eq!(outcomes(&hub).await, ["accepted", "refused"]);
}

#[tokio::test]
async fn a_list_keeps_the_first_site_and_a_scalar_loses_it() {
    let (hub, fl) = start().await;
    for address in [A, B] {
        hub.post("/control/allow-list/add", json!({"address": address})).await;
    }
    assert_eq!((probe(&fl, A).await, probe(&fl, B).await), (Seen::Served, Seen::Served));
    hub.put("/control/allow-list", json!({"mode": "listed", "scalar": true})).await;
    for address in [A, B] {
        hub.post("/control/allow-list/add", json!({"address": address})).await;
    }
    assert_eq!((probe(&fl, A).await, probe(&fl, B).await), (Seen::Silence, Seen::Served));
    // Other rules do not change how the hub was deployed; saying so does.
    for (rules, first) in [
        (json!({"mode": "listed", "addresses": [A]}), Seen::Silence),
        (json!({"mode": "listed", "addresses": [A], "scalar": false}), Seen::Served),
    ] {
        hub.put("/control/allow-list", rules).await;
        hub.post("/control/allow-list/add", json!({"address": B})).await;
        assert_eq!((probe(&fl, A).await, probe(&fl, B).await), (first, Seen::Served));
    }
}

#[tokio::test]
async fn a_server_that_is_away_refuses_and_comes_back_on_its_port() {
    let (hub, fl) = start().await;
    hub.post("/control/listeners/fl", json!({"state": "down"})).await;
    assert_eq!(probe(&fl, A).await, Seen::Refused);
    hub.post("/control/listeners/fl", json!({"state": "up"})).await;
    assert_eq!(probe(&fl, A).await, Seen::Served);
}

#[tokio::test]
async fn a_tls_hello_is_recorded_and_answered() {
    let (hub, fl) = start().await;
    let url = format!("https://{fl}/");
    assert!(hub.http.get(url).send().await.is_err(), "nobody trusts this CA");
    let page = hub.get("/control/connections?listener=fl&wait_ms=5000").await;
    let row = &page["connections"][0];
    assert_eq!((&row["tls_hello"], &row["outcome"]), (&json!(true), &json!("tls-failed")));
    assert!(row["first_bytes_hex"].as_str().is_some_and(|hex| hex.starts_with("1603")));
}

#[tokio::test]
async fn an_upstream_gets_the_bytes_untouched() {
    let upstream = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let fl_upstream = Some(upstream.local_addr().expect("an address"));
    let hub = TestHub::start(HubOptions { fl_upstream, ..HubOptions::default() }).await;
    let fl = hub.ready()["fl_addr"].as_str().expect("an address").to_owned();
    let mut caller = TcpStream::connect(fl).await.expect("connects");
    caller.write_all(b"PRI * bytes\n").await.expect("sends");
    let (mut server, _) = upstream.accept().await.expect("forwarded");
    let mut got = [0; 12];
    server.read_exact(&mut got).await.expect("the same bytes");
    assert_eq!(&got, b"PRI * bytes\n");
    server.write_all(b"back\n").await.expect("answers");
    let mut line = String::new();
    BufReader::new(caller).read_line(&mut line).await.expect("the answer");
    assert_eq!(line, "back\n");
}
