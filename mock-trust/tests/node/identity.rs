use mock_trust::Exit;
use serde_json::json;

use super::rig::{Answer, FOREIGN, Hub, OWN, Plan, result_path};

fn identity(id: &str) -> Answer {
    Answer::Json(200, json!({"trust_id": id, "trust_name": "Beta", "tasks": []}))
}

#[tokio::test]
async fn a_foreign_identity_ends_the_node_with_two_before_any_task() {
    let hub =
        Hub::scripted(|seen| seen.path.ends_with("heartbeat").then(|| identity(FOREIGN))).await;
    hub.queue_entry(json!({"id": "1", "task_type": "x", "payload": "x"}));
    let rig = Plan::new(&hub).start().await;
    assert_eq!(rig.node.wait().await, Exit::WrongIdentity);
    assert_eq!(Exit::WrongIdentity.code(), 2);
    assert_eq!(rig.lines.count("Wrong kit deployed to this host? Exiting."), 1);
    assert!(hub.of("/api/tasks/pending").is_empty());
    assert!(hub.of(&result_path("1")).is_empty());
}

#[tokio::test]
async fn an_identity_in_the_poll_reply_alone_counts() {
    let hub = Hub::scripted(|seen| match seen.path.as_str() {
        "/api/trust/heartbeat" => Some(Answer::Json(200, json!({"message": "ok"}))),
        "/api/tasks/pending" => Some(Answer::Json(
            200,
            json!({"trust_id": FOREIGN, "trust_name": "Beta",
                   "tasks": [{"id": "1", "task_type": "x", "payload": "x"}]}),
        )),
        _ => None,
    })
    .await;
    let rig = Plan::new(&hub).start().await;
    assert_eq!(rig.node.wait().await, Exit::WrongIdentity);
    assert!(hub.of(&result_path("1")).is_empty());
}

#[tokio::test]
async fn the_check_survives_three_refused_cycles() {
    let hub = Hub::scripted(|seen| {
        let early = seen.nth < 3;
        Some(if early { Answer::Json(401, json!({"detail": "x"})) } else { identity(FOREIGN) })
    })
    .await;
    let rig = Plan::new(&hub).start().await;
    assert_eq!(rig.node.wait().await, Exit::WrongIdentity);
    assert_eq!(hub.of("/api/trust/heartbeat").len(), 4);
}

#[tokio::test]
async fn the_own_identity_is_logged_once_in_ten_cycles_with_and_without_expectation() {
    for expected in [OWN, "", &OWN.to_uppercase()] {
        let hub = Hub::honest().await;
        let rig = Plan::new(&hub).set("EXPECTED_TRUST_ID", expected).start().await;
        hub.wait("/api/tasks/pending", 10).await;
        assert_eq!(rig.lines.count("Authenticated to hub as trust 'Alpha Hospital'"), 1);
        assert_eq!(rig.node.exit(), None);
    }
}

#[tokio::test]
async fn as_built_takes_capitals_for_another_trust() {
    let hub = Hub::honest().await;
    let rig =
        Plan::new(&hub).set("EXPECTED_TRUST_ID", &OWN.to_uppercase()).deviating().start().await;
    assert_eq!(rig.node.wait().await, Exit::WrongIdentity);
}

#[tokio::test]
async fn tasks_wait_for_an_identity_and_run_once_it_came() {
    let hub = Hub::scripted(|seen| {
        let nameless = seen.nth < 3 && seen.path.ends_with("heartbeat");
        let first_poll = seen.nth < 2 && seen.path.ends_with("pending");
        let task = json!({"id": format!("t{}", seen.nth), "task_type": "x", "payload": "x"});
        if nameless {
            return Some(Answer::Json(200, json!({"trust_id": OWN})));
        }
        first_poll.then(|| Answer::Json(200, json!({"trust_id": OWN, "tasks": [task]})))
    })
    .await;
    let rig = Plan::new(&hub).start().await;
    hub.report("t0").await;
    hub.report("t1").await;
    let first_named = hub.of("/api/tasks/pending")[2].at;
    assert!(hub.of(&result_path("t0"))[0].at > first_named);
    drop(rig);
}

#[tokio::test]
async fn a_later_foreign_identity_ends_the_ideal_node_only() {
    let script = |seen: &super::rig::Seen| (seen.nth >= 2).then(|| identity(FOREIGN));
    let hub = Hub::scripted(script).await;
    let rig = Plan::new(&hub).start().await;
    assert_eq!(rig.node.wait().await, Exit::WrongIdentity);

    let hub = Hub::scripted(script).await;
    let rig = Plan::new(&hub).deviating().start().await;
    hub.wait("/api/tasks/pending", 6).await;
    assert_eq!(rig.node.exit(), None);
}

#[tokio::test]
async fn a_mutant_works_on_under_a_foreign_identity() {
    let hub =
        Hub::scripted(|seen| seen.path.ends_with("heartbeat").then(|| identity(FOREIGN))).await;
    let rig = Plan::new(&hub).mutant("runs-task-under-wrong-identity").start().await;
    hub.wait("/api/tasks/pending", 5).await;
    assert_eq!(rig.node.exit(), None);
}
