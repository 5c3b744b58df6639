//! Keys, heartbeats, tasks, limits.

use contract::edition::TrustPaths;
use uuid::Uuid;

use super::guide::{Guide, INTERNAL, JSON, SEVENS};
use crate::domain::{NewTask, Registered, Sealing};

pub(super) async fn visit(guide: &mut Guide) {
    let (one, two) = (guide.register("One"), guide.register("Two"));
    guide.wait_secs(120);
    keys(guide, &one, &two).await;
    heartbeats(guide, &one).await;
    limits(guide, &one, &two).await;
    polls(guide, &one, &two).await;
    reports(guide, &one, &two).await;
    recovery(guide, &one).await;
    sealing(guide, &one).await;
    for registered in [one, two] {
        let report = guide.domain.delete(registered.trust.id, &guide.habits);
        guide.note(report);
    }
}

/// The edition's own paths of a trust.
fn path(guide: &Guide, of: &Registered, route: &str) -> String {
    let name = match guide.domain.edition.paths {
        TrustPaths::Named => format!("/{}", of.trust.name),
        TrustPaths::Plain => String::new(),
    };
    match route {
        "heartbeat" => format!("/api/trust{name}/heartbeat"),
        "pending" => format!("/api/tasks{name}/pending"),
        task => format!("/api/tasks{name}/{task}/result"),
    }
}

async fn keys(guide: &mut Guide, one: &Registered, two: &Registered) {
    let key = one.api_key.expose();
    let bearer = format!("Bearer {key}");
    let beat = path(guide, one, "heartbeat");
    for headers in [
        &[][..],
        &[("X-Key", "")],
        &[("X-Key", "nope")],
        &[("X-Key", &bearer)],
        &[("X-Trust-API-Key", key)],
        &[("X-Key", INTERNAL)],
        &[("x-key", key)],
    ] {
        guide.ask(("POST", &beat, headers, "")).await;
    }
    guide.ask(("POST", &beat, &[("X-Key", "nope"), JSON], "{not json")).await;
    guide.ask(("POST", "/api/cohort/results", &[("X-Key", "nope"), JSON], "{")).await;
    guide.ask(("POST", "/api/cohort/results", &[("X-Key", key), JSON], "{}")).await;
    let others = path(guide, two, "pending");
    for _ in 0..31 {
        guide.ask(("GET", &others, &[("X-Key", key)], "")).await;
    }
    let gone = guide.register("Gone");
    guide.domain.delete(gone.trust.id, &guide.habits);
    guide.ask(("POST", &beat, &[("X-Key", gone.api_key.expose())], "")).await;
    guide.wait_secs(60);
}

async fn heartbeats(guide: &mut Guide, one: &Registered) {
    let key = one.api_key.expose().to_owned();
    let beat = path(guide, one, "heartbeat");
    for body in [
        "",
        "null",
        r#"{"services":{"xnat":{"status":"down"}},"collected_at":"2020-01-01T00:00:00Z","x":1}"#,
        r#"{"services":{"xnat":{"status":"sideways"}}}"#,
        r#"{"services":{}}"#,
        "[]",
    ] {
        guide.wait_secs(1);
        guide.ask(("POST", &beat, &[("X-Key", &key), JSON], body)).await;
        guide.note(guide.domain.trust(one.trust.id).map(|trust| trust.liveness()));
    }
    guide.domain.rotate_payload_key(Some("BwcHBw==".into()));
    guide.ask(("POST", &beat, &[("X-Key", &key)], "")).await;
    guide.domain.rotate_payload_key(Some(SEVENS.into()));
    guide.ask(("GET", "/api/health", &[], "")).await;
    guide.wait_secs(60);
}

