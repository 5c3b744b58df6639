//! Keys that change while a site runs on, and kits that follow in part or as a whole (rotation 1).

use std::collections::BTreeMap;

use contract::edition::TaskType;
use contract::key::{Secret, mint_key};
use serde_json::{Value, json};

use super::reports::failure;
use super::rotation_keys::site_takes_payload_keys;
use super::tasks::{line, queue, settled, unless_call_is_wrong, work_calls};
use crate::control::{Registration, TaskOrder};
use crate::engine::{Args, StepRow, Subject};
use crate::finding::{Judged, Stop};
use crate::payloads::{honest, scene_kinds};
use crate::stage::{planted, trust_environment};
use crate::steps;
use crate::target::Capability;
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"the trust is deleted at the hub" => deleted,
    r"the trust is registered again" => registered_again,
    r"the hub rotates the trust's keys" => rotated,
    r"the trust takes over the new key only" => takes_key_only,
    r"the trust takes over the whole new kit" => takes_kit,
    r"the hub's internal key is replaced" => internal_key_replaced,
    r#""([\w-]+)" holds? another site key"# => another_site_key,
    r"every site service holds the trust's own site key" => one_site_key,
    r#"a task of each kind that needs "([\w-]+)" is queued"# => queued_for,
    r"each of these tasks is reported as a success" => all_succeed,
    r"each of these tasks is reported as failed" => all_fail,
    r"each of these tasks is reported as failed with the refusal of the site service" => all_refused,
    r"nothing but errors left the site" => errors_only,
];

async fn deleted(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Restart)?;
    let stage = world.staged()?;
    stage.hub_control.delete_trust(&stage.registration.id).await?;
    Ok(())
}

async fn registered_again(world: &mut World, _: Args) -> Judged {
    let stage = world.staged()?;
    let code = "ALPHA";
    let registration = stage.hub_control.register(&stage.registration.name, code).await?;
    adopt(world, registration)
}

async fn rotated(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Restart)?;
    let stage = world.stage().await?;
    let registration = stage.hub_control.rotate(&stage.registration.id).await?;
    adopt(world, registration)
}

/// From now on the hub knows the trust by this; the trust's own environment stays as it is.
pub(super) fn adopt(world: &mut World, registration: Registration) -> Judged {
    let context = world.context();
    let stage = world.staged_mut()?;
    if registration.id == stage.registration.id {
        return Err(Stop::not_verified("the hub gave the same id again"));
    }
    let fresh: Vec<(String, Secret)> = planted(&registration)
        .into_iter()
        .filter(|(_, secret)| stage.secrets.iter().all(|(_, known)| known != secret))
        .map(|(name, secret)| (format!("{name} after rotation"), secret))
        .collect();
    context.keep_secret(&fresh);
    stage.secrets.extend(fresh);
    stage.registration = registration;
    Ok(())
}

async fn takes_key_only(world: &mut World, _: Args) -> Judged {
    let stage = world.staged_mut()?;
    let key = stage.registration.trust_api_key.expose().to_owned();
    stage.env.insert("TRUST_API_KEY".to_owned(), key);
    Ok(())
}

/// The kit holds a new key between the site's services too, so these get it as well.
async fn takes_kit(world: &mut World, _: Args) -> Judged {
    let context = world.context();
    let Subject::Trust { target, .. } = &context.subject else {
        return Err(Stop::not_applicable("this run judges a hub"));
    };
    let stage = world.staged_mut()?;
    stage.env = trust_environment(
        stage.edition,
        target.as_ref(),
        &stage.hub,
        &stage.site,
        &stage.registration,
    );
    site_takes_payload_keys(stage).await?;
    one_site_key(world, Args::default()).await
}

async fn internal_key_replaced(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Restart)?;
    let context = world.context();
    let control = &world.stage().await?.hub_control.control;
    let reply = control.put("/control/keys/internal", json!({"force": true})).await?;
    let key = reply["value"].as_str().unwrap_or_default().to_owned();
    context.keep_secret(&[("INTERNAL_SERVICE_KEY".to_owned(), Secret::from(key))]);
    Ok(())
}

async fn another_site_key(world: &mut World, args: Args) -> Judged {
    let context = world.context();
    let key = mint_key(&mut rand::rng());
    context.keep_secret(&[("another TRUST_INTERNAL_SERVICE_KEY".to_owned(), key.clone())]);
    let settings = match args.group(0) {
        "data-access-api" => json!({"data_access_key": key.expose()}),
        "imaging-api" => json!({"imaging_key": key.expose()}),
        "site-services" => json!({"data_access_key": key.expose(), "imaging_key": key.expose()}),
        other => return Err(Stop::not_verified(format!("no site service {other:?}"))),
    };
    Ok(world.staged()?.site_control.settings(settings).await?)
}

