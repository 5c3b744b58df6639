//! Trainings: what each FL line sends, and what each hub keeps of it.

mod support;

use contract::edition::EditionId;
use mock_hub::HubOptions;
use serde_json::{Value, json};
use support::TestHub;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const MODEL: &str = "fbaaf357-5e28-4e76-9a61-76b20452fbab";

/// A hub with two trusts on one model.
async fn hub(edition: EditionId) -> TestHub {
    let hub = TestHub::start(HubOptions { edition, ..HubOptions::default() }).await;
    let mut ids = Vec::new();
    for (name, slot) in [("Alpha", "Trust_1"), ("Beta", "Trust_2")] {
        let body = json!({"name": name, "code": name, "slot": slot});
        ids.push(hub.post("/control/trusts", body).await["id"].clone());
    }
    hub.post("/control/models", json!({"id": MODEL, "trust_ids": ids})).await;
    hub
}

async fn train(hub: &TestHub, more: Value) -> Value {
    let mut body = json!({"model_id": MODEL, "rounds": 2, "clients": ["Trust_1", "Trust_2"]});
    let members = more.as_object().expect("members");
    body.as_object_mut().expect("an object").extend(members.clone());
    hub.post("/control/training", body).await
}

async fn model(hub: &TestHub) -> Value {
    hub.get(&format!("/control/models/{MODEL}")).await
}

fn statuses(report: &Value, what: &str) -> Vec<u64> {
    let answers = report["answers"].as_array().expect("answers").iter();
    let wanted =
        answers.filter(|answer| answer["what"].as_str().is_some_and(|w| w.starts_with(what)));
    wanted.map(|answer| answer["status"].as_u64().expect("a status")).collect()
}

/// Line, edition, metric rows kept of 4, events kept of those sent, answer to the running word.
const CELLS: &[(&str, EditionId, usize, usize, u64)] = &[
    ("fl-0.1.4", EditionId::V2026_03, 0, 0, 401),
    ("fl-0.1.4", EditionId::V2026_09, 0, 0, 401),
    ("fl-0.1.8", EditionId::V2026_03, 4, 0, 200),
    ("fl-0.1.8", EditionId::V2026_06, 0, 0, 200),
    ("fl-0.1.8", EditionId::V2026_07, 0, 0, 200),
    ("fl-0.1.8", EditionId::V2026_09, 0, 0, 200),
    ("fl-mid-a", EditionId::V2026_03, 0, 0, 200),
    ("fl-mid-a", EditionId::V2026_06, 4, 0, 200),
    ("fl-mid-b", EditionId::V2026_06, 4, 0, 200),
    ("fl-mid-b", EditionId::V2026_09, 4, 0, 200),
    ("fl-0.4.1", EditionId::V2026_03, 0, 0, 422),
    ("fl-0.4.1", EditionId::V2026_06, 4, 0, 422),
    ("fl-0.4.1", EditionId::V2026_07, 4, 8, 200),
    ("fl-0.13.1", EditionId::V2026_06, 4, 0, 422),
    ("fl-0.13.1", EditionId::TrustKeys, 4, 8, 200),
    ("fl-0.13.1", EditionId::V2026_09, 4, 8, 200),
];

#[tokio::test]
async fn each_pairing_keeps_what_it_keeps_and_every_run_ends_as_a_success() {
    for &(line, edition, metrics, events, running) in CELLS {
        let hub = hub(edition).await;
        let report = train(&hub, json!({"line": line})).await;
        let kept = model(&hub).await;
        let rows = |member: &str| kept[member].as_array().expect("rows").clone();
        let kept_events = rows("logs").iter().filter(|row| !row["event_type"].is_null()).count();
        let cell = format!("{line} on {edition}: {report}");
        assert_eq!(report["ended"], "RESULTS_UPLOADED", "{cell}");
        assert_eq!(report["sent"]["metrics"], 4, "{cell}");
        assert_eq!((rows("metrics").len(), kept_events), (metrics, events), "{cell}");
        assert_eq!(statuses(&report, "status")[1], running, "{cell}");
        hub.hub.stop().await;
    }
}

#[tokio::test]
async fn a_crash_of_an_old_line_is_stored_as_a_nameless_success() {
    let hub = hub(EditionId::V2026_07).await;
    let report = train(&hub, json!({"line": "fl-0.1.8", "crash": "Trust_1"})).await;
    assert_eq!((&report["ended"], statuses(&report, "log")), (&json!("ERROR"), vec![200]));
    let kept = model(&hub).await;
    let crash =
        kept["logs"].as_array().expect("rows").iter().find(|row| row["log"] == "ValueError: boom");
    let crash = crash.expect("the log is there");
    assert_eq!((&crash["fl_client_name"], &crash["success"]), (&json!(null), &json!(true)));
}