async fn limits(guide: &mut Guide, one: &Registered, two: &Registered) {
    for (registered, times) in [(one, 32), (two, 2)] {
        let key = registered.api_key.expose().to_owned();
        for route in ["heartbeat", "pending"] {
            let (method, path) =
                (if route == "pending" { "GET" } else { "POST" }, path(guide, registered, route));
            for _ in 0..times {
                guide.ask((method, &path, &[("X-Key", &key)], "")).await;
            }
        }
    }
    let beat = path(guide, one, "heartbeat");
    for _ in 0..40 {
        guide.ask(("POST", &beat, &[("X-Key", "nope")], "")).await;
    }
    let key = one.api_key.expose().to_owned();
    for number in 0..63 {
        let path = path(guide, one, &Uuid::from_u128(number).to_string());
        guide.ask(("POST", &path, &[("X-Key", &key), JSON], r#"{"success":true}"#)).await;
    }
    guide.wait_secs(60);
}

async fn polls(guide: &mut Guide, one: &Registered, two: &Registered) {
    let pending = path(guide, one, "pending");
    let key = one.api_key.expose().to_owned();
    guide.note(queue(guide, two, 900));
    let cancelled = queue(guide, one, 99);
    guide.note(guide.domain.cancel_task(cancelled));
    for number in 0..53 {
        queue(guide, one, 100 + number);
    }
    for _ in 0..3 {
        guide.ask(("GET", &pending, &[("X-Key", &key)], "")).await;
    }
    queue(guide, one, 200);
    guide.ask_twice(("GET", &pending, &[("X-Key", &key)], "")).await;
    guide.note(guide.domain.tasks(None, None));
    guide.wait_secs(60);
}

async fn reports(guide: &mut Guide, one: &Registered, two: &Registered) {
    let key = one.api_key.expose().to_owned();
    let ok = r#"{"success":true,"result":null}"#;
    let asks = [
        (100, ok),
        (100, r#"{"success":false,"result":"late"}"#),
        (101, r#"{"success":"true","result":"a"}"#),
        (102, r#"{"success":true,"result":{"a":1}}"#),
        (103, r#"{"success":true,"result":"a\u0000b"}"#),
        (104, r#"{"success":true,"result":"a\ud800b"}"#),
        (105, r#"{"success":true,"result":"x","extra":NaN}"#),
        (106, "{}"),
        (99, ok),
        (900, ok),
        (7777, ok),
    ];
    for (number, body) in asks {
        let path = path(guide, one, &Uuid::from_u128(number).to_string());
        guide.ask(("POST", &path, &[("X-Key", &key), JSON], body)).await;
    }
    let (other, of_two) = (two.api_key.expose().to_owned(), queue(guide, two, 901));
    let late = path(guide, two, &of_two.to_string());
    guide.ask(("POST", &late, &[("X-Key", &other), JSON], ok)).await;
    guide.ask(("POST", &path(guide, one, "nope"), &[("X-Key", &key), JSON], ok)).await;
    guide.note(
        guide
            .domain
            .tasks(None, None)
            .iter()
            .map(|t| (t.id, t.status, t.reports))
            .collect::<Vec<_>>(),
    );
    guide.wait_secs(60);
}

pub(super) async fn oversized(guide: &mut Guide) {
    let of = guide.register("Verbose");
    guide.wait_secs(120);
    let task = queue(guide, &of, 500);
    let key = of.api_key.expose();
    guide.ask(("GET", &path(guide, &of, "pending"), &[("X-Key", key)], "")).await;
    let long = format!(r#"{{"success":true,"result":"{}"}}"#, "x".repeat(10_000_001));
    let path = path(guide, &of, &task.to_string());
    guide.ask(("POST", &path, &[("X-Key", key), JSON], &long)).await;
}

async fn recovery(guide: &mut Guide, one: &Registered) {
    let pending = path(guide, one, "pending");
    let key = one.api_key.expose().to_owned();
    let spoilt = queue(guide, one, 300);
    queue(guide, one, 301);
    guide.ask(("GET", &pending, &[("X-Key", &key)], "")).await;
    let text =
        r#"{"success":false,"result":"{\"error\": \"Invalid payload: failed authentication\"}"}"#;
    let report = path(guide, one, &spoilt.to_string());
    guide.ask(("POST", &report, &[("X-Key", &key), JSON], text)).await;
    for minutes in [12, 16, 13, 41, 41, 41, 41] {
        guide.wait_secs(minutes * 60);
        guide.ask(("GET", &pending, &[("X-Key", &key)], "")).await;
        let tasks = guide.domain.tasks(Some(one.trust.id), None);
        guide.note(tasks.iter().map(|t| (t.id, t.status, t.deliveries)).collect::<Vec<_>>());
    }
}

async fn sealing(guide: &mut Guide, one: &Registered) {
    let pending = path(guide, one, "pending");
    let key = one.api_key.expose().to_owned();
    queue(guide, one, 400);
    guide.domain.rotate_payload_key(Some("BwcHBw==".into()));
    guide.ask(("GET", &pending, &[("X-Key", &key)], "")).await;
    guide.domain.rotate_payload_key(Some(SEVENS.into()));
    guide.ask(("GET", &pending, &[("X-Key", &key)], "")).await;
    guide.wait_secs(60);
}

fn queue(guide: &Guide, of: &Registered, number: u128) -> Uuid {
    let new = NewTask {
        id: Some(Uuid::from_u128(number)),
        task_type: "update_user_profile".into(),
        plaintext: r#"{"email": "a@example.org", "enabled": true}"#.into(),
        sealing: Sealing::Edition,
    };
    guide.domain.queue_task(of.trust.id, new).expect("the trust is registered")
}
