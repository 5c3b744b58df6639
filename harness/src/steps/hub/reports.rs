//! Reporting what became of a task.

use contract::edition::Evidence;
use serde_json::json;

use super::{UNKNOWN_ID, judge_last, must_hold, task};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::hub_stage::Ask;
use crate::oracle::hub::{Breach, refusal};
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r#""(\w+)" reports the task as a (success|failure)"# => reports,
    r#""(\w+)" reports the task as a (success|failure) with the result "(.*)""# => reports_result,
    r#""(\w+)" has reported the task as a (success|failure)"# => has_reported,
    r#""(\w+)" has reported the task as a (success|failure) with the result "(.*)""# => has_reported_result,
    r#""(\w+)" reports a task nobody queued"# => reports_unknown,
    r#""(\w+)" reports a task whose id is no UUID"# => reports_no_uuid,
    r#""(\w+)" reports the task with (.+)"# => reports_odd,
    r"the report is taken" => taken,
    r"the unknown task is named in the refusal" => unknown_named,
];

async fn reports(world: &mut World, args: Args) -> Judged {
    let result =
        if args.group(1) == "success" { json!({"done": true}) } else { json!({"error": "x"}) };
    report(world, args.group(0), args.group(1) == "success", &result.to_string()).await
}

async fn reports_result(world: &mut World, args: Args) -> Judged {
    report(world, args.group(0), args.group(1) == "success", args.group(2)).await
}

async fn has_reported(world: &mut World, args: Args) -> Judged {
    reports(world, args).await?;
    super::calls::granted(world, "the report")
}

async fn has_reported_result(world: &mut World, args: Args) -> Judged {
    reports_result(world, args).await?;
    super::calls::granted(world, "the report")
}

async fn report(world: &mut World, trust: &str, success: bool, result: &str) -> Judged {
    let id = task(world)?.to_owned();
    let hub = world.hub_mut()?;
    let ask = hub.report(trust, &id, &json!({"success": success, "result": result}))?;
    hub.ask(ask).await.map(drop)
}

async fn reports_unknown(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_mut()?;
    let ask = hub.report(args.group(0), UNKNOWN_ID, &json!({"success": true}))?;
    hub.ask(ask).await.map(drop)
}

async fn reports_no_uuid(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_mut()?;
    let ask = hub.report(args.group(0), "twelve", &json!({"success": true}))?;
    hub.ask(ask).await.map(drop)
}

/// Reports that no honest trust sends, as raw text.
async fn reports_odd(world: &mut World, args: Args) -> Judged {
    let key = world.hub()?.trust(args.group(0))?.trust_api_key.clone();
    let body = match args.group(1) {
        "an object as result" => r#"{"success":true,"result":{"a":1}}"#.to_owned(),
        "a number as result" => r#"{"success":true,"result":7}"#.to_owned(),
        "no word about success" => r#"{"result":"done"}"#.to_owned(),
        "U+0000 in the result" => r#"{"success":true,"result":"a\u0000b"}"#.to_owned(),
        "a lone surrogate in the result" => r#"{"success":true,"result":"a\ud800b"}"#.to_owned(),
        "its own key inside an object as result" => {
            format!(r#"{{"success":true,"result":{{"key":"{}"}}}}"#, key.expose())
        }
        "2000 characters in an object as result" => {
            format!(r#"{{"success":true,"result":{{"text":"{}"}}}}"#, "y".repeat(2000))
        }
        "members nobody knows" => r#"{"success":true,"result":"done","colour":"green"}"#.to_owned(),
        words => long(words)?,
    };
    let id = task(world)?.to_owned();
    let hub = world.hub_mut()?;
    let ask = Ask::post(hub.report_path(args.group(0), &id)).raw_json(body);
    let ask = hub.as_trust(args.group(0), ask)?;
    hub.ask(ask).await.map(drop)
}

/// A result of so many characters.
fn long(words: &str) -> Judged<String> {
    let count =
        words.strip_prefix("a result of ").and_then(|rest| rest.strip_suffix(" characters"));
    let count: usize = count
        .and_then(|count| count.parse().ok())
        .ok_or_else(|| Stop::not_verified(format!("no report is called {words:?}")))?;
    Ok(format!(r#"{{"success":true,"result":"{}"}}"#, "x".repeat(count)))
}

async fn taken(world: &mut World, _: Args) -> Judged {
    let id = task(world)?.to_owned();
    let evidence = world.edition().evidence;
    judge_last(world, |reply| {
        refusal::status(reply, 200).or_else(|| {
            if evidence == Evidence::Read {
                return None;
            }
            let wanted = format!("Task {id} result recorded");
            let seen = reply.json()["message"].clone();
            let expected = format!("message {wanted:?}");
            (seen != wanted.as_str()).then(|| Breach::new(expected, seen.to_string()))
        })
    })
}

async fn unknown_named(world: &mut World, _: Args) -> Judged {
    must_hold(world.hub()?.last()?.is_to("/result"), "no report was made", world.hub()?.last()?)?;
    let wanted = format!("Task {UNKNOWN_ID} not found");
    let evidence = world.edition().evidence;
    judge_last(world, |reply| refusal::text(reply, evidence, 404, &wanted))
}
