//! Payloads that were altered, relabelled, captured or sealed in another format, and hubs of other
//! editions.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::edition::{EditionId, FailureResult, TaskType, TrustPaths};
use contract::envelope::{Cipher, task_context};
use serde_json::{Value, json};

use super::polling::{deliver, entry};
use super::reports::failure;
use super::tasks::{
    about_task, line, queue, queue_honest, settled, task_payload, unless_call_is_wrong, work_calls,
};
use crate::control::TaskOrder;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::forge::{Honest, forge};
use crate::oracle::deliveries::delivered;
use crate::payloads::honest;
use crate::payloads::scene_kinds;
use crate::stage::StagePlan;
use crate::steps;
use crate::wait::Probe;
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r#"an? "(\w+)" task(?: "(\w+)")? is delivered with (.*) as payload"# => delivered_forged,
    r#"the next batch delivers the task(?: "(\w+)")? with (.*) in place of its payload"# => delivered_raw,
    r#"an? "(\w+)" task(?: "(\w+)")? is sealed with another key"# => foreign_key,
    r#"an? "(\w+)" task(?: "(\w+)")? is sealed for the type "(\w+)""# => relabelled,
    r#"the same payload is delivered as the tasks "(\w+)" and "(\w+)""# => replayed,
    r#"the task(?: "(\w+)")? is refused with "(.*)""# => refused_with,
    r#"the task(?: "(\w+)")? is refused"# => refused,
    r#"a value in the payload of the task(?: "(\w+)")? is altered through the iv"# => altered_value,
    r#"a registered trust opposite a hub of edition "([\w.-]+)""# => opposite,
    r"the two editions speak to each other" => same_paths,
    r"the two editions do not speak to each other" => other_paths,
    r"(\d+) calls reach the hub in vain" => in_vain,
    r"every task is done or, across a cipher change, refused with a reason" => done_or_refused,
];

async fn delivered_forged(world: &mut World, args: Args) -> Judged {
    let kind = task_type(args.group(0))?;
    let payload = honest(kind, world.stage().await?).await?;
    let plaintext = payload.to_string();
    let stage = world.staged()?;
    let honest = Honest { stage, task_type: kind.name(), plaintext: &plaintext };
    let sealed = Some(forge(args.group(2), &honest)?);
    deliver_sealed(world, kind, args.group(1), payload, sealed).await
}

/// Queues a task whose payload leaves as exactly that text.
async fn deliver_sealed(
    world: &mut World,
    kind: TaskType,
    label: &str,
    payload: Value,
    sealed: Option<String>,
) -> Judged {
    let order = TaskOrder {
        task_type: kind.name().to_owned(),
        payload: Some(payload),
        sealed,
        ..TaskOrder::default()
    };
    let label = if label.is_empty() { "it" } else { label };
    queue(world, label, &order).await
}

/// For payloads that are no text at all: the reply of the hub is written by us.
async fn delivered_raw(world: &mut World, args: Args) -> Judged {
    let label = args.group(0);
    let (_, payload) = task_payload(world, label)?;
    let payload = match args.group(1) {
        "nothing" => None,
        "null" => Some(Value::Null),
        "a number" => Some(json!(7)),
        "a list" => Some(json!([])),
        "its plaintext as an object" => Some(payload),
        other => return Err(Stop::not_verified(format!("no payload is called {other:?}"))),
    };
    let entry = entry(world, label, payload)?;
    deliver(world, &[entry]).await
}

async fn foreign_key(world: &mut World, args: Args) -> Judged {
    let kind = task_type(args.group(0))?;
    let payload = honest(kind, world.stage().await?).await?;
    let order = TaskOrder {
        task_type: kind.name().to_owned(),
        payload: Some(payload),
        seal: Some(json!({"key_base64": FOREIGN_KEY})),
        ..TaskOrder::default()
    };
    let label = if args.group(1).is_empty() { "it" } else { args.group(1) };
    queue(world, label, &order).await
}

/// The payload fits the type it is delivered as; only the seal names the other.
async fn relabelled(world: &mut World, args: Args) -> Judged {
    let (kind, other) = (task_type(args.group(0))?, task_type(args.group(2))?);
    let payload = honest(kind, world.stage().await?).await?;
    let order = TaskOrder {
        task_type: kind.name().to_owned(),
        payload: Some(payload),
        seal: Some(json!({"context": task_context(other.name())})),
        ..TaskOrder::default()
    };
    let label = if args.group(1).is_empty() { "it" } else { args.group(1) };
    queue(world, label, &order).await
}

/// One sealed text under two ids, the second after the first was done.
async fn replayed(world: &mut World, args: Args) -> Judged {
    let kind = TaskType::UpdateUserProfile;
    let payload = honest(kind, world.stage().await?).await?;
    let plaintext = payload.to_string();
    let stage = world.staged()?;
    let sealed = Honest { stage, task_type: kind.name(), plaintext: &plaintext }.genuine()?;
    for at in [0, 1] {
        let label = args.group(at).to_owned();
        deliver_sealed(world, kind, &label, payload.clone(), Some(sealed.clone())).await?;
        settled(world, &label).await?;
    }
    Ok(())
}

async fn refused(world: &mut World, args: Args) -> Judged {
    refusal(world, args.group(0)).await.map(drop)
}

