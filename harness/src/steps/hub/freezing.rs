//! Approved projects: what is queued for them, how far the trusts are, who may see what (newer releases 2).

use serde_json::{Value, json};

use super::{TASK, fact};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::hub_stage::Ask;
use crate::oracle::hub::payload::delivered;
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r#"a project (with|without) imaging is approved for "(\w+)""# => approved,
    r#"a project without a query is approved for "(\w+)" and refused with (\d+)"# => refused,
    r"the poll brings the freeze of the cohort, then the imaging project" => freeze_first,
    r"the poll brings the freeze of the cohort and nothing else" => freeze_alone,
    r#"the hub tells the cohort of "(\w+)" as "(\w+)""# => told,
    r#"the hub tells the cohort of "(\w+)" as "failed" because it was "(\w+)""# => told_because,
    r"the freeze is asked for again" => again,
    r#"the decisions of "(\w+)" are asked for by (an admin of the hub|a researcher|its own admin|the admin of "\w+")"# => decisions,
    r"the decisions of a trust nobody registered are asked for by an admin of the hub" => unknown_trust,
    r"(a user|nobody) asks whether trainings run" => quiesce,
    r"the hub says that (no training runs|a training runs)" => quiet,
];

async fn approve(world: &World, trust: &str, query: Option<&str>, imaging: bool) -> Judged<Value> {
    let hub = world.hub()?;
    let id = &hub.trust(trust)?.id;
    let body = json!({"trust_ids": [id], "query": query, "imaging": imaging});
    Ok(hub.control()?.control.post("/control/projects", body).await?)
}

async fn approved(world: &mut World, args: Args) -> Judged {
    let project = approve(world, args.group(1), Some(QUERY), args.group(0) == "with").await?;
    let id = project["id"].as_str().unwrap_or_default().to_owned();
    world.vars.insert(PROJECT.to_owned(), id);
    world.vars.remove(TASK);
    // Without one the steps that follow say what is missing.
    if let Some(task) = project["freezes"][0].as_str() {
        world.vars.insert(TASK.to_owned(), task.to_owned());
    }
    Ok(())
}

async fn refused(world: &mut World, args: Args) -> Judged {
    let wanted: u16 = args.number(1)?;
    let hub = world.hub()?;
    let id = &hub.trust(args.group(0))?.id;
    let before = hub.control()?.tasks(id).await?.len();
    let body = json!({"trust_ids": [id], "imaging": true});
    let answer = hub.control()?.control.post("/control/projects", body).await;
    let status = answer.as_ref().map_or_else(crate::control::ControlError::status, |_| Some(201));
    let after = hub.control()?.tasks(id).await?.len();
    let holds = status == Some(wanted) && before == after;
    let observed = format!("status {status:?}, {} tasks more", after - before);
    fact(world, holds, &format!("{wanted}, and nothing is queued"), observed)
}

fn handed_out(world: &World) -> Judged<Vec<String>> {
    let group = world.hub()?.last_group();
    let given = group.iter().flat_map(|seen| delivered(&seen.ask, &seen.reply));
    Ok(given.map(|task| task.task_type).collect())
}

async fn freeze_first(world: &mut World, _: Args) -> Judged {
    let given = handed_out(world)?;
    let wanted = ["persist_cohort", "create_imaging"];
    fact(world, given == wanted, &wanted.join(", then "), given.join(", then "))
}

async fn freeze_alone(world: &mut World, _: Args) -> Judged {
    let given = handed_out(world)?;
    fact(world, given == ["persist_cohort"], "persist_cohort alone", given.join(", then "))
}

/// The row of a trust in the list the hub shows a user.
async fn row(world: &mut World, trust: &str) -> Judged<Value> {
    let path = snapshots_path(world)?;
    let hub = world.hub_mut()?;
    let id = hub.trust(trust)?.id.clone();
    let ask = hub.as_user("user", Ask::get(path)).await?;
    let reply = hub.ask(ask).await?.json();
    let rows = reply.as_array().cloned().unwrap_or_default();
    Ok(rows.into_iter().find(|row| row["trust_id"] == id.as_str()).unwrap_or_default())
}

async fn told(world: &mut World, args: Args) -> Judged {
    let row = row(world, args.group(0)).await?;
    fact(world, row["state"] == args.group(1), args.group(1), row.to_string())
}

async fn told_because(world: &mut World, args: Args) -> Judged {
    let row = row(world, args.group(0)).await?;
    let holds = row["state"] == "failed" && row["reason"] == args.group(1);
    fact(world, holds, &format!("failed, {}", args.group(1)), row.to_string())
}

async fn again(world: &mut World, _: Args) -> Judged {
    let path = snapshots_path(world)?;
    let hub = world.hub_mut()?;
    let ask = hub.as_user("user", Ask::post(path).json(&json!({}))).await?;
    hub.ask(ask).await.map(drop)
}

fn snapshots_path(world: &World) -> Judged<String> {
    let project = world.vars.get(PROJECT).ok_or_else(|| Stop::not_verified("no project"))?;
    Ok(format!("/projects/{project}/cohort-snapshots"))
}

async fn decisions(world: &mut World, args: Args) -> Judged {
    let (trust, who) = (args.group(0).to_owned(), args.group(1).to_owned());
    let hub = world.hub_mut()?;
    let path = format!("/trust/{}/decisions", hub.trust(&trust)?.id);
    let meaning = match who.as_str() {
        "an admin of the hub" => "admin".to_owned(),
        "a researcher" => "user".to_owned(),
        "its own admin" => hub.trust_admin(&trust).await?,
        other => {
            let named = other.split('"').nth(1).unwrap_or_default().to_owned();
            hub.trust_admin(&named).await?
        }
    };
    let ask = hub.as_user(&meaning, Ask::get(path)).await?;
    hub.ask(ask).await.map(drop)
}

async fn unknown_trust(world: &mut World, _: Args) -> Judged {
    let path = format!("/trust/{}/decisions", super::UNKNOWN_ID);
    let hub = world.hub_mut()?;
    let ask = hub.as_user("admin", Ask::get(path)).await?;
    hub.ask(ask).await.map(drop)
}

async fn quiesce(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_mut()?;
    let mut ask = Ask::get("/fl/quiesce");
    if args.group(0) == "a user" {
        ask = hub.as_user("user", ask).await?;
    }
    hub.ask(ask).await.map(drop)
}

async fn quiet(world: &mut World, args: Args) -> Judged {
    let reply = world.hub()?.last()?.reply.json();
    let quiet = args.group(0) == "no training runs";
    let nets = reply["schedulers"].as_array().cloned().unwrap_or_default();
    let busy = nets.iter().any(|net| net["status"] == "BUSY");
    let holds =
        reply["fl_quiesced"] == quiet && busy != quiet && reply["deployment_mode"].is_boolean();
    fact(world, holds, &format!("fl_quiesced {quiet}, and nets to match"), reply.to_string())
}

const PROJECT: &str = "project";
const QUERY: &str = "SELECT person_id FROM omop.person";