#[tokio::test]
async fn a_crash_of_a_new_line_keeps_its_client_and_is_no_success() {
    let hub = hub(EditionId::V2026_09).await;
    train(&hub, json!({"line": "fl-0.13.1", "crash": "Trust_1"})).await;
    let kept = model(&hub).await;
    let rows = kept["logs"].as_array().expect("rows");
    let crash = rows.iter().find(|row| row["log"] == "ValueError: boom").expect("the log");
    assert_eq!((&crash["fl_client_name"], &crash["success"]), (&json!("Trust_1"), &json!(false)));
}

#[tokio::test]
async fn a_waiting_job_is_reported_by_the_newest_line_and_ends_in_error() {
    let hub = hub(EditionId::V2026_09).await;
    let report = train(&hub, json!({"waiting": true, "time_scale": 0.0})).await;
    assert_eq!(statuses(&report, "event JOB_WAITING_FOR_RESOURCES"), [422; 2]);
    assert_eq!((statuses(&report, "status ERROR"), &report["ended"]), (vec![200], &json!("ERROR")));
    let wrong = json!({"waiting": true, "time_scale": 0.0, "key": "nope"});
    let report = train(&hub, wrong).await;
    assert_eq!(statuses(&report, "status ERROR"), [401; 4], "four tries");
    let older = train(&hub, json!({"waiting": true, "line": "fl-0.4.1"})).await;
    assert_eq!(older["answers"], json!([]));
}

#[tokio::test]
async fn a_trailing_slash_loses_everything_of_an_old_line_silently() {
    let hub = hub(EditionId::V2026_09).await;
    let base = format!("{}/", hub.ready()["api_url"].as_str().expect("a URL"));
    let old = train(&hub, json!({"line": "fl-0.1.8", "ingest_url": base})).await;
    assert!(
        old["answers"].as_array().expect("answers").iter().all(|a| a["status"] == 404),
        "{old}"
    );
    assert_eq!(old["ended"], "RESULTS_UPLOADED");
    let new = train(&hub, json!({"line": "fl-0.13.1", "ingest_url": base})).await;
    assert_eq!(statuses(&new, "metric"), [204; 4]);
}

#[tokio::test]
async fn nobody_listening_and_silence_are_swallowed_or_block_by_line() {
    let hub = hub(EditionId::V2026_09).await;
    let closed = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds");
        format!("http://{}/api", listener.local_addr().expect("an address"))
    };
    let refused = train(&hub, json!({"ingest_url": closed})).await;
    assert_eq!(refused["ended"], "RESULTS_UPLOADED");
    assert!(refused["answers"][0]["error"].is_string(), "{refused}");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let silent = format!("http://{}/api", listener.local_addr().expect("an address"));
    let old = json!({"line": "fl-0.1.8", "ingest_url": silent, "deadline_ms": 300});
    assert_eq!(train(&hub, old).await["ended"], "BLOCKED");
    let new = json!({"ingest_url": silent, "time_scale": 0.0001, "deadline_ms": 20000});
    assert_eq!(train(&hub, new).await["ended"], "RESULTS_UPLOADED");
}

#[tokio::test]
async fn what_a_line_refuses_by_itself_is_told_and_stored_nowhere() {
    let hub = hub(EditionId::V2026_09).await;
    let nan = json!({"given": {"not_a_number": true}, "rounds": 1});
    let long = json!({"given": {"x_value": 1.5, "x_label": "x".repeat(65)}, "rounds": 1});
    for more in [nan, long] {
        let report = train(&hub, more).await;
        assert_eq!(
            (&report["sent"]["metrics"], &report["ended"]),
            (&json!(2), &json!("RESULTS_UPLOADED"))
        );
        assert_eq!(statuses(&report, "metric"), [0; 2], "never sent");
    }
    assert_eq!(model(&hub).await["metrics"], json!([]));
}

