//! The published FL library against our stand-in of its line: what both put on the wire is the same.
//!
//! These tests need Python 3.12 or newer and the package index (or a user cache that already holds the
//! releases). Without them they fail: a comparison that was skipped proves nothing.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;

use contract::capture::Exchange;
use contract::fl_line::TypedEvents;
use contract::key::Secret;
use e2e::raw_hub::RawHub;
use e2e::wire::differences;
use e2e::{Beside, flipcheck};
use harness::control::{Control, HubControl, JournalFilter};
use harness::finding::Stop;
use harness::fl_package::{
    Crash, FlServerSpec, Given, Package, PackageError, PackageSpec, TrainingOrder,
};
use harness::oracle::fl_loss::losses;
use harness::target::ControlAddress;
use serde_json::{Value, json};
use tempfile::TempDir;

const MODEL: &str = "fbaaf357-5e28-4e76-9a61-76b20452fbab";
const KEY: &str = "hub-internal-key-of-these-tests-000000000000";

/// Release, and an edition of the hub that takes all it sends.
const RELEASES: [(&str, &str); 4] =
    [("0.1.4", "2026.03"), ("0.1.8", "2026.03"), ("0.4.1", "2026.09"), ("0.13.1", "2026.09")];

async fn package(release: &str) -> Package {
    let spec = format!("flip-utils=={release}");
    match Package::prepare(&spec, None).await {
        Ok(package) => package,
        Err(error) => panic!("{error}\n{}", error.hint()),
    }
}

/// A mock hub as a process, with two trusts on one model.
struct Hub {
    control: HubControl,
    api_url: String,
    _process: Beside,
    _folder: TempDir,
}

impl Hub {
    async fn start(edition: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = flipcheck(folder.path(), &["hub", "--edition", edition]);
        let mut process = Beside::start(command.stdout(Stdio::piped()).stderr(Stdio::null()));
        let mut line = String::new();
        let stdout = process.0.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut line).expect("a ready line");
        let ready: Value = serde_json::from_str(&line).expect("JSON");
        let text = |member: &str| ready[member].as_str().expect(member).to_owned();
        let address = ControlAddress { url: text("control_url"), token: text("control_token") };
        let control = HubControl::new(Control::new(address));
        let api = &control.control;
        let key = json!({"value": KEY});
        api.put("/control/keys/internal", key).await.expect("a key");
        let mut ids = Vec::new();
        // The oldest hub knows a client by its trust's display name, so both are alike here.
        for slot in ["Trust_1", "Trust_2"] {
            let trust = json!({"name": slot, "code": slot, "slot": slot});
            ids.push(api.post("/control/trusts", trust).await.expect("registered")["id"].clone());
        }
        let model = json!({"id": MODEL, "trust_ids": ids});
        api.post("/control/models", model).await.expect("a model");
        let api_url = text("api_url");
        Self { control, api_url, _process: process, _folder: folder }
    }

    async fn journal_after(&self, after: u64) -> Vec<Exchange> {
        let filter = JournalFilter { after, ..JournalFilter::default() };
        self.control.control.journal(&filter).await.expect("a journal")
    }

    async fn newest(&self) -> u64 {
        self.control.control.newest().await.expect("a journal")
    }
}

/// The stand-in's words for an order.
fn as_control(order: &TrainingOrder, line: &str) -> Value {
    let mut body = json!({
        "model_id": order.model_id, "line": line, "rounds": order.rounds, "clients": order.clients,
        "labels": order.labels, "waiting": order.waiting, "evaluation": order.evaluation, "upload_fails": order.upload_fails,
        "at_first": order.at_first, "ingest_url": order.base_url, "time_scale": order.time_scale,
        "deadline_ms": u64::try_from(order.deadline.as_millis()).expect("short"),
        "key": order.key.as_ref().map_or("", Secret::expose),
    });
    if let Some(crash) = &order.crash {
        body["crash"] = json!(crash.client);
        body["crash_unattributed"] = json!(!crash.attributed);
    }
    if let Some(line) = order.trust_line {
        body["trust_line"] = json!(line.id);
    }
    if let Some(given) = &order.given {
        body["given"] = json!({"round": given.round, "x_value": given.x_value,
            "x_label": given.x_label, "not_a_number": given.not_a_number});
    }
    body
}

