//! The FL client on real sockets: against an endpoint of our own and a whole site.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use contract::edition::EditionId;
use contract::envelope::{PROJECT_ID_CONTEXT, SealRequest, key_bytes, seal};
use contract::fl_line::FlLineId;
use contract::key::Secret;
use mock_trust::fl_client::{FlClient, FlClientOptions};
use mock_trust::log::Level;
use mock_trust::site::{Site, SiteOptions};
use mock_trust::time_scale::TimeScale;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

const SITE_KEY: &str = "site-key-of-the-kit";
const PAYLOAD_KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
const PATIENCE: Duration = Duration::from_secs(10);

/// The FL server's end of one connection.
struct Endpoint {
    read: Lines<BufReader<OwnedReadHalf>>,
    write: OwnedWriteHalf,
    peer: IpAddr,
}

impl Endpoint {
    async fn accept(listener: &TcpListener) -> Self {
        let accepted = timeout(PATIENCE, listener.accept()).await.expect("a client in time");
        let (stream, peer): (TcpStream, _) = accepted.expect("a connection");
        let (read, write) = stream.into_split();
        Self { read: BufReader::new(read).lines(), write, peer: peer.ip() }
    }

    async fn hear(&mut self) -> Value {
        let line = timeout(PATIENCE, self.read.next_line()).await.expect("a line in time");
        serde_json::from_str(&line.expect("a connection").expect("a line")).expect("JSON")
    }

    async fn say(&mut self, line: &Value) {
        self.write.write_all(format!("{line}\n").as_bytes()).await.expect("a connection");
    }

    async fn welcomed(listener: &TcpListener) -> (Self, Value) {
        let mut endpoint = Self::accept(listener).await;
        let hello = endpoint.hear().await;
        endpoint.say(&json!({"type": "welcome", "server": "test"})).await;
        (endpoint, hello)
    }

    /// Starts a job and its rounds, and hears the client until it has answered each.
    async fn train(&mut self, job: Value, rounds: i64) -> Vec<Value> {
        let mut order = json!({"type": "job", "job_id": "j", "model_id": "m", "rounds": rounds});
        order.as_object_mut().expect("an object").extend(job.as_object().expect("one").clone());
        self.say(&order).await;
        let mut heard = Vec::new();
        for round in 1..=rounds {
            self.say(&json!({"type": "round", "job_id": "j", "round": round})).await;
            loop {
                let line = self.hear().await;
                let kind = line["type"].as_str().expect("a type").to_owned();
                heard.push(line);
                match kind.as_str() {
                    "result" => break,
                    "crash" => return heard,
                    _ => {}
                }
            }
        }
        self.say(&json!({"type": "done", "job_id": "j"})).await;
        heard
    }
}

