use std::time::Duration;

use serde_json::json;

use super::rig::{Answer, Hub, Plan, result_path};

async fn refusing(status: u16) -> Hub {
    let hub = Hub::scripted(move |seen| {
        (seen.path == result_path("1")).then(|| Answer::Json(status, json!({"detail": "x"})))
    })
    .await;
    hub.queue("1", "no_such_type", &json!({}));
    hub.queue("2", "no_such_type", &json!({}));
    hub
}

#[tokio::test]
async fn a_refused_report_is_repeated_after_two_and_four_seconds_then_dropped() {
    let hub = refusing(500).await;
    let rig = Plan::new(&hub).set("FLIPCHECK_TIME_SCALE", "0.1").start().await;
    hub.report("2").await;
    let attempts = hub.of(&result_path("1"));
    assert_eq!(attempts.len(), 3);
    assert!(attempts[1].at - attempts[0].at >= Duration::from_millis(200));
    assert!(attempts[2].at - attempts[1].at >= Duration::from_millis(400));
    assert!(attempts[2].at - attempts[0].at < Duration::from_millis(900));
    for line in [
        "Unexpected status 500 reporting result for task 1 (attempt 1/3)",
        "Unexpected status 500 reporting result for task 1 (attempt 3/3)",
        "Failed to report result for task 1 after 3 attempts",
    ] {
        assert_eq!(rig.lines.count(line), 1, "{line}");
    }
    hub.wait("/api/tasks/pending", 2).await;
}

#[tokio::test]
async fn final_refusals_are_repeated_as_built_only() {
    for status in [403, 404, 409] {
        for (as_built, attempts) in [(false, 1), (true, 3)] {
            let hub = refusing(status).await;
            let plan = Plan::new(&hub);
            let rig = if as_built { plan.deviating() } else { plan }.start().await;
            hub.report("2").await;
            assert_eq!(hub.of(&result_path("1")).len(), attempts, "{status}");
            rig.wait_for_line("Failed to report result for task 1 after").await;
        }
    }
}

#[tokio::test]
async fn a_mutant_reports_once_only() {
    let hub = refusing(500).await;
    let _rig = Plan::new(&hub).mutant("reports-only-once").start().await;
    hub.report("2").await;
    assert_eq!(hub.of(&result_path("1")).len(), 1);
}

#[tokio::test]
async fn a_task_without_id_reports_to_unknown() {
    let hub = Hub::honest().await;
    hub.queue_entry(json!({"task_type": "no_such_type"}));
    let _rig = Plan::new(&hub).start().await;
    let report = hub.report("unknown").await;
    let expected =
        json!({"success": false, "result": "{\"error\": \"Unknown task type: no_such_type\"}"});
    assert_eq!(report, expected);
}
