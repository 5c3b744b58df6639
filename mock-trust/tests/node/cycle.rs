use std::time::Duration;

use contract::edition::EditionId;
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::rig::{Answer, Hub, OWN, Plan, Seen, result_path};

fn loop_paths(seen: &[Seen]) -> Vec<&str> {
    seen.iter().map(|seen| seen.path.rsplit('/').next().expect("a segment")).collect()
}

#[tokio::test]
async fn each_cycle_is_one_heartbeat_then_one_poll_then_the_pause() {
    let hub = Hub::honest().await;
    let _rig = Plan::new(&hub).start().await;
    hub.wait("/api/tasks/pending", 10).await;
    let seen = hub.seen();
    let expected: Vec<&str> = ["heartbeat", "pending"].into_iter().cycle().take(20).collect();
    assert_eq!(loop_paths(&seen[..20]), expected);
    for pair in hub.of("/api/trust/heartbeat").windows(2) {
        assert!(pair[1].at - pair[0].at >= Duration::from_millis(100), "5 s scaled by 0.02");
    }
}

#[tokio::test]
async fn mutants_swap_the_order_or_hurry() {
    let hub = Hub::honest().await;
    let _rig = Plan::new(&hub).mutant("polls-before-heartbeat").start().await;
    hub.wait("/api/trust/heartbeat", 2).await;
    assert_eq!(loop_paths(&hub.seen()[..2]), ["pending", "heartbeat"]);

    let hub = Hub::honest().await;
    let _rig = Plan::new(&hub)
        .set("FLIPCHECK_TIME_SCALE", "0.1")
        .mutant("hurries-next-cycle")
        .start()
        .await;
    let beats = hub.wait("/api/trust/heartbeat", 3).await;
    assert!(beats[2].at - beats[0].at < Duration::from_secs(1), "two pauses of 0.5 s");
}

#[tokio::test]
async fn the_oldest_edition_names_itself_in_paths_and_reads_a_bare_list() {
    let hub = Hub::start(EditionId::V2026_03, |_| None).await;
    hub.queue("t1", "no_such_type", &json!({}));
    let _rig = Plan::new(&hub).edition(EditionId::V2026_03).start().await;
    hub.wait("/api/tasks/Alpha%20Hospital/t1/result", 1).await;
    let beat = &hub.wait("/api/trust/Alpha%20Hospital/heartbeat", 3).await[2];
    assert!(beat.body.is_empty());
}

#[tokio::test]
async fn a_batch_of_fifty_brings_one_report_a_task_in_order() {
    let hub = Hub::honest().await;
    for number in 0..50 {
        hub.queue(&format!("t{number}"), "no_such_type", &json!({}));
    }
    let _rig = Plan::new(&hub).start().await;
    hub.report("t49").await;
    let reports: Vec<String> = hub
        .seen()
        .into_iter()
        .filter(|seen| seen.path.ends_with("/result"))
        .map(|seen| seen.path)
        .collect();
    let expected: Vec<String> = (0..50).map(|number| result_path(&format!("t{number}"))).collect();
    assert_eq!(reports, expected);
}

#[tokio::test]
async fn a_malformed_entry_costs_itself_in_ideal_conduct_and_the_rest_as_built() {
    for (as_built, last_runs) in [(false, true), (true, false)] {
        let hub = Hub::honest().await;
        hub.queue("first", "no_such_type", &json!({}));
        hub.queue_entry(json!("not an object"));
        hub.queue("last", "no_such_type", &json!({}));
        let plan = Plan::new(&hub);
        let rig = if as_built { plan.deviating() } else { plan }.start().await;
        hub.report("first").await;
        hub.wait("/api/tasks/pending", 3).await;
        assert_eq!(hub.of(&result_path("last")).len() == 1, last_runs);
        rig.wait_for_line("Error in polling loop").await;
    }
}

#[tokio::test]
async fn a_task_handed_out_again_is_reported_again_except_by_its_mutant() {
    for (mutant, reports) in [(None, 2), (Some("drops-task-seen-before"), 1)] {
        let hub = Hub::scripted(|seen| {
            let task = json!({"id": "1", "task_type": "no_such_type", "payload": "x"});
            let body = json!({"trust_id": OWN, "trust_name": "Alpha", "tasks": [task]});
            (seen.path.ends_with("pending") && seen.nth < 2).then_some(Answer::Json(200, body))
        })
        .await;
        let mut plan = Plan::new(&hub);
        if let Some(name) = mutant {
            plan = plan.mutant(name);
        }
        let _rig = plan.start().await;
        hub.wait("/api/tasks/pending", 4).await;
        assert_eq!(hub.of(&result_path("1")).len(), reports, "{mutant:?}");
    }
}

#[tokio::test]
async fn heartbeats_go_on_while_a_task_runs_except_as_built() {
    let site = MockServer::start().await;
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_millis(900)).set_body_json("x");
    Mock::given(any()).respond_with(slow).mount(&site).await;
    let query = json!({"encrypted_project_id": "e", "query_id": "q", "query_name": "n",
                       "query": "SELECT 1", "trust_id": OWN});
    for (as_built, least, most) in [(false, 2, 6), (true, 0, 0)] {
        let hub = Hub::honest().await;
        hub.queue("1", "cohort_query", &query);
        let plan = Plan::new(&hub).site(&site.uri());
        let rig = if as_built { plan.deviating() } else { plan }.start().await;
        let report = hub.wait(&result_path("1"), 1).await[0].at;
        let polled = hub.of("/api/tasks/pending")[0].at;
        let beats = hub.of("/api/trust/heartbeat");
        let between = beats.iter().filter(|beat| beat.at > polled && beat.at < report).count();
        assert!((least..=most).contains(&between), "{between} heartbeats, as built: {as_built}");
        drop(rig);
    }
}

#[tokio::test]
async fn mutants_of_the_batch_reverse_it_or_forget_its_end() {
    let reported = async |mutant: &'static str| {
        let hub = Hub::honest().await;
        for number in 0..12 {
            hub.queue(&format!("t{number}"), "no_such_type", &json!({}));
        }
        let _rig = Plan::new(&hub).mutant(mutant).start().await;
        hub.wait("/api/tasks/pending", 2).await;
        let paths = hub.seen().into_iter().map(|seen| seen.path);
        paths.filter(|path| path.ends_with("/result")).collect::<Vec<_>>()
    };
    assert_eq!(reported("runs-tasks-in-reverse").await[0], result_path("t11"));
    assert_eq!(reported("forgets-end-of-long-batch").await.len(), 10);
    assert_eq!(reported("runs-tasks-at-once").await.len(), 12);
}
