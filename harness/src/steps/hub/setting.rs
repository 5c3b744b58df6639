//! What is there before a scenario begins: trusts, models, queries, and the state the hub is in.

use contract::edition::{HeartbeatBody, LogBody, MetricBody, MetricBounds, TrustPaths};
use serde_json::{Value, json};

use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::hub_stage::{Ask, HubPlan, HubStage};
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r#"the trust "(\w+)" is registered"# => registered,
    r#"the trusts "(\w+)" and "(\w+)" are registered"# => registered,
    r#"the trusts "(\w+)", "(\w+)" and "(\w+)" are registered"# => registered,
    r#"a hub with the slots "(.+)""# => with_slots,
    r"a hub with (\d+) slots" => with_slot_count,
    r#"the slots? "(.+)" (?:is|are) added to the hub's configuration"# => slots_added,
    r#"a model with "(\w+)"(?: and "(\w+)")?"# => model,
    r#"a cohort query put to "(\w+)"(?: and "(\w+)")?"# => query,
    r"an edition with (.+)" => edition_with,
    r"an edition without (.+)" => edition_without,
    r"the hub's payload key has (\d+) bytes" => payload_key_of,
    r"the hub limits nobody" => without_limits,
    r"the hub runs in production" => in_production,
    r"the hub stands behind its public edge" => behind_edge,
    r"the hub's database is away" => database_away,
    r"the hub's database is back" => faults_gone,
    r"the hub cannot write a model's status" => status_write_fails,
    r#"the hub reads trust keys from the header "([\w-]+)""# => key_header,
    r#"the hub is of the release "(.+)""# => release,
];

async fn registered(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_stage().await?;
    for at in 0..3 {
        if !args.group(at).is_empty() {
            hub.register(args.group(at)).await?;
        }
    }
    Ok(())
}

async fn with_slots(world: &mut World, args: Args) -> Judged {
    open(world, args.group(0).split(", ").map(str::to_owned).collect()).await
}

async fn with_slot_count(world: &mut World, args: Args) -> Judged {
    let count: usize = args.number(0)?;
    open(world, (1..=count).map(|number| format!("Trust_{number}")).collect()).await
}

/// Puts a hub with this pool in place of the usual one.
async fn open(world: &mut World, slots: Vec<String>) -> Judged {
    let context = world.context();
    let plan = HubPlan { slots: Some(slots), ..HubPlan::default() };
    let planned = HubStage::build_with(&context, plan).await?;
    planned.control()?;
    *world.hub_stage().await? = planned;
    Ok(())
}

async fn slots_added(world: &mut World, args: Args) -> Judged {
    let control = world.hub()?.control()?;
    let settings = control.control.get("/control/settings").await?;
    let mut slots = settings["slots"].as_array().cloned().unwrap_or_default();
    slots.extend(args.group(0).split(", ").map(|name| json!(name)));
    Ok(control.settings(json!({"slots": slots})).await?)
}

async fn model(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_stage().await?;
    let id = hub.control()?.model(&ids(hub, &args)?).await?;
    hub.models.insert("model".to_owned(), id);
    Ok(())
}

async fn query(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_stage().await?;
    let id = hub.control()?.query(&ids(hub, &args)?).await?;
    hub.queries.insert("query".to_owned(), id);
    Ok(())
}

fn ids<'h>(hub: &'h HubStage, args: &Args) -> Judged<Vec<&'h str>> {
    let names = [args.group(0), args.group(1)].into_iter().filter(|name| !name.is_empty());
    names.map(|name| hub.trust(name).map(|trust| trust.id.as_str())).collect()
}

async fn edition_with(world: &mut World, args: Args) -> Judged {
    if has(world, args.group(0))? {
        return Ok(());
    }
    Err(Stop::not_applicable(format!("this edition comes without {}", args.group(0))))
}

async fn edition_without(world: &mut World, args: Args) -> Judged {
    if has(world, args.group(0))? {
        return Err(Stop::not_applicable(format!("this edition comes with {}", args.group(0))));
    }
    Ok(())
}

