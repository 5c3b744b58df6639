//! Rotation as a drill: what the order of its steps costs, counted over all work that was queued
//! (rotation 1, rules 1 to 3).

use contract::key::{Secret, mint_key};
use serde_json::{Value, json};

use super::rotation::{adopt, one_site_key};
use super::rotation_keys::AT_HUB;
use super::tasks::{line, queue_order, unless_call_is_wrong, work_calls};
use crate::control::TaskView;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::oracle::account::Account;
use crate::oracle::hub::pairing;
use crate::oracle::secrets::PAYLOAD_KEY;
use crate::payloads::{PLANTED_SQL, project_id_sealed_with, sealed_project_id};
use crate::steps;
use crate::target::Capability;
use crate::wait::{Probe, eventually};
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"the queue is drained" => drained,
    r"no task was lost: all(?: (\d+))? were done, each once" => none_lost,
    r"of (\d+) tasks (\d+) (?:is|are) lost for good" => some_lost,
    r"the trust's registration is rotated while another trust waits for a slot" => rotated_late,
    r"every container of the site is created anew with another site key" => site_key_everywhere,
    r"a training of (\d+) rounds reaches this site" => trains,
    r"a training of (\d+) rounds reaches this site, its project sealed with the hub's present payload key" => trains_sealed_now,
    r"the FL client raised before its first metric, naming the (\d+) of a site service" => raised,
    r"the FL client did its part" => took_part,
];

/// Waits until nothing is waiting or on its way, and remembers what became of it: a later rotation
/// may take the rows away.
async fn drained(world: &mut World, _: Args) -> Judged {
    let ids = queue_order(world);
    let stage = world.staged()?;
    let waited = eventually(world.patience(world.work_end_secs()), "an empty queue", || async {
        match stage.hub_control.tasks(&stage.registration.id).await {
            Ok(held) => {
                let open = held
                    .iter()
                    .filter(|task| matches!(task.status.as_str(), "PENDING" | "IN_PROGRESS"))
                    .count();
                Probe::found((open == 0).then_some(held), format!("{open} tasks are open"))
            }
            Err(error) => Probe::Pending(error.to_string()),
        }
    })
    .await;
    let held = waited
        .map_err(|overdue| world.broken("a report of every queued task", overdue.to_string()))?;
    let mut known = remembered(world);
    known.extend(held.iter().filter(|task| ids.contains(&task.id)).map(row));
    world.vars.insert(DRAINED.to_owned(), Value::from(known).to_string());
    Ok(())
}

fn row(task: &TaskView) -> Value {
    json!({
        "id": task.id, "task_type": task.task_type, "status": task.status,
        "deliveries": task.deliveries,
    })
}

fn remembered(world: &World) -> Vec<Value> {
    let text = world.vars.get(DRAINED).map_or("[]", String::as_str);
    serde_json::from_str(text).unwrap_or_default()
}

/// Everything queued in the scenario against what the hub holds now, or held when it was drained.
async fn account(world: &World) -> Judged<Account> {
    let stage = world.staged()?;
    let mut held = stage.hub_control.tasks(&stage.registration.id).await?;
    for row in remembered(world) {
        let task: TaskView = serde_json::from_value(row).map_err(Stop::not_verified)?;
        if held.iter().all(|known| known.id != task.id) {
            held.push(task);
        }
    }
    Ok(Account::of(&queue_order(world), &held))
}

/// The account once nothing is under way any more.
async fn settled_account(world: &World, wanted: usize) -> Judged<Account> {
    let queued = queue_order(world).len();
    if queued != wanted {
        return Err(Stop::not_verified(format!("{queued} tasks were queued, not {wanted}")));
    }
    let waited =
        eventually(world.patience(world.work_end_secs()), "the end of all work", || async {
            match account(world).await {
                Ok(account) if account.open.is_empty() => Probe::Done(account),
                Ok(account) => Probe::Pending(account.sentence()),
                Err(stop) => Probe::Pending(stop.to_string()),
            }
        })
        .await;
    match waited {
        Ok(account) => Ok(account),
        Err(_) => account(world).await,
    }
}

async fn none_lost(world: &mut World, args: Args) -> Judged {
    let wanted = match args.group(0) {
        "" => queue_order(world).len(),
        _ => args.number(0)?,
    };
    let account = settled_account(world, wanted).await?;
    if account.is_lossless() {
        return Ok(());
    }
    if account.done.len() + account.failed.len() == wanted {
        unless_call_is_wrong(world).await?;
    }
    let expected = format!("{wanted} tasks done, each handed out once");
    Err(world.broken(expected, account.sentence()).shown_by(reports(world).await?).into())
}

async fn some_lost(world: &mut World, args: Args) -> Judged {
    let (wanted, lost): (usize, usize) = (args.number(0)?, args.number(1)?);
    let account = settled_account(world, wanted).await?;
    if account.lost() == lost && account.done.len() == wanted - lost {
        return Ok(());
    }
    let expected = format!("{lost} of {wanted} tasks lost for good, the others done");
    Err(world.broken(expected, account.sentence()).shown_by(reports(world).await?).into())
}

async fn reports(world: &World) -> Judged<Vec<String>> {
    Ok(world.hub_seen(Some("result")).await?.iter().map(line).collect())
}