fn order(base_url: &str) -> TrainingOrder {
    TrainingOrder { key: Some(Secret::new(KEY)), ..TrainingOrder::new(MODEL, base_url) }
}

/// The runs of a release that are compared on a real hub.
fn orders(base: &str) -> BTreeMap<&'static str, TrainingOrder> {
    let crash = |attributed| Some(Crash { client: "Trust_2".to_owned(), attributed });
    let plain = || order(base);
    BTreeMap::from([
        ("plain", TrainingOrder { labels: vec!["TRAIN_LOSS".into(), "DICE".into()], ..plain() }),
        ("crash", TrainingOrder { crash: crash(true), ..plain() }),
        ("upload fails", TrainingOrder { upload_fails: true, ..plain() }),
        ("evaluation", TrainingOrder { evaluation: true, ..plain() }),
        ("waiting", TrainingOrder { waiting: true, ..plain() }),
        // Refused words are said again after pauses.
        (
            "waiting, refused",
            TrainingOrder { waiting: true, key: None, time_scale: 0.1, ..plain() },
        ),
        ("trailing slash", TrainingOrder { base_url: format!("{base}/"), ..plain() }),
        ("no key", TrainingOrder { key: None, ..plain() }),
    ])
}

/// `what`, `status`, `body` and `redirects` of every post, and the numbers around them.
fn told(report: &Value) -> Value {
    let mut report = report.clone();
    for post in report["answers"].as_array_mut().expect("answers") {
        // Each says in its own words why there was no answer.
        post["error"] = json!(post["error"].is_string());
    }
    // What came in band from the clients; a package does not tell.
    report.as_object_mut().expect("an object").remove("received");
    report
}

async fn compare(release: &str, edition: &str) {
    let package = package(release).await;
    let hub = Hub::start(edition).await;
    let line = package.line().id;
    for (name, order) in orders(&hub.api_url) {
        let place = format!("{release} against {line}, {name}");
        let begun = hub.newest().await;
        let theirs = package.train(&order).await.expect("the package runs");
        let middle = hub.newest().await;
        let ours = hub.control.training(as_control(&order, line.name())).await.expect("it runs");
        let all = hub.journal_after(begun).await;
        let (real, stand_in): (Vec<_>, Vec<_>) = all.into_iter().partition(|e| e.seq <= middle);
        let found = differences(&real, &stand_in);
        assert!(found.is_empty(), "{place}:\n{}", found.join("\n"));
        assert_eq!(told(&theirs), told(&ours), "{place}");
        let waits = order.waiting && ours["ended"] == "WAITING";
        assert!(waits || !real.is_empty(), "{place}: nothing was sent at all");
        // What the driver tells is what the hub saw.
        let bodies = theirs["answers"].as_array().expect("answers").iter();
        let bodies: Vec<_> = bodies.map(|post| post["body"].as_str().unwrap_or_default()).collect();
        let seen: Vec<_> = real.iter().map(|exchange| exchange.request_body.as_str()).collect();
        assert_eq!(bodies, seen, "{place}");
    }
}

#[tokio::test]
async fn release_0_1_4_and_its_stand_in_send_the_same() {
    compare("0.1.4", "2026.03").await;
}

#[tokio::test]
async fn release_0_1_8_and_its_stand_in_send_the_same() {
    compare("0.1.8", "2026.03").await;
}

#[tokio::test]
async fn release_0_4_1_and_its_stand_in_send_the_same() {
    compare("0.4.1", "2026.09").await;
}

#[tokio::test]
async fn release_0_13_1_and_its_stand_in_send_the_same() {
    compare("0.13.1", "2026.09").await;
}

/// What could not be had is told in one line with what to do, and is nobody's failure.
#[tokio::test]
async fn a_release_or_a_python_that_is_not_there_is_not_verified() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().to_str().expect("UTF-8").into();
    let spec = || PackageSpec::parse("flip-utils==0.13.999").expect("a release");
    let unknown = Package::prepare_in(folder, spec(), None).await.expect_err("no such release");
    assert!(matches!(unknown, PackageError::NotOnIndex { .. }), "{unknown}");
    let nowhere = Some("/nowhere/python3.12".into());
    let nobody = Package::prepare_in(folder, spec(), nowhere).await.expect_err("no such program");
    assert!(matches!(nobody, PackageError::NoPython { .. }), "{nobody}");
    for error in [unknown, nobody] {
        let hint = error.hint();
        let Stop::NotVerified(reason) = Stop::from(error) else { panic!("a failure of ours") };
        assert!(reason.contains(hint) && !reason.contains('\n'), "{reason}");
    }
    let left = std::fs::read_dir(home.path()).expect("ours").flatten();
    let left: Vec<_> = left.filter(|entry| entry.path().is_dir()).map(|e| e.file_name()).collect();
    assert!(left.iter().all(|name| name.to_string_lossy().ends_with(".half")), "{left:?}");
}

