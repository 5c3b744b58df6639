//! A recorded session with a real hub is replayed, whole and in order, against a hub as built; no
//! line may be left out.

mod sessions_support;
mod support;

use serde_json::json;
use sessions_support::line::{Line, Said, lines};
use sessions_support::rates;
use sessions_support::reply::{Answer, judge};
use sessions_support::world::World;

const SESSION: &str = "hub-2026.03.ndjson";
/// Lines in the recording. A recording that loses lines fails here.
const LINES: usize = 85;

#[tokio::test]
async fn every_line_of_the_session_comes_out_of_the_hub_as_built() {
    let lines = lines(SESSION);
    let world = World::start(lines[0].edition).await;
    let mut failures = Vec::new();
    let mut replayed = 0;
    for line in &lines {
        let outcome = match &line.said {
            Said::Call(call) => judge(&world, call, &world.ask(&line.id, call).await),
            Said::Rate(rate) => rates::judge(&world, rate).await,
        };
        replayed += 1;
        failures.extend(outcome.err().map(|reason| format!("{}: {reason}", line.id)));
    }
    assert_eq!((lines.len(), replayed), (LINES, LINES), "recorded and replayed lines");
    assert!(failures.is_empty(), "{} of {LINES} differ:\n{}", failures.len(), failures.join("\n"));
    holds_what_was_taken(&world).await;
}

/// What the hub of that session held afterwards, as far as it is known.
async fn holds_what_was_taken(world: &World) {
    let model = world.hub.get(&format!("/control/models/{}", world.model)).await;
    let logs = model["logs"].as_array().expect("log rows");
    let posted: Vec<_> = logs.iter().filter(|row| row["log"] == "x").collect();
    assert_eq!(posted.len(), 2, "{logs:?}");
    for row in posted {
        assert_eq!((&row["fl_client_name"], &row["success"]), (&json!(null), &json!(true)));
    }
    let infinite = model["metrics"].as_array().expect("metric rows").iter();
    // JSON has no word for infinity: the control API shows such a value as null.
    assert_eq!(infinite.filter(|row| row["result"].is_null()).count(), 1, "{model}");
    let query = world.hub.get(&format!("/control/queries/{}", world.query)).await;
    assert_eq!(query["trust_errors"], json!({}), "`error` is ignored");
    let suppressed = query["trust_suppressed"].as_object().expect("an object");
    assert!(suppressed.values().all(|value| value == false), "`suppressed` is ignored");
}

type Tamper = fn(&mut Answer);

/// The comparison has teeth: an answer that differs in one place is noticed.
#[tokio::test]
async fn an_answer_that_differs_in_one_place_is_noticed() {
    let tampers: [(&str, Tamper); 9] = [
        ("o03-health", |answer| answer.status = 201),
        ("o03-health", |answer| answer.text = r#"{"message":"flip is running"}"#.to_owned()),
        ("o03-health", |answer| answer.set("x-frame-options", "DENY")),
        ("o03-hb-bearer", |answer| answer.set("www-authenticate", "Bearer")),
        ("o03-hb-slash", |answer| answer.unset("location")),
        ("o03-me-ok", |answer| answer.unset("content-type")),
        ("o03-res-maybe", |answer| answer.text = answer.text.replace("bool_parsing", "bool_type")),
        ("o03-res-broken", |answer| answer.text = answer.text.replace("\"body\",1", "\"body\",2")),
        ("o03-trust-list-user", |answer| {
            answer.text = answer.text.replace("\"name\"", "\"code\":null,\"name\"");
        }),
    ];
    let lines = lines(SESSION);
    let world = World::start(lines[0].edition).await;
    for (id, tamper) in tampers {
        let line = lines.iter().find(|line: &&Line| line.id == id).expect("recorded");
        let Said::Call(call) = &line.said else { panic!("{id} is a call") };
        let mut answer = world.ask(&line.id, call).await;
        assert_eq!(judge(&world, call, &answer), Ok(()), "control: {id} as it is");
        tamper(&mut answer);
        assert!(judge(&world, call, &answer).is_err(), "{id} differs in one place");
    }
}