fn has(world: &World, capability: &str) -> Judged<bool> {
    let edition = world.edition();
    Ok(match capability {
        "health snapshots" => edition.heartbeat_body != HeartbeatBody::None,
        "typed log events" => matches!(edition.log_body, LogBody::Typed | LogBody::TypedWithCaps),
        "caps on log events" => edition.log_body == LogBody::TypedWithCaps,
        "a waiting event that needs no round" => edition.waiting_event_without_round,
        "frozen cohorts" => edition.freezes_cohorts(),
        "an axis for metrics" => edition.metric_body == MetricBody::ClientNameWithAxis,
        "metrics by slot" => edition.metric_body != MetricBody::TrustName,
        "a slot pool that is read again" => edition.slot_pool_reread,
        "paths that name the trust" => edition.paths == TrustPaths::Named,
        "an old word for RUNNING" => !edition.status_aliases.is_empty(),
        "a payload key for each trust" => edition.trust_payload_keys,
        "a version in its health reply" => edition.hub_health_version,
        "tasks that can be cancelled" => edition.cancels_tasks,
        "failures among counts" => edition.cohort_outcome,
        "bounds on the numbers of a metric" => edition.metric_bounds == MetricBounds::Checked,
        "payloads under a key of 16 bytes" => edition.cipher.takes_key(16),
        other => return Err(Stop::not_verified(format!("no capability is called {other:?}"))),
    })
}

async fn payload_key_of(world: &mut World, args: Args) -> Judged {
    use base64::Engine as _;
    let length: usize = args.number(0)?;
    let key = base64::engine::general_purpose::STANDARD.encode(vec![7; length]);
    let hub = world.hub_stage().await?;
    hub.control()?.payload_key(Some(&key)).await?;
    let mut kids = vec!["shared".to_owned()];
    if hub.edition.trust_payload_keys {
        for id in hub.trusts.values().map(|trust| &trust.id) {
            let kid = format!("trust-{id}");
            let body = json!({"base64": key, "kid": kid});
            hub.control()?.control.put("/control/keys/aes", body).await?;
            kids.push(kid);
        }
    }
    if hub.edition.cipher.takes_key(length) {
        kids.iter().for_each(|kid| hub.keep_payload_key(kid, &key.as_str().into()));
    }
    Ok(())
}

/// Rate limits are judged where their clause is; elsewhere they may be in the way.
async fn without_limits(world: &mut World, _: Args) -> Judged {
    Ok(world.hub_stage().await?.control()?.rate_limits(false).await?)
}

async fn in_production(world: &mut World, _: Args) -> Judged {
    deployed(world, json!({"production": true})).await
}

async fn behind_edge(world: &mut World, _: Args) -> Judged {
    deployed(world, json!({"behind_edge": true})).await
}

/// A hub of ours is put there; one that was deployed by somebody else is there already.
async fn deployed(world: &mut World, settings: Value) -> Judged {
    let hub = world.hub_stage().await?;
    if let Ok(control) = hub.control() {
        return Ok(control.settings(settings).await?);
    }
    let loopback =
        ["//127.", "//localhost", "//[::1]"].iter().any(|host| hub.hub.api_url.contains(host));
    let front = hub.ask(Ask::get("/").at_host()).await?;
    if loopback && front.status != 200 {
        return Err(Stop::not_applicable("no public edge stands in front of this local hub"));
    }
    Ok(())
}

async fn database_away(world: &mut World, _: Args) -> Judged {
    condition(world, "database-away").await
}

async fn status_write_fails(world: &mut World, _: Args) -> Judged {
    condition(world, "status-write-fails").await
}

/// Breaks something around the hub; no clause by itself.
async fn condition(world: &mut World, name: &str) -> Judged {
    let control = world.hub_stage().await?.control()?;
    let id = control.control.arm(json!({"name": name})).await?;
    world.vars.insert("condition".to_owned(), id);
    Ok(())
}

async fn faults_gone(world: &mut World, _: Args) -> Judged {
    let Some(id) = world.vars.get("condition").cloned() else {
        return Err(Stop::not_verified("nothing around the hub was broken"));
    };
    Ok(world.hub()?.control()?.control.disarm(&id).await?)
}

async fn key_header(world: &mut World, args: Args) -> Judged {
    let name = args.group(0).to_owned();
    let hub = world.hub_stage().await?;
    hub.control()?.settings(json!({"trust_api_key_header": name})).await?;
    hub.key_header = name;
    Ok(())
}

async fn release(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_stage().await?;
    Ok(hub.control()?.settings(json!({"hub_version": args.group(0)})).await?)
}
