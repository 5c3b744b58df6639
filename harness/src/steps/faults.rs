//! Hostile hubs and broken neighbours, armed by name.

use serde_json::{Value, json};

use super::fault_words::{hub_fault, site_fault};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::steps;
use crate::world::{SITE_SILENT, World};

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r#"the hub's fault "([\w-]+)" is armed(?: on "(\w+)")?(?: for the next (\d+))?"# => arm,
    r#"the hub's fault "([\w-]+)" is armed(?: on "(\w+)")?(?: for the next (\d+))? with (\{.*\})"# => arm_with,
    r#"the hub answers "(\w+)" with (\d+)(?: for the next (\d+))?"# => answers,
    r"the hub answers every call with (\d+)" => answers_all,
    r"the hub meets every (report|body of counts) with (.*)" => meets_every,
    r"the hub meets the next (?:(\d+) )?(reports|body of counts) with (.*)" => meets_next,
    r"the hub answers normally again" => disarm,
    r"the hub goes down" => down,
    r"the hub comes back" => up,
    r#"the site's fault "([\w-]+)" is armed(?: on "([\w.]+)")?(?: with (\{.*\}))?"# => site_arm,
    r#"the site's "([\w.]+)" answers (\{.*\})"# => site_answers,
    r"the site answers normally again" => site_normal,
    r#"the site's "([\w-]+)" goes down"# => site_down,
    r#"the site meets "([\w.]+)" with (.*)"# => site_meets,
    r#"the local call to "([\w.]+)" was given up after (\d+) s"# => site_given_up,
];

async fn arm(world: &mut World, args: Args) -> Judged {
    arm_fault(world, args.group(0), args.group(1), args.group(2), Value::Null).await
}

async fn arm_with(world: &mut World, args: Args) -> Judged {
    let params = parse(args.group(3))?;
    arm_fault(world, args.group(0), args.group(1), args.group(2), params).await
}

async fn answers(world: &mut World, args: Args) -> Judged {
    let code: u16 = args.number(1)?;
    arm_fault(world, "status", args.group(0), args.group(2), json!({"code": code})).await
}

async fn arm_fault(
    world: &mut World,
    name: &str,
    route: &str,
    next: &str,
    params: Value,
) -> Judged {
    let mut fault = json!({"name": name});
    if !route.is_empty() {
        fault["route"] = json!(route);
    }
    if !next.is_empty() {
        fault["next"] = json!(next.parse::<u64>().map_err(Stop::not_verified)?);
    }
    if !params.is_null() {
        fault["params"] = params;
    }
    let stage = world.stage().await?;
    stage.hub_control.control.arm(fault).await?;
    Ok(())
}

async fn answers_all(world: &mut World, args: Args) -> Judged {
    let code: u16 = args.number(0)?;
    arm_fault(world, "status", "", "", json!({"code": code})).await
}

async fn meets_every(world: &mut World, args: Args) -> Judged {
    meets(world, args.group(0), None, args.group(1)).await
}

async fn meets_next(world: &mut World, args: Args) -> Judged {
    let count = if args.group(0).is_empty() { 1 } else { args.number(0)? };
    meets(world, args.group(1), Some(count), args.group(2)).await
}

async fn meets(world: &mut World, what: &str, next: Option<u64>, words: &str) -> Judged {
    let mut fault = hub_fault(words)?;
    fault["route"] = json!(if what.starts_with("report") { "result" } else { "cohort_results" });
    if let Some(next) = next {
        fault["next"] = json!(next);
    }
    world.stage().await?.hub_control.control.arm(fault).await?;
    Ok(())
}

async fn disarm(world: &mut World, _: Args) -> Judged {
    Ok(world.staged()?.hub_control.control.disarm_all().await?)
}

async fn down(world: &mut World, _: Args) -> Judged {
    Ok(world.staged()?.hub_control.control.listener("hub-api", false).await?)
}

async fn up(world: &mut World, _: Args) -> Judged {
    Ok(world.staged()?.hub_control.control.listener("hub-api", true).await?)
}

async fn site_arm(world: &mut World, args: Args) -> Judged {
    let mut fault = json!({"name": args.group(0)});
    note_silence(world, &fault);
    if !args.group(1).is_empty() {
        fault["route"] = json!(args.group(1));
    }
    if !args.group(2).is_empty() {
        fault["params"] = parse(args.group(2))?;
    }
    world.stage().await?.site_control.control.arm(fault).await?;
    Ok(())
}

async fn site_answers(world: &mut World, args: Args) -> Judged {
    let params = parse(args.group(1))?;
    let fault = json!({"name": "status", "route": args.group(0), "params": params});
    world.stage().await?.site_control.control.arm(fault).await?;
    Ok(())
}

async fn site_normal(world: &mut World, _: Args) -> Judged {
    Ok(world.staged()?.site_control.control.disarm_all().await?)
}

async fn site_down(world: &mut World, args: Args) -> Judged {
    Ok(world.stage().await?.site_control.control.listener(args.group(0), false).await?)
}

async fn site_meets(world: &mut World, args: Args) -> Judged {
    let route = args.group(0);
    let control = world.stage().await?.site_control.control.clone();
    let Some(mut fault) = site_fault(args.group(1))? else {
        let service = if route.starts_with("da.") { "data-access-api" } else { "imaging-api" };
        return Ok(control.listener(service, false).await?);
    };
    note_silence(world, &fault);
    fault["route"] = json!(route);
    control.arm(fault).await?;
    Ok(())
}

/// A silent service holds a serial trust for the whole limit of each call.
fn note_silence(world: &mut World, fault: &Value) {
    if fault["name"] == "hang" {
        world.vars.insert(SITE_SILENT.to_owned(), String::new());
    }
}

/// The lower bound only: a busy machine may take longer.
async fn site_given_up(world: &mut World, args: Args) -> Judged {
    let secs: f64 = args.number(1)?;
    let calls = world.site_seen(Some(args.group(0))).await?;
    let Some(call) = calls.last() else {
        return Err(Stop::not_verified("the local call was not captured"));
    };
    let lasted_ms = call.ended_ms - call.at_ms;
    if lasted_ms >= world.scaled(secs * 0.9).as_secs_f64() * 1000.0 - LATE_MS {
        return Ok(());
    }
    let expected = format!("{secs} s of patience with a local service");
    let finding = world.broken(expected, format!("given up after {lasted_ms:.0} ms"));
    Err(finding.shown_by([super::tasks::line(call)]).into())
}

fn parse(text: &str) -> Judged<Value> {
    serde_json::from_str(text).map_err(|error| Stop::not_verified(format!("{text}: {error}")))
}

/// A busy service may note the beginning of a call so much later than the trust sent it.
const LATE_MS: f64 = 100.0;