#[tokio::test]
async fn an_evaluation_is_told_to_the_hub_by_the_newest_line_only() {
    let hub = hub(EditionId::V2026_09).await;
    let what = |report: &Value| {
        let answers = report["answers"].as_array().expect("answers").iter();
        answers.map(|post| post["what"].as_str().expect("a text").to_owned()).collect::<Vec<_>>()
    };
    let run =
        async |line: &str| what(&train(&hub, json!({"line": line, "evaluation": true})).await);
    assert_eq!(run("fl-0.1.8").await, ["status RESULTS_UPLOADED"]);
    assert_eq!(run("fl-0.4.1").await, ["status RUNNING", "status RESULTS_UPLOADED"]);
    assert_eq!(
        run("fl-0.13.1").await,
        ["status RUNNING", "metric", "metric", "status RESULTS_UPLOADED"]
    );
    let kept = model(&hub).await;
    let row = &kept["metrics"][0];
    assert_eq!((&row["global_round"], &row["x_value"]), (&json!(0), &json!(0.0)));
}

#[tokio::test]
async fn a_client_that_joined_the_endpoint_trains_itself() {
    let hub = hub(EditionId::V2026_09).await;
    let fl = hub.ready()["fl_addr"].as_str().expect("an address").to_owned();
    let client = tokio::spawn(async move { honest_client(&fl).await });
    let joined = async || hub.get("/control/fl-clients").await[0]["slot"] == "Trust_1";
    while !joined().await {
        tokio::task::yield_now().await;
    }
    let report = train(&hub, json!({"clients": ["Trust_1"]})).await;
    assert_eq!(report["clients"], json!([{"slot": "Trust_1", "part": "joined"}]));
    let kept = model(&hub).await;
    let points: Vec<_> = kept["metrics"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| (row["global_round"].clone(), row["x_value"].clone(), row["x_label"].clone()))
        .collect();
    let point = |round: i64, x: f64| (json!(round), json!(x), json!("epoch"));
    assert_eq!(points, [point(1, 1.5), point(2, 3.0)]);
    client.await.expect("the client ends when it is told so");
}

/// Speaks the protocol of the endpoint as a client of the newest line.
async fn honest_client(fl: &str) {
    let (reader, mut writer) = TcpStream::connect(fl).await.expect("connects").into_split();
    let mut lines = BufReader::new(reader).lines();
    let hello = json!({"type": "hello", "slot": "Trust_1", "line": "fl-0.13.1"});
    writer.write_all(format!("{hello}\n").as_bytes()).await.expect("sends");
    while let Some(line) = lines.next_line().await.expect("reads") {
        let message: Value = serde_json::from_str(&line).expect("JSON");
        match message["type"].as_str() {
            Some("round") => {
                let (job, round) = (&message["job_id"], message["round"].as_f64().expect("one"));
                let metric = json!({"type": "metric", "job_id": job, "label": "train_loss",
                    "value": 0.5, "x_value": round * 1.5, "x_label": "epoch"});
                let result = json!({"type": "result", "job_id": job, "round": message["round"],
                    "size_bytes": 10});
                let text = format!("{metric}\n{result}\n");
                writer.write_all(text.as_bytes()).await.expect("sends");
            }
            Some("done") => return,
            _ => {}
        }
    }
}

#[tokio::test]
async fn events_tell_what_the_published_library_tells() {
    let hub = hub(EditionId::V2026_09).await;
    let details = |report: &Value, what: &str| {
        let answers = report["answers"].as_array().expect("answers");
        let post = answers.iter().find(|answer| answer["what"] == what).expect(what);
        let body = post["body"].as_str().expect("a body");
        let (_, rest) = body.split_once(r#""details": "#).expect("six members");
        rest.to_owned()
    };
    let report = train(&hub, json!({"rounds": 1})).await;
    for (what, told) in [
        ("event ROUND_STARTED", r#"{"total_rounds": 1}, "success": true}"#),
        ("event CLIENT_RESULT_RECEIVED", r#"{"size_bytes": 1234}, "success": true}"#),
        ("event ROUND_AGGREGATED", r#"{"returned": 2, "expected": 2}, "success": true}"#),
    ] {
        assert_eq!(details(&report, what), told, "{what}");
    }
    let waiting = json!({"waiting": true, "time_scale": 0.0, "clients": ["Trust_1"]});
    let named = train(&hub, waiting).await;
    assert_eq!(
        details(&named, "event JOB_WAITING_FOR_RESOURCES"),
        r#"{"attempt": 10, "max_attempts": 10, "final": true, "requested": {}}, "success": false}"#
    );
    let nobody = train(&hub, json!({"waiting": true, "time_scale": 0.0, "clients": []})).await;
    assert_eq!(
        details(&nobody, "event JOB_WAITING_FOR_RESOURCES"),
        r#"{"attempt": 10, "max_attempts": 10, "final": true}, "success": false}"#
    );
}