/// The text is judged where the edition's format has one; older formats only have to refuse.
async fn refused_with(world: &mut World, args: Args) -> Judged {
    let error = refusal(world, args.group(0)).await?;
    let has_text = world.edition().cipher == Cipher::GcmContext;
    let wanted = format!("Invalid payload: {}", args.group(1));
    if !has_text || error == wanted {
        return Ok(());
    }
    Err(about_task(world, &format!("the error {wanted:?}"), format!("{error:?}")).await?)
}

/// Reported as failed, and nothing was called for it.
async fn refusal(world: &World, label: &str) -> Judged<String> {
    let (_, error) = failure(world, label).await?;
    let calls = work_calls(world).await?;
    if calls.is_empty() {
        return Ok(error);
    }
    let observed = format!("{} local calls", calls.len());
    Err(world.broken("no local call", observed).shown_by(calls.iter().map(line)).into())
}

/// Changes a value in the first block of a `cbc` text by its iv: the text still reads well.
async fn altered_value(world: &mut World, args: Args) -> Judged {
    if world.edition().cipher != Cipher::Cbc {
        return Err(Stop::not_applicable("only cbc lets a value be altered without a trace"));
    }
    if let Some(reason) = world.trust_target()?.out_of_reach(&world.clause(), world.edition()) {
        return Err(Stop::not_applicable(reason));
    }
    let kind = TaskType::UpdateUserProfile;
    let payload = honest(kind, world.stage().await?).await?;
    let plaintext = payload.to_string();
    let stage = world.staged()?;
    let sealed = Honest { stage, task_type: kind.name(), plaintext: &plaintext }.genuine()?;
    let mut bytes = STANDARD.decode(sealed).map_err(Stop::not_verified)?;
    let at = plaintext.find(":\"").map_or(10, |at| at + 2);
    bytes[at] ^= 1;
    let sealed = Some(STANDARD.encode(bytes));
    deliver_sealed(world, kind, args.group(0), payload, sealed).await
}

/// A hub of one edition, trust and site services of the edition judged.
async fn opposite(world: &mut World, args: Args) -> Judged {
    let id: EditionId = args.group(0).parse().map_err(Stop::not_verified)?;
    let plan = StagePlan { hub_edition: Some(id.row()), ..world.usual_plan() };
    world.open_stage(Some(plan)).await
}

async fn same_paths(world: &mut World, _: Args) -> Judged {
    if speak(world)? {
        return Ok(());
    }
    Err(Stop::not_applicable("the two editions have no paths in common"))
}

async fn other_paths(world: &mut World, _: Args) -> Judged {
    if speak(world)? {
        return Err(Stop::not_applicable("the two editions have their paths in common"));
    }
    Ok(())
}

async fn in_vain(world: &mut World, args: Args) -> Judged {
    let count: usize = args.number(0)?;
    let waited = world
        .until_hub_saw(
            world.patience(world.next_cycle_secs()),
            "calls of missing paths",
            None,
            |seen| {
                let missed = seen.iter().filter(|call| call.status == 404).count();
                Probe::found((missed >= count).then_some(()), format!("{missed} calls"))
            },
        )
        .await?;
    waited.map_err(|overdue| world.broken("the trust keeps calling", overdue.to_string()).into())
}

fn speak(world: &World) -> Judged<bool> {
    let stage = world.staged()?;
    let named = |paths: TrustPaths| paths == TrustPaths::Named;
    Ok(named(stage.edition.paths) == named(stage.hub_edition.paths))
}

/// Queues one task a type that both sides know, waits for all of them, and judges each.
async fn done_or_refused(world: &mut World, _: Args) -> Judged {
    let stage = world.staged()?;
    let (hub, trust) = (stage.hub_edition, stage.edition);
    let kinds: Vec<TaskType> = scene_kinds(hub.hub_task_types).collect();
    for kind in &kinds {
        queue_honest(world, kind.name(), kind.name()).await?;
    }
    let readable = hub.cipher == trust.cipher
        || trust.cipher == Cipher::GcmKid && trust.reads_legacy_cbc && hub.cipher == Cipher::Cbc;
    let states_reasons =
        matches!(trust.failure_result, FailureResult::Error | FailureResult::ErrorWithStatus);
    for kind in &kinds {
        let task = settled(world, kind.name()).await?;
        if readable && task.status != "COMPLETED" {
            unless_call_is_wrong(world).await?;
            let expected = "a task in a format the trust reads is done";
            return Err(about_task(world, expected, task.result.unwrap_or_default()).await?);
        }
        if !readable {
            let error = refusal(world, kind.name()).await?;
            if error.is_empty() && states_reasons {
                let observed = task.result.unwrap_or_else(|| "null".to_owned());
                return Err(about_task(world, "a stated reason", observed).await?);
            }
        }
    }
    nothing_vanished(world).await
}

/// Every task that was handed out has a report.
async fn nothing_vanished(world: &World) -> Judged {
    let polls = world.hub_seen(Some("pending")).await?;
    for id in polls.iter().flat_map(delivered) {
        let waited = world
            .until_hub_saw(
                world.patience(world.work_end_secs()),
                "a report",
                Some("result"),
                |seen| {
                    let report = seen.iter().any(|report| report.path.contains(&id));
                    Probe::found(report.then_some(()), "none")
                },
            )
            .await?;
        if let Err(overdue) = waited {
            return Err(world.broken("a report for each task", overdue.to_string()).into());
        }
    }
    Ok(())
}

fn task_type(word: &str) -> Judged<TaskType> {
    TaskType::parse(word).ok_or_else(|| Stop::not_verified(format!("no task type {word:?}")))
}

/// A payload key that nobody in the federation holds.
const FOREIGN_KEY: &str = "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=";
