use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::rig::{Answer, Hub, Plan, Seen};

/// Answers every connection with these bytes, a few at a time.
async fn raw_hub(reply: &'static [u8], pause: Duration) -> (String, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/api", listener.local_addr().expect("bound"));
    let serving = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.expect("accepted");
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                for byte in reply.chunks(if pause.is_zero() { reply.len().max(1) } else { 1 }) {
                    if stream.write_all(byte).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(pause).await;
                }
            });
        }
    });
    (url, serving)
}

#[tokio::test]
async fn a_silent_hub_is_given_up_and_called_again() {
    let silent = |seen: &Seen| (seen.nth < 1).then_some(Answer::Hang);
    let hub = Hub::scripted(silent).await;
    let rig = Plan::new(&hub).start().await;
    let polls = hub.wait("/api/tasks/pending", 2).await;
    let beats = hub.of("/api/trust/heartbeat");
    let waited = polls[0].at - beats[0].at;
    assert!(waited >= Duration::from_millis(590), "30 s scaled by 0.02: {waited:?}");
    assert_eq!(rig.lines.count("Error sending heartbeat: \""), 1, "a time-out has no text");

    let hub = Hub::scripted(silent).await;
    let _rig = Plan::new(&hub).mutant("waits-for-silent-hub").start().await;
    hub.wait("/api/trust/heartbeat", 1).await;
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert!(hub.of("/api/tasks/pending").is_empty());
}

#[tokio::test]
async fn a_drip_is_bounded_in_total_in_ideal_conduct_only() {
    let reply = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    let (url, serving) = raw_hub(reply, Duration::from_millis(100)).await;
    let hub = Hub::honest().await;
    let plan = || Plan::new(&hub).set("CENTRAL_HUB_API_URL", &url);
    let ideal = plan().start().await;
    let as_built = plan().deviating().start().await;
    ideal.wait_for_line("Error polling for tasks: ").await;
    assert_eq!(as_built.lines.count("Error"), 0, "stuck, and nothing logged");
    serving.abort();
}

#[tokio::test]
async fn broken_replies_cost_one_cycle_each() {
    for (reply, line) in [
        (&b""[..], "Server disconnected without sending a response."),
        (b"garbage\r\n\r\n", "Error polling for tasks: "),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{",
            "peer closed connection without sending complete message body",
        ),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]", "Error polling for tasks: "),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "Unexpected status 204 polling for tasks"),
        (b"HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n", "Unexpected status 500 polling"),
        (
            b"HTTP/1.1 500 X\r\ncontent-length: 2\r\n\r\nno",
            "Heartbeat rejected by hub: HTTP 500 — no",
        ),
    ] {
        let (url, serving) = raw_hub(reply, Duration::ZERO).await;
        let hub = Hub::honest().await;
        let rig = Plan::new(&hub).set("CENTRAL_HUB_API_URL", &url).start().await;
        rig.wait_for_line(line).await;
        assert_eq!(rig.node.exit(), None);
        serving.abort();
    }
}

#[tokio::test]
async fn a_refused_connection_has_text_and_the_node_comes_back() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("bound");
    drop(listener);
    let hub = Hub::honest().await;
    let rig =
        Plan::new(&hub).set("CENTRAL_HUB_API_URL", &format!("http://{addr}/api")).start().await;
    rig.wait_for_line("Error sending heartbeat: All connection attempts failed").await;
    let listener = TcpListener::bind(addr).await.expect("the same port");
    let accepted = tokio::time::timeout(Duration::from_secs(2), listener.accept()).await;
    assert!(accepted.is_ok(), "the next cycle knocks again");
}

#[tokio::test]
async fn a_mutant_dies_of_a_reply_it_cannot_read_and_health_names_it() {
    let hub = Hub::scripted(|seen| {
        seen.path.ends_with("pending").then(|| Answer::Raw(200, "garbage".into()))
    })
    .await;
    let rig = Plan::new(&hub).mutant("dies-of-broken-reply").start().await;
    rig.wait_for_line("Background task 'task_poller' died").await;
    let health = rig.health().await;
    assert_eq!(health["dead_tasks"], json!(["task_poller"]));
    assert_eq!(health["status"], "degraded");
}

#[tokio::test]
async fn a_cycle_holds_one_heartbeat_and_one_poll_under_refusal() {
    let storm = |status| {
        Hub::scripted(move |seen: &Seen| {
            (!seen.path.ends_with("result")).then(|| Answer::Json(status, json!({"detail": "x"})))
        })
    };
    for status in [429, 503] {
        let hub = storm(status).await;
        let _rig = Plan::new(&hub).start().await;
        hub.wait("/api/tasks/pending", 4).await;
        let beats = hub.of("/api/trust/heartbeat").len();
        assert!((4..=5).contains(&beats), "{beats} heartbeats in four cycles");
    }
    let hub = storm(429).await;
    let _rig = Plan::new(&hub).mutant("repeats-refused-heartbeat").start().await;
    hub.wait("/api/tasks/pending", 1).await;
    assert_eq!(hub.of("/api/trust/heartbeat").len(), 3);
}

#[tokio::test]
async fn retry_after_lengthens_the_pause_in_ideal_conduct_only() {
    let busy = |seen: &Seen| {
        let first = seen.nth == 0 && seen.path.ends_with("pending");
        first.then(|| Answer::With(429, "retry-after", "20".into()))
    };
    for (as_built, least, most) in [(false, 400, 5000), (true, 100, 350)] {
        let hub = Hub::scripted(busy).await;
        let plan = Plan::new(&hub);
        let _rig = if as_built { plan.deviating() } else { plan }.start().await;
        let polls = hub.wait("/api/tasks/pending", 2).await;
        let pause = (polls[1].at - polls[0].at).as_millis();
        assert!((least..most).contains(&pause), "{pause} ms, as built: {as_built}");
    }
}

#[tokio::test]
async fn a_missing_path_is_logged_and_the_node_works_when_it_returns() {
    let hub = Hub::scripted(|seen| {
        (seen.nth < 3).then(|| Answer::Json(404, json!({"detail": "Not Found"})))
    })
    .await;
    hub.queue("1", "no_such_type", &json!({}));
    let rig = Plan::new(&hub).start().await;
    hub.report("1").await;
    assert_eq!(rig.lines.count("Unexpected status 404 polling for tasks"), 3);

    let hub = Hub::scripted(|_| Some(Answer::Json(404, json!({})))).await;
    let quiet = Plan::new(&hub).mutant("keeps-quiet-about-missing-path").start().await;
    hub.wait("/api/tasks/pending", 3).await;
    assert_eq!(quiet.lines.count("Unexpected status 404"), 0);
}

#[tokio::test]
async fn dates_of_the_hub_decide_nothing_except_to_a_mutant() {
    for (mutant, text) in
        [(None, "Invalid payload"), (Some("expires-tasks-by-own-clock"), "Task expired")]
    {
        let hub = Hub::honest().await;
        hub.queue_sealed("1", "delete_imaging", "x");
        let mut plan = Plan::new(&hub);
        if let Some(name) = mutant {
            plan = plan.mutant(name);
        }
        let _rig = plan.start().await;
        let result = hub.report("1").await["result"].to_string();
        assert!(result.contains(text), "{mutant:?}: {result}");
    }
}
