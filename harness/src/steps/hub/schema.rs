//! A newer hub on the state an older one left.

use std::sync::Arc;

use camino::Utf8PathBuf;
use contract::edition::EditionId;
use serde_json::{Value, json};

use super::{fact, ingest, model_row};
use crate::control::TaskOrder;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::hub_stage::{Ask, HubPlan, HubStage, TRUST_LIST};
use crate::steps;
use crate::world::{RunContext, World};

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r#"the release before this one left its state with the trust "(\w+)", (\d+) tasks and a metric"# => state_left,
    r#"the release (\d{4}\.\d{2}) left its state with the trust "(\w+)", (\d+) tasks and a metric"# => state_left_by,
    r"this release starts on that state" => starts_on_it,
    r"no route fails for want of a column, or it does not start" => no_route_fails,
    r"a hub with a state file" => with_state_file,
    r"the hub starts again on its state file" => starts_again,
    r#"it serves "(\w+)", or it does not start"# => serves_or_stops,
    r#"it holds the trust "(\w+)", its (\d+) tasks and its metric"# => holds_all,
];

async fn state_left(world: &mut World, args: Args) -> Judged {
    let former = former(world.edition().id)
        .ok_or_else(|| Stop::not_applicable("there is no release before this one"))?;
    leave_state(world, former, args.group(0), args.number(1)?).await
}

async fn state_left_by(world: &mut World, args: Args) -> Judged {
    let release: EditionId = args.group(0).parse().map_err(Stop::not_verified)?;
    let place = |wanted: EditionId| EditionId::ALL.iter().position(|id| *id == wanted);
    if place(release) >= place(world.edition().id) {
        return Err(Stop::not_applicable(format!("{release} does not come before this release")));
    }
    leave_state(world, release, args.group(1), args.number(2)?).await
}

/// Lets a former release fill a file. A hub that keeps nothing between two starts has no state to
/// judge.
async fn leave_state(world: &mut World, former: EditionId, name: &str, tasks: usize) -> Judged {
    let (workdir, state) = state_file(world).await?;
    let context = world.context();
    let mut old = start(&context, &state, Some(former)).await?;
    old.register(name).await?;
    let (id, client) = (old.trust(name)?.id.clone(), old.client(name)?);
    let payload = Some(json!({"email": "a@example.org", "enabled": true}));
    let task_type = "update_user_profile".to_owned();
    let order = TaskOrder { task_type, payload, count: tasks, ..Default::default() };
    old.control()?.queue(&id, &order).await?;
    let model = old.control()?.model(&[&id]).await?;
    old.models.insert("model".to_owned(), model);
    let metric = ingest::metric(old.edition, &client);
    let ask = old.ingest("model", "metrics", &metric).await?;
    if !old.ask(ask).await?.is_success() {
        return Err(Stop::not_verified("the former release took no metric"));
    }
    old.workdir = Some(workdir);
    // What the former release answered is not judged here, and its rows may be written otherwise.
    old.seen.clear();
    old.rows_removed = true;
    world.vars.insert("state".to_owned(), state.into_string());
    *world.hub_stage().await? = old;
    Ok(())
}

/// A folder and a file in it, for a hub that keeps its state there.
async fn state_file(world: &mut World) -> Judged<(Arc<tempfile::TempDir>, Utf8PathBuf)> {
    let workdir = Arc::new(tempfile::tempdir().map_err(Stop::not_verified)?);
    let file = |name: &str| {
        Utf8PathBuf::from_path_buf(workdir.path().join(name))
            .map_err(|path| Stop::not_verified(format!("{} is no text", path.display())))
    };
    if !keeps_state(&world.context(), file("probe.state")?).await? {
        return Err(Stop::not_applicable("a hub of this kind keeps nothing between two starts"));
    }
    let state = file("hub.state")?;
    Ok((workdir, state))
}

async fn with_state_file(world: &mut World, _: Args) -> Judged {
    let (workdir, state) = state_file(world).await?;
    let mut hub = start(&world.context(), &state, None).await?;
    hub.workdir = Some(workdir);
    world.vars.insert("state".to_owned(), state.into_string());
    *world.hub_stage().await? = hub;
    Ok(())
}

async fn starts_again(world: &mut World, args: Args) -> Judged {
    starts_on_it(world, args).await?;
    match world.vars.get("did not start") {
        Some(reason) => Err(Stop::not_verified(format!("it did not start again: {reason}"))),
        None => Ok(()),
    }
}

