//! A newer hub on the state an older one left.

use std::sync::Arc;

use camino::Utf8PathBuf;
use contract::edition::EditionId;
use serde_json::{Value, json};

use super::{fact, ingest, model_row};
use crate::control::TaskOrder;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::hub_stage::{Ask, HubPlan, HubStage};
use crate::steps;
use crate::world::{RunContext, World};

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r#"the release before this one left its state with the trust "(\w+)", (\d+) tasks and a metric"# => state_left,
    r"this release starts on that state" => starts_on_it,
    r#"it serves "(\w+)", or it does not start"# => serves_or_stops,
    r#"it holds the trust "(\w+)", its (\d+) tasks and its metric"# => holds_all,
];

/// Lets the former release fill a file. A hub that keeps nothing between two starts has no state to
/// judge.
async fn state_left(world: &mut World, args: Args) -> Judged {
    let former = former(world.edition().id)
        .ok_or_else(|| Stop::not_applicable("there is no release before this one"))?;
    let workdir = Arc::new(tempfile::tempdir().map_err(Stop::not_verified)?);
    let file = |name: &str| {
        Utf8PathBuf::from_path_buf(workdir.path().join(name))
            .map_err(|path| Stop::not_verified(format!("{} is no text", path.display())))
    };
    let context = world.context();
    if !keeps_state(&context, file("probe.state")?).await? {
        return Err(Stop::not_applicable("a hub of this kind keeps nothing between two starts"));
    }
    let state = file("hub.state")?;
    let mut old = start(&context, &state, Some(former)).await?;
    let name = args.group(0);
    old.register(name).await?;
    let (id, slot) = (old.trust(name)?.id.clone(), old.trust(name)?.slot.clone());
    let payload = Some(json!({"email": "a@example.org", "enabled": true}));
    let task_type = "update_user_profile".to_owned();
    let order = TaskOrder { task_type, payload, count: args.number(1)?, ..Default::default() };
    old.control()?.queue(&id, &order).await?;
    let model = old.control()?.model(&[&id]).await?;
    old.models.insert("model".to_owned(), model);
    let metric = ingest::metric(old.edition, &slot);
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
