//! How many calls of a kind it takes to be refused.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;

use super::line::Rate;
use super::reply::Answer;
use super::world::World;

/// Makes as many calls as it took, and some more.
pub async fn judge(world: &World, rate: &Rate) -> Result<(), String> {
    match rate.what.trim_end_matches(" (first refused)") {
        "rate-poll" => {
            world.next_minute().await;
            count(rate, 20, || call(world, Method::GET, "/api/tasks/Trust_1/pending", "A")).await
        }
        // In the same minute: A's limit is A's alone.
        "rate-other-trust" => {
            let answer = call(world, Method::POST, "/api/trust/Trust_2/heartbeat", "B").await;
            let seen = (Some(u64::from(answer.status)), json!(answer.text));
            differs(seen == (rate.first_refused, rate.statuses.clone()), &format!("{answer:?}"))
        }
        "rate-result-one-id" => {
            world.next_minute().await;
            let path = format!("/api/tasks/Trust_1/{NOBODYS_TASK}/result");
            count(rate, 70, || call(world, Method::POST, &path, "A")).await
        }
        "rate-bad-key" => {
            world.next_minute().await;
            count(rate, 70, || call(world, Method::POST, "/api/trust/Trust_1/heartbeat", "BAD"))
                .await
        }
        other => Err(format!("nobody replays {other:?}")),
    }
}

async fn count<F: Future<Output = Answer>>(
    rate: &Rate,
    calls: u64,
    call: impl Fn() -> F,
) -> Result<(), String> {
    let (mut first, mut statuses) = (None, BTreeSet::new());
    for number in 1..=calls {
        let answer = call().await;
        statuses.insert(answer.status);
        if answer.status == 429 {
            first.get_or_insert(number);
            if answer.header("retry-after").is_some() {
                return Err("a refusal says when to come back".into());
            }
        }
    }
    let seen = (first, json!(statuses));
    differs(seen == (rate.first_refused, rate.statuses.clone()), &format!("{seen:?}"))
}

async fn call(world: &World, method: Method, path: &str, who: &str) -> Answer {
    let headers = vec![world.proof(who), ("Content-Type", "application/json".into())];
    let body = (method == Method::POST).then(|| r#"{"success":true}"#.to_owned());
    world.send(method, path, headers, body).await
}

fn differs(same: bool, seen: &str) -> Result<(), String> {
    if same { Ok(()) } else { Err(format!("it was {seen}")) }
}

const NOBODYS_TASK: &str = "00000000-0000-4000-8000-000000000000";