/// fl.md 5: on 2026.06 every metric of 0.1.8 is refused, and the run ends as a success.
#[tokio::test]
async fn the_real_0_1_8_loses_every_metric_on_2026_06_in_silence() {
    let package = package("0.1.8").await;
    let hub = Hub::start("2026.06").await;
    let report = package.train(&order(&hub.api_url)).await.expect("the package runs");
    let model =
        hub.control.control.get(&format!("/control/models/{MODEL}")).await.expect("a model");
    let found = losses(&report, &model);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].kind, found[0].sent, found[0].stored, found[0].silent),
        ("metrics", 4, 0, true)
    );
}

/// How a raw hub answers, and what it stands for.
type Answers = (&'static str, fn(&Exchange, &str) -> String);

fn reply(status: &str, headers: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\n\r\n")
}

fn moved(exchange: &Exchange, status: &str, to: &str) -> String {
    if exchange.path.starts_with("/moved") {
        return reply("200 OK", "");
    }
    reply(status, &format!("Location: {to}\r\n"))
}

/// Every answer of fl.md 4 that changes what is sent next.
const ANSWERS: &[Answers] = &[
    ("204", |_, _| reply("204 No Content", "").replace("Content-Length: 0\r\n", "")),
    ("HTML", |_, _| "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>".to_owned()),
    ("500", |_, _| reply("500 Internal Server Error", "")),
    ("301", |e, _| moved(e, "301 Moved Permanently", "/moved?by=301#part")),
    ("302", |e, _| moved(e, "302 Found", "/moved")),
    ("303", |e, _| moved(e, "303 See Other", "/moved")),
    ("307", |e, _| moved(e, "307 Temporary Redirect", "/moved")),
    ("308", |e, _| moved(e, "308 Permanent Redirect", "moved")),
    ("302 elsewhere", |e, other| moved(e, "302 Found", &format!("http://{other}/moved"))),
    ("307 elsewhere", |e, other| moved(e, "307 Temporary Redirect", &format!("//{other}/moved"))),
    ("302 without Location", |_, _| reply("302 Found", "")),
    ("304", |_, _| reply("304 Not Modified", "Location: /moved\r\n")),
    ("302 with a cookie", |e, _| {
        let cookies = "Set-Cookie: first=1; Path=/\r\nSet-Cookie: second=2\r\n";
        match e.path.as_str() {
            "/moved" => reply("307 Temporary Redirect", "Location: /moved-again\r\n"),
            "/moved-again" => reply("200 OK", ""),
            _ => reply("302 Found", &format!("Location: /moved\r\n{cookies}")),
        }
    }),
    ("302 that closes", |e, _| {
        if e.path.starts_with("/moved") {
            return reply("200 OK", "");
        }
        reply("302 Found", "Location: /moved\r\nConnection: close\r\n")
    }),
    ("a cookie for somebody else", |e, other| {
        if e.path.starts_with("/moved") {
            return reply("200 OK", "");
        }
        let cookies = "Set-Cookie: here=1; Path=/api\r\nSet-Cookie: gone=2; Max-Age=0\r\n\
                       Set-Cookie: sealed=3; Secure\r\n";
        reply("307 Temporary Redirect", &format!("Location: http://{other}/moved\r\n{cookies}"))
    }),
];

async fn compare_answers(release: &str) {
    let package = package(release).await;
    // The stand-in posts wherever it is told: its own hub is only there to run it.
    let hub = Hub::start("2026.09").await;
    let line = package.line().id;
    for (name, answer) in ANSWERS {
        let elsewhere = RawHub::start(|_| reply("200 OK", ""));
        let other = elsewhere.address().to_string();
        let raw = RawHub::start(move |exchange| answer(exchange, &other));
        // A base that names a host only is joined in its own way, whatever the answer.
        let paths: &[&str] = if matches!(*name, "204" | "308") { &["/api", ""] } else { &["/api"] };
        for path in paths {
            let mut order = order(&format!("http://{}{path}", raw.address()));
            order.rounds = 1;
            order.clients.truncate(1);
            let theirs = package.train(&order).await.expect("the package runs");
            let (real, real_elsewhere) = (raw.take(), elsewhere.take());
            let ours = hub.control.training(as_control(&order, line.name())).await;
            let (stand_in, stand_in_elsewhere) = (raw.take(), elsewhere.take());
            let mut found = differences(&real, &stand_in);
            found.extend(differences(&real_elsewhere, &stand_in_elsewhere));
            assert!(found.is_empty(), "{release}, {name} at {path:?}:\n{}", found.join("\n"));
            assert_eq!(told(&theirs), told(&ours.expect("it runs")), "{release}, {name}");
            assert!(!real.is_empty(), "{release}, {name}: nothing was sent at all");
        }
    }
}

#[tokio::test]
async fn the_oldest_line_meets_every_answer_as_its_release_does() {
    compare_answers("0.1.8").await;
}

#[tokio::test]
async fn the_newest_line_meets_every_answer_as_its_release_does() {
    compare_answers("0.13.1").await;
}

#[tokio::test]
async fn silence_blocks_the_older_release_and_not_the_newer() {
    // The first takes its whole deadline, which has to hold the start of Python too.
    for (release, ended, secs) in [("0.1.8", "BLOCKED", 10), ("0.13.1", "RESULTS_UPLOADED", 60)] {
        let package = package(release).await;
        let hub = Hub::start("2026.09").await;
        let raw = RawHub::start(|_| String::new());
        let mut order = order(&format!("http://{}/api", raw.address()));
        (order.rounds, order.time_scale) = (1, 0.02);
        order.clients.truncate(1);
        order.deadline = Duration::from_secs(secs);
        let theirs = package.train(&order).await.expect("the package runs");
        let real = raw.take();
        let ours = hub.control.training(as_control(&order, package.line().id.name())).await;
        let found = differences(&real, &raw.take());
        assert!(found.is_empty(), "{release}:\n{}", found.join("\n"));
        assert_eq!(theirs["ended"], ended, "{release}: {theirs}");
        assert_eq!(theirs["ended"], ours.expect("it runs")["ended"], "{release}");
    }
}

/// fl.md 6: rounds and axes of the trust half as the hub half of each release reads them, and what it
/// refuses to send at all.
#[tokio::test]
async fn in_band_metrics_are_read_as_the_release_reads_them() {
    let raw = RawHub::start(|_| reply("200 OK", ""));
    let base = format!("http://{}/api", raw.address());
    let hub = Hub::start("2026.09").await;
    let given = |round, x_value, x_label: Option<&str>| {
        Some(Given { round, x_value, x_label: x_label.map(str::to_owned), ..Given::default() })
    };
    let nan = Some(Given { not_a_number: true, ..Given::default() });
    let long = "x".repeat(65);
    let line = |text: &str| Some(FlServerSpec::parse(text).expect("a line").line());
    let cases = [
        ("round 7", given(Some(7), None, None), line("0.1.8"), false),
        ("x 1.5 on epoch", given(None, Some(1.5), Some("epoch")), line("0.13.1"), false),
        ("an axis without a name", given(None, Some(2.5), Some("")), line("0.13.1"), false),
        ("a name without a place", given(None, None, Some("epoch")), line("0.13.1"), false),
        ("the oldest default", None, line("0.1.4"), true),
        ("a long name", given(None, Some(1.5), Some(&long)), line("0.13.1"), false),
        ("no number", nan, line("0.13.1"), false),
    ];
    for (release, _) in RELEASES {
        let package = package(release).await;
        for (name, given, trust_line, at_first) in cases.clone() {
            let order = TrainingOrder { given, trust_line, at_first, ..order(&base) };
            let theirs = package.train(&order).await.expect("the package runs");
            let real = metrics(raw.take());
            let ours = hub.control.training(as_control(&order, package.line().id.name())).await;
            let stand_in = metrics(raw.take());
            let ours = ours.expect("it runs");
            let events = package.line().typed_events == TypedEvents::Sent;
            assert_eq!(points(&real, events), points(&stand_in, events), "{release}, {name}");
            assert_eq!(theirs["sent"]["metrics"], ours["sent"]["metrics"], "{release}, {name}");
            assert_eq!(theirs["ended"], ours["ended"], "{release}, {name}");
        }
    }
}

fn metrics(all: Vec<Exchange>) -> Vec<Exchange> {
    all.into_iter().filter(|exchange| exchange.path.ends_with("/metrics")).collect()
}

/// Bodies. NVFLARE counts the rounds of metrics from 0 where it counts those of events from 1, so where
/// every x value is the default, which is the round, neither is looked at; nor are rounds elsewhere.
fn points(all: &[Exchange], counts_from_0: bool) -> Vec<Value> {
    let bodies = all.iter().map(|exchange| &exchange.request_body);
    let bodies = bodies.map(|body| serde_json::from_str::<Value>(body).expect("JSON"));
    let mut bodies: Vec<Value> = bodies.collect();
    let by_default = bodies.iter().all(|b| b["x_value"].as_f64() == b["global_round"].as_f64());
    for body in bodies.iter_mut().filter(|_| counts_from_0) {
        body["global_round"] = json!("the server's");
        if by_default {
            body["x_value"] = json!("the server's round");
        }
    }
    bodies
}

/// Flower hides round and axis in the label; what is no such suffix stays in it.
#[tokio::test]
async fn flower_labels_are_taken_apart_as_the_release_does() {
    let raw = RawHub::start(|_| reply("200 OK", ""));
    let base = format!("http://{}/api", raw.address());
    let hub = Hub::start("2026.09").await;
    for release in ["0.1.8", "0.4.1", "0.13.1"] {
        let package = package(release).await;
        let labels = [
            "train_loss",
            "train_loss.round_5",
            "train_loss@epoch.x_5",
            "train_loss@epoch",
            "loss.x_1.5",
            "loss.x_1e-3",
            "loss.x_nan",
            "loss.x_inf",
            "loss.x_abc",
            "loss.round_5.x_2",
            "loss.x_2.round_5",
            "loss.round_1.5",
            "loss@a@b.x_1",
            "loss.x_1@epoch",
            "loss.round_-3",
            "num-examples",
            "straße",
            "loss.round_ 7 ",
            "loss.x_1_0",
            "loss.round_1_0",
            "loss@",
            "@epoch",
            "loss.x_+5",
            "loss.x_.5",
        ];
        let labels = labels.map(str::to_owned).to_vec();
        let order = TrainingOrder { labels, ..order(&base) };
        let theirs = package.train(&order).await.expect("the package runs");
        let real = raw.take();
        let ours = hub.control.training(as_control(&order, package.line().id.name())).await;
        let found = differences(&real, &raw.take());
        assert!(found.is_empty(), "{release}:\n{}", found.join("\n"));
        assert_eq!(told(&theirs), told(&ours.expect("it runs")), "{release}");
    }
}

/// A reply that names no site, an exception nobody can be blamed for, and NVFLARE's own names.
#[tokio::test]
async fn clients_without_a_name_are_told_as_the_release_tells_them() {
    let raw = RawHub::start(|_| reply("200 OK", ""));
    let base = format!("http://{}/api", raw.address());
    let hub = Hub::start("2026.09").await;
    let clients = |names: [&str; 2]| names.map(str::to_owned).to_vec();
    for release in ["0.1.8", "0.4.1", "0.13.1"] {
        let package = package(release).await;
        let nameless = TrainingOrder { clients: clients(["Trust_1", ""]), ..order(&base) };
        let crash = Some(Crash { client: "Trust_2".to_owned(), attributed: false });
        let crashed = TrainingOrder { crash, ..order(&base) };
        for (name, order) in [("nameless", nameless), ("unattributed crash", crashed)] {
            let theirs = package.train(&order).await.expect("the package runs");
            let real = raw.take();
            let ours = hub.control.training(as_control(&order, package.line().id.name())).await;
            let found = differences(&real, &raw.take());
            assert!(found.is_empty(), "{release}, {name}:\n{}", found.join("\n"));
            assert_eq!(told(&theirs), told(&ours.expect("it runs")), "{release}, {name}");
        }
    }
}