pub(super) async fn one_site_key(world: &mut World, _: Args) -> Judged {
    let stage = world.staged()?;
    let key = stage.env.get("TRUST_INTERNAL_SERVICE_KEY").cloned().unwrap_or_default();
    let settings = json!({"data_access_key": key, "imaging_key": key});
    Ok(stage.site_control.settings(settings).await?)
}

/// Which site service a task calls.
fn service(kind: TaskType) -> &'static str {
    match kind {
        TaskType::CohortQuery | TaskType::PersistCohort => "data-access-api",
        TaskType::CreateImaging
        | TaskType::DeleteImaging
        | TaskType::GetImagingStatus
        | TaskType::ReimportStudies
        | TaskType::UpdateUserProfile => "imaging-api",
    }
}

async fn queued_for(world: &mut World, args: Args) -> Judged {
    let wanted = args.group(0).to_owned();
    let kinds = world.edition().trust_task_types;
    for kind in
        scene_kinds(kinds).filter(|kind| wanted == "site-services" || service(*kind) == wanted)
    {
        let payload = Some(honest(kind, world.staged()?).await?);
        let order =
            TaskOrder { task_type: kind.name().to_owned(), payload, ..TaskOrder::default() };
        queue(world, &format!("{GROUP}{}", kind.name()), &order).await?;
    }
    Ok(())
}

/// Labels of the tasks queued as a group.
fn labels(world: &World) -> Judged<Vec<String>> {
    let prefix = format!("task {GROUP}");
    let labels: Vec<String> = world
        .vars
        .keys()
        .filter(|name| name.starts_with(&prefix) || name.starts_with("task batch"))
        .map(|name| name.trim_start_matches("task ").to_owned())
        .collect();
    if labels.is_empty() {
        return Err(Stop::not_verified("no group of tasks was queued"));
    }
    Ok(labels)
}

async fn all_succeed(world: &mut World, _: Args) -> Judged {
    for label in labels(world)? {
        let task = settled(world, &label).await?;
        if task.status != "COMPLETED" {
            unless_call_is_wrong(world).await?;
            let observed = format!(
                "{} is {} with {}",
                task.task_type,
                task.status,
                task.result.as_deref().unwrap_or("null")
            );
            let tail = world.staged()?.log.tail(8);
            return Err(world.broken("each task a success", observed).shown_by(tail).into());
        }
    }
    Ok(())
}

async fn all_fail(world: &mut World, _: Args) -> Judged {
    for label in labels(world)? {
        failure(world, &label).await?;
    }
    Ok(())
}

async fn all_refused(world: &mut World, _: Args) -> Judged {
    let mut silent: BTreeMap<String, String> = BTreeMap::new();
    for label in labels(world)? {
        let (task, error) = failure(world, &label).await?;
        if !(error.contains("401") && error.contains(REFUSAL)) {
            silent.insert(task.task_type, task.result.unwrap_or_default());
        }
    }
    if silent.is_empty() {
        return Ok(());
    }
    let expected = format!("401 and {REFUSAL:?} in the result of each task");
    let lines = silent.iter().map(|(kind, result)| format!("{kind} reported {result}"));
    let observed = format!("{} tasks without it", silent.len());
    Err(world.broken(expected, observed).shown_by(lines).into())
}

async fn errors_only(world: &mut World, _: Args) -> Judged {
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let told = |call: &contract::capture::Exchange| {
        let body = json(&call.request_body);
        match call.route.as_str() {
            "cohort_results" => {
                let empty = body["data"].as_array().is_none_or(Vec::is_empty);
                body["record_count"] != 0 || !empty
            }
            "result" => {
                let inner = json(body["result"].as_str().unwrap_or("null"));
                let members = inner.as_object().cloned().unwrap_or_default();
                body["success"] != false
                    || members.keys().any(|name| name != "error" && name != "status_code")
            }
            _ => false,
        }
    };
    let bad: Vec<String> =
        world.hub_seen(None).await?.iter().filter(|call| told(call)).map(line).collect();
    if bad.is_empty() {
        return Ok(());
    }
    let calls = work_calls(world).await?;
    let lines = bad.iter().cloned().chain(calls.iter().map(line));
    let observed = format!("{} reports hold more", bad.len());
    Err(world
        .broken("nothing but errors in what the trust reports", observed)
        .shown_by(lines)
        .into())
}

const GROUP: &str = "of-each-";
/// What our site services say to a key that is not theirs.
const REFUSAL: &str = "Invalid trust-internal service key.";