/// Options of a fast client, and its log.
async fn options() -> (TcpListener, FlClientOptions, UnboundedReceiver<(Level, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound").to_string();
    let mut options = FlClientOptions::new(address, "Trust_1", Secret::from(SITE_KEY));
    options.time_scale = TimeScale::new(0.05).expect("positive");
    let (sender, log) = unbounded_channel();
    options.log = Arc::new(move |level, line| drop(sender.send((level, line.to_owned()))));
    (listener, options, log)
}

async fn line_with(log: &mut UnboundedReceiver<(Level, String)>, text: &str) -> (Level, String) {
    let search = async {
        loop {
            let (level, line) = log.recv().await.expect("the client still logs");
            if line.contains(text) {
                return (level, line);
            }
        }
    };
    timeout(PATIENCE, search).await.unwrap_or_else(|_| panic!("no line with {text:?}"))
}

fn whole_log(log: &mut UnboundedReceiver<(Level, String)>) -> String {
    let mut text = String::new();
    while let Ok((_, line)) = log.try_recv() {
        text.push_str(&line);
        text.push('\n');
    }
    text
}

fn site() -> Site {
    let edition = EditionId::DEFAULT;
    Site::start(SiteOptions::new(edition, Secret::from(SITE_KEY), Secret::from(PAYLOAD_KEY)))
        .expect("loopback ports")
}

fn sealed_project() -> String {
    let key = key_bytes(PAYLOAD_KEY).expect("base64");
    let cipher = EditionId::DEFAULT.row().cipher;
    let request = SealRequest::new(cipher, &key, b"33333333-3333-4333-8333-333333333333");
    let request = request.context(PROJECT_ID_CONTEXT);
    seal(request, &mut StdRng::seed_from_u64(1)).expect("a whole key")
}

fn at(site: &Site, options: &mut FlClientOptions) {
    options.data_access_url = site.data_access_url();
    options.imaging_url = site.imaging_url();
}

#[tokio::test]
async fn a_training_fetches_rows_and_an_image_and_reports_in_band() {
    let site = site();
    let (listener, mut options, mut log) = options().await;
    at(&site, &mut options);
    let client = FlClient::start(options);
    let (mut endpoint, hello) = Endpoint::welcomed(&listener).await;
    assert_eq!(
        hello,
        json!({"type": "hello", "slot": "Trust_1", "line": "fl-0.13.1", "at_first": false})
    );
    let job =
        json!({"encrypted_project_id": sealed_project(), "labels": ["TRAIN_LOSS", "VAL_LOSS"]});
    let heard = endpoint.train(job, 2).await;
    let metric = |label: &str, value: f64| json!({"type": "metric", "job_id": "j", "label": label, "value": value});
    let result =
        |round: i64| json!({"type": "result", "job_id": "j", "round": round, "size_bytes": 1234});
    assert_eq!(
        heard,
        [
            metric("TRAIN_LOSS", 1.0),
            metric("VAL_LOSS", 1.0),
            result(1),
            metric("TRAIN_LOSS", 0.5),
            metric("VAL_LOSS", 0.5),
            result(2),
        ]
    );
    let page = site.journal().after(0, &wiretap::Filter::default(), 100);
    let calls: Vec<_> =
        page.exchanges.iter().map(|e| (e.route.as_str(), e.auth.as_str(), e.status)).collect();
    assert_eq!(calls, [("da.dataframe", "ok", 200), ("img.download", "ok", 200)]);
    let agent = page.exchanges[0].request_header("user-agent");
    assert!(agent.is_some_and(|agent| agent.starts_with("python-requests/")));
    client.stop().await;
    let log = whole_log(&mut log);
    assert!(log.contains("Dataframe received: 3 columns"), "{log}");
    assert!(!log.contains("ACC0000") && !log.contains(SITE_KEY), "{log}");
}

#[tokio::test]
async fn rows_reach_the_log_of_a_client_that_does_not_hide_them() {
    let site = site();
    let (listener, mut options, mut log) = options().await;
    at(&site, &mut options);
    options.habits.hides_cohort_rows = false;
    options.encrypted_project_id = Some(sealed_project());
    let _client = FlClient::start(options);
    let (mut endpoint, _) = Endpoint::welcomed(&listener).await;
    assert_eq!(endpoint.train(json!({}), 1).await.len(), 2);
    assert_eq!(line_with(&mut log, "ACC0000001").await.0, Level::Info);
}

#[tokio::test]
async fn a_client_without_site_key_crashes_on_401() {
    for oldest in [true, false] {
        let site = site();
        let (listener, mut options, _log) = options().await;
        at(&site, &mut options);
        options.encrypted_project_id = Some(sealed_project());
        if oldest {
            options.line = FlLineId::V0_1_4;
        } else {
            options.habits.sends_site_key = false;
        }
        let _client = FlClient::start(options);
        let (mut endpoint, _) = Endpoint::welcomed(&listener).await;
        let heard = endpoint.train(json!({}), 2).await;
        assert_eq!(heard.len(), 1);
        let log = heard[0]["log"].as_str().expect("a crash");
        assert!(log.starts_with("HTTPError: 401"), "{log}");
        let page = site.journal().after(0, &wiretap::Filter::default(), 100);
        assert_eq!(page.exchanges[0].auth, "missing");
    }
}

#[tokio::test]
async fn each_line_sends_its_own_form() {
    for (line, at_first, round) in [
        (FlLineId::V0_1_4, true, Some(0)),
        (FlLineId::V0_1_4, false, None),
        (FlLineId::V0_1_8, false, None),
        (FlLineId::V0_13_1, false, None),
    ] {
        let (listener, mut options, _log) = options().await;
        options.line = line;
        options.at_first = at_first;
        let _client = FlClient::start(options);
        let (mut endpoint, hello) = Endpoint::welcomed(&listener).await;
        assert_eq!(hello["line"], json!(line.name()));
        let heard = endpoint.train(json!({}), 1).await;
        assert_eq!(heard[0].get("round").and_then(Value::as_i64), round, "{line}");
    }
}

#[tokio::test]
async fn a_told_crash_ends_the_job_and_not_the_client() {
    let (listener, options, _log) = options().await;
    let _client = FlClient::start(options);
    let (mut endpoint, _) = Endpoint::welcomed(&listener).await;
    let heard = endpoint.train(json!({"crash_in_round": 2}), 3).await;
    assert_eq!(
        heard.last(),
        Some(&json!({"type": "crash", "job_id": "j", "log": "ValueError: boom"}))
    );
    assert_eq!(endpoint.train(json!({}), 1).await.len(), 2, "the next job runs");
}

#[tokio::test]
async fn an_endpoint_that_refuses_is_tried_again_until_it_listens() {
    let (listener, options, mut log) = options().await;
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let _client = FlClient::start(options);
    let (level, line) = line_with(&mut log, "Connection refused").await;
    assert_eq!(level, Level::Warning);
    assert!(line.starts_with("target_unreachable"), "{line}");
    line_with(&mut log, "Connection refused").await;
    let listener = TcpListener::bind(address).await.expect("the same port");
    let (_endpoint, _) = Endpoint::welcomed(&listener).await;
    line_with(&mut log, "Joined").await;
}

#[tokio::test]
async fn an_endpoint_that_takes_and_forwards_nothing_times_out() {
    let (listener, options, mut log) = options().await;
    let _client = FlClient::start(options);
    let _silent = Endpoint::accept(&listener).await;
    let (_, line) = line_with(&mut log, "Connection timed out").await;
    assert!(line.starts_with("target_unreachable"), "{line}");
}

#[tokio::test]
async fn a_slot_that_is_not_admitted_and_a_lost_endpoint_are_tried_again() {
    let (listener, options, mut log) = options().await;
    let _client = FlClient::start(options);
    let mut endpoint = Endpoint::accept(&listener).await;
    endpoint.hear().await;
    endpoint.say(&json!({"type": "refused", "reason": "no certificate"})).await;
    line_with(&mut log, "registration refused: no certificate").await;
    let (endpoint, _) = Endpoint::welcomed(&listener).await;
    drop(endpoint);
    line_with(&mut log, "Connection lost").await;
    Endpoint::welcomed(&listener).await;
}

#[tokio::test]
async fn the_source_address_is_the_one_it_is_told() {
    let (listener, mut options, _log) = options().await;
    let source = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
    options.bind = Some(source);
    let _client = FlClient::start(options);
    assert_eq!(Endpoint::accept(&listener).await.peer, source);
}

#[tokio::test]
async fn only_a_misbehaving_client_calls_the_hub() {
    for stays_away in [true, false] {
        let hub = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let (listener, mut options, _log) = options().await;
        options.habits.stays_away_from_hub = stays_away;
        options.forbidden_hub_url =
            Some(format!("http://{}/api", hub.local_addr().expect("bound")));
        let _client = FlClient::start(options);
        let (mut endpoint, _) = Endpoint::welcomed(&listener).await;
        let training = async { endpoint.train(json!({}), 1).await };
        if stays_away {
            training.await;
            let called = timeout(Duration::from_millis(50), hub.accept()).await;
            assert!(called.is_err(), "an honest client called the hub");
        } else {
            let (_, call) = tokio::join!(training, async {
                let (mut call, _) = hub.accept().await.expect("a call");
                let mut head = [0; 64];
                let got = call.read(&mut head).await.expect("a head");
                String::from_utf8_lossy(&head[..got]).into_owned()
            });
            assert!(call.starts_with("POST /api/model/m/metrics"), "{call}");
        }
    }
}

#[tokio::test]
async fn a_silent_site_service_ends_the_training_when_calls_are_limited() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (listener, mut options, _log) = options().await;
    options.data_access_url = format!("http://{}", silent.local_addr().expect("bound"));
    options.encrypted_project_id = Some(sealed_project());
    let client = FlClient::start(options.clone());
    let (mut endpoint, _) = Endpoint::welcomed(&listener).await;
    let heard = endpoint.train(json!({}), 1).await;
    assert!(
        heard[0]["log"].as_str().is_some_and(|log| log.starts_with("ConnectionError")),
        "{heard:?}"
    );
    client.stop().await;

    options.site_limit_secs = None;
    let _client = FlClient::start(options);
    let (mut endpoint, _) = Endpoint::welcomed(&listener).await;
    let training = timeout(Duration::from_secs(2), endpoint.train(json!({}), 1)).await;
    assert!(training.is_err(), "without a limit the call outlives the scaled 30 s");
}

#[tokio::test]
async fn a_stopped_client_closes_its_connection() {
    let (listener, options, _log) = options().await;
    let client = FlClient::start(options);
    let (mut endpoint, _) = Endpoint::welcomed(&listener).await;
    client.stop().await;
    let end = timeout(PATIENCE, endpoint.read.next_line()).await.expect("closed in time");
    assert!(matches!(end, Ok(None) | Err(_)), "{end:?}");
}