async fn starts_on_it(world: &mut World, _: Args) -> Judged {
    let state = world.vars.get("state").cloned();
    let state = state.ok_or_else(|| Stop::not_verified("no state was left"))?;
    let context = world.context();
    let left = world.hub_mut()?;
    let (trusts, models) = (left.trusts.clone(), left.models.clone());
    let workdir = left.workdir.clone();
    // The file has one owner at a time: the former release ends before this one starts.
    let idle = HubStage::build(&context).await?;
    drop(std::mem::replace(left, idle));
    let plan = HubPlan { state: Some(state.into()), ..HubPlan::default() };
    match HubStage::try_build(&context, plan).await? {
        Ok(mut stage) => {
            stage.rows_removed = true;
            stage.models = models;
            for (name, trust) in trusts {
                stage.adopt(&name, trust);
            }
            stage.workdir = workdir;
            *world.hub_mut()? = stage;
        }
        Err(error) => {
            world.vars.insert("did not start".to_owned(), error.to_string());
        }
    }
    Ok(())
}

async fn serves_or_stops(world: &mut World, args: Args) -> Judged {
    if world.vars.contains_key("did not start") {
        return Ok(());
    }
    let hub = world.hub_mut()?;
    let asks = vec![hub.heartbeat(args.group(0))?, hub.poll(args.group(0))?, Ask::get("/health")];
    let replies = hub.ask_each(asks).await?;
    let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    let served = statuses.iter().all(|status| *status == 200);
    fact(world, served, "every route to serve, or no start", format!("{statuses:?}"))
}

/// Every route whose tables changed with some release, and the hub's own health for comparison.
async fn no_route_fails(world: &mut World, _: Args) -> Judged {
    if world.vars.contains_key("did not start") {
        return Ok(());
    }
    let hub = world.hub_mut()?;
    let name = hub.trusts.keys().next().cloned();
    let name = name.ok_or_else(|| Stop::not_verified("no trust was left"))?;
    let (client, model) = (hub.client(&name)?, hub.model("model")?);
    let (metric, log) = (ingest::metric(hub.edition, &client), ingest::log(hub.edition, &client));
    let asks = vec![
        hub.heartbeat(&name)?,
        hub.poll(&name)?,
        hub.ingest("model", "metrics", &metric).await?,
        hub.ingest("model", "logs", &log).await?,
        hub.status_word(&model, "PREPARED").await?,
        hub.as_user("user", Ask::get(TRUST_LIST)).await?,
        Ask::get("/health"),
    ];
    let replies = hub.ask_each(asks).await?;
    let routes = ["heartbeat", "poll", "metrics", "logs", "status", "trusts", "health"];
    let seen: Vec<String> = routes
        .iter()
        .zip(&replies)
        .map(|(route, reply)| format!("{route} {}", reply.status))
        .collect();
    let works = replies.iter().all(|reply| reply.status < 300);
    fact(world, works, "every route to work, or no start", seen.join(", "))
}

async fn holds_all(world: &mut World, args: Args) -> Judged {
    if let Some(reason) = world.vars.get("did not start") {
        return Err(Stop::not_verified(format!("this release did not start: {reason}")));
    }
    let wanted: usize = args.number(1)?;
    let hub = world.hub()?;
    let trust = hub.trust(args.group(0))?.clone();
    let control = hub.control()?;
    let row = control.trust(&trust.id).await?.unwrap_or(Value::Null);
    let tasks = control.tasks(&trust.id).await?.len();
    let metrics = model_row(world).await?["metrics"].as_array().map_or(0, Vec::len);
    let holds = row["name"] == trust.name.as_str()
        && row["slot"] == trust.slot.as_str()
        && tasks == wanted
        && metrics == 1;
    let observed = format!("trust {}, {tasks} tasks, {metrics} metrics", row["name"]);
    fact(world, holds, &format!("the trust, {wanted} tasks, 1 metric"), observed)
}

/// Whether a trust is still known after the hub was started again on the same file.
async fn keeps_state(context: &RunContext, file: Utf8PathBuf) -> Judged<bool> {
    let mut first = start(context, &file, None).await?;
    first.register("Probe").await?;
    let key_holder = first.trust("Probe")?.clone();
    drop(first);
    let mut second = start(context, &file, None).await?;
    second.adopt("Probe", key_holder);
    let ask = second.heartbeat("Probe")?;
    Ok(second.ask(ask).await?.status == 200)
}

async fn start(
    context: &RunContext,
    file: &Utf8PathBuf,
    edition: Option<EditionId>,
) -> Judged<HubStage> {
    let plan = HubPlan { state: Some(file.clone()), edition, ..HubPlan::default() };
    let stage = HubStage::build_with(context, plan).await?;
    stage.control()?;
    Ok(stage)
}

/// The release before an edition on the main line.
fn former(edition: EditionId) -> Option<EditionId> {
    let at = EditionId::ALL.iter().position(|id| *id == edition)?;
    EditionId::ALL[..at].iter().rev().copied().find(|id| !id.row().trust_payload_keys)
}
