//! Which calls to site services a task makes, and what becomes of their replies.

use contract::capture::Exchange;
use contract::key::{cohort_admin_proof, mask_text, token};
use serde_json::Value;

use super::reports::shown;
use super::tasks::{about_task, line, settled, task_payload, work_calls};
use crate::engine::{Args, StepRow};
use crate::finding::Judged;
use crate::oracle::local_calls::demanded;
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"no local call was made" => no_local_call,
    r#"exactly (\d+) calls? to "([\w.]+)" (?:was|were) made"# => local_calls,
    r#"the task(?: "(\w+)")? makes exactly the local call of its type"# => exact_call,
    r#"the result of the task(?: "(\w+)")? is the reply of the local call as JSON text"# => result_is_reply,
];

async fn no_local_call(world: &mut World, _: Args) -> Judged {
    let calls = work_calls(world).await?;
    if calls.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = calls.iter().map(line).collect();
    Err(world
        .broken("no call to a site service", format!("{} calls", calls.len()))
        .shown_by(lines)
        .into())
}

async fn local_calls(world: &mut World, args: Args) -> Judged {
    let count: usize = args.number(0)?;
    let route = args.group(1);
    let all = work_calls(world).await?;
    let seen = all.iter().filter(|call| call.route == route).count();
    if seen == count {
        return Ok(());
    }
    let expected = format!("{count} calls to {route}");
    Err(world.broken(expected, format!("{seen} calls")).shown_by(all.iter().map(line)).into())
}

async fn exact_call(world: &mut World, args: Args) -> Judged {
    let (kind, payload) = task_payload(world, args.group(0))?;
    settled(world, args.group(0)).await?;
    let demanded = demanded(kind, &payload);
    let calls = work_calls(world).await?;
    let flaw = match calls.as_slice() {
        [call] => {
            demanded.difference(call).or_else(|| header_flaw(world, call, demanded.admin_proof))
        }
        calls => Some(format!("{} calls", calls.len())),
    };
    let Some(flaw) = flaw else { return Ok(()) };
    let expected = format!("one {} {} to {}", demanded.method, demanded.path, demanded.listener);
    Err(world.broken(expected, flaw).shown_by(calls.iter().map(line)).into())
}

/// What is wrong with the proofs of a local call.
fn header_flaw(world: &World, call: &Exchange, needs_proof: bool) -> Option<String> {
    let stage = world.staged().ok()?;
    let shows = |variable: &str, value: &str| {
        let header = stage.env.get(variable).map_or("", String::as_str);
        call.request_header(header) == Some(token(value).as_str())
    };
    if !shows("TRUST_INTERNAL_SERVICE_KEY_HEADER", stage.registration.site_key.expose()) {
        return Some("no site key in its header".to_owned());
    }
    let key = stage.env.get("AES_KEY_BASE64").map_or("", String::as_str);
    let proof = cohort_admin_proof(key);
    let lacks = needs_proof && !shows("COHORT_ADMIN_KEY_HEADER", &proof);
    lacks.then(|| "no cohort-admin proof in its header".to_owned())
}

async fn result_is_reply(world: &mut World, args: Args) -> Judged {
    let task = settled(world, args.group(0)).await?;
    let calls = work_calls(world).await?;
    let Some(call) = calls.last() else {
        return Err(world.broken("a local call", "none").into());
    };
    // Captures show tokens in the place of secrets: both sides must.
    let told = task.result.as_deref().map(|text| mask_text(text).into_owned());
    let told = told.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let reply: Option<Value> = serde_json::from_str(&call.response_body).ok();
    if told.is_some() && told == reply {
        return Ok(());
    }
    let expected = format!("the reply {} as text in `result`", call.response_body);
    Err(about_task(world, &expected, shown(&task)).await?)
}