/// Delete and register with a pause between them in which somebody else registers.
async fn rotated_late(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Restart)?;
    let stage = world.stage().await?;
    let (id, name) = (stage.registration.id.clone(), stage.registration.name.clone());
    stage.hub_control.delete_trust(&id).await?;
    let other = stage.hub_control.register("Omega Hospital", "OMEGA").await?;
    let registration = stage.hub_control.register(&name, "ALPHA").await?;
    world.context().keep_secret(&[
        ("TRUST_API_KEY of another trust".to_owned(), other.trust_api_key),
        ("TRUST_INTERNAL_SERVICE_KEY of another trust".to_owned(), other.site_key),
    ]);
    adopt(world, registration)
}

async fn site_key_everywhere(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Restart)?;
    let context = world.context();
    let key = mint_key(&mut rand::rng());
    let secret = ("TRUST_INTERNAL_SERVICE_KEY of the new kit".to_owned(), key.clone());
    context.keep_secret(std::slice::from_ref(&secret));
    let stage = world.staged_mut()?;
    stage.secrets.push(secret);
    stage.registration.site_key = key.clone();
    stage.env.insert("TRUST_INTERNAL_SERVICE_KEY".to_owned(), key.expose().to_owned());
    one_site_key(world, Args::default()).await?;
    super::federation::start(world).await
}

async fn trains(world: &mut World, args: Args) -> Judged {
    let sealed = sealed_project_id(world.staged()?)?;
    train(world, args.number(0)?, &sealed).await
}

async fn trains_sealed_now(world: &mut World, args: Args) -> Judged {
    let stage = world.staged()?;
    let planted = format!("{PAYLOAD_KEY}{AT_HUB}");
    let newest = stage.secrets.iter().rfind(|(name, _)| *name == planted);
    let own = stage.registration.hub_shared.get(PAYLOAD_KEY).cloned().unwrap_or_default();
    let key = newest.map_or_else(|| Secret::from(own), |(_, key)| key.clone());
    let sealed = project_id_sealed_with(stage.edition, &key)?;
    train(world, args.number(0)?, &sealed).await
}

/// A training of the edition's own FL line with the trust's own FL client.
async fn train(world: &mut World, rounds: u32, sealed: &str) -> Judged {
    world.needs(Capability::FlClient)?;
    let line = pairing::line_of(world.edition());
    let line = line.ok_or_else(|| Stop::not_verified("no FL line fits this edition"))?;
    let stage = world.staged()?;
    // Frozen when the project was approved, whatever key is in force at the site by now.
    // A site that refuses even this shows it in the training.
    let _refused = stage.freeze_sealed(sealed, PLANTED_SQL).await.err();
    let model = stage.hub_control.model(&[&stage.registration.id]).await?;
    let order = json!({
        "model_id": model,
        "line": line.id,
        "rounds": rounds,
        "clients": [stage.registration.slot],
        "encrypted_project_id": sealed,
        "query": QUERY,
    });
    let report = stage.hub_control.training(order).await?;
    if report["clients"][0]["part"] != "joined" {
        return Err(Stop::not_verified("the trust's own FL client took no part in the training"));
    }
    world.vars.insert("model".to_owned(), model);
    world.vars.insert("training".to_owned(), report.to_string());
    Ok(())
}

fn report(world: &World) -> Judged<Value> {
    let text = world.vars.get("training");
    let text = text.ok_or_else(|| Stop::not_verified("no training was run"))?;
    serde_json::from_str(text).map_err(Stop::not_verified)
}

/// What the FL server posts for a client that raised: one exception, no metric, ERROR at the end.
async fn raised(world: &mut World, args: Args) -> Judged {
    let report = report(world)?;
    let answers = report["answers"].as_array().cloned().unwrap_or_default();
    let told = |status: &str| {
        answers.iter().any(|post| {
            post["what"] == "log" && post["body"].as_str().is_some_and(|body| body.contains(status))
        })
    };
    let metrics = report["sent"]["metrics"].as_u64().unwrap_or_default();
    if metrics == 0 && report["ended"] == "ERROR" && told(&format!("HTTPError: {}", args.group(0)))
    {
        return Ok(());
    }
    let calls = work_calls(world).await?;
    let expected = format!("an exception that names the {} and no metric", args.group(0));
    let observed = format!("{metrics} metrics, the run ended {}", report["ended"]);
    Err(world.broken(expected, observed).shown_by(calls.iter().map(line)).into())
}

async fn took_part(world: &mut World, _: Args) -> Judged {
    let report = report(world)?;
    let metrics = report["sent"]["metrics"].as_u64().unwrap_or_default();
    if metrics > 0 && report["ended"] == "RESULTS_UPLOADED" {
        return Ok(());
    }
    let calls = work_calls(world).await?;
    let observed = format!("{metrics} metrics, the run ended {}", report["ended"]);
    Err(world
        .broken("metrics of this site and an upload of the results", observed)
        .shown_by(calls.iter().map(line))
        .into())
}

const DRAINED: &str = "drained";
const QUERY: &str = "SELECT p.person_id, r.accession_id FROM omop.person p \
     JOIN omop.radiology_occurrence r ON r.person_id = p.person_id";
