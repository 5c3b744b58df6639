//! Trainings run by the FL server stand-in, and what the hub holds of them afterwards.

use contract::fl_line::{FlLine, FlLineId};
use serde_json::{Value, json};

use super::{demand, fact, model_row};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::hub_stage::FlPost;
use crate::oracle::hub::Breach;
use crate::oracle::hub::pairing::{self, Extent, Rows, Verdict};
use crate::oracle::stored::Run;
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r#"a training of (\d+) rounds with "(\w+)" and "(\w+)" runs on the FL line (fl-[\w.-]+)"# => runs_on,
    r#"a training of (\d+) rounds with "(\w+)" and "(\w+)" runs on the edition's own FL line"# => runs_on_own,
    r#"a training in which "(\w+)" crashes runs on the edition's own FL line"# => crashes,
    r"the hub holds what the compatibility table gives for this pairing" => as_in_table,
    r"the pairing is called a silent loss exactly when rows are missing" => called_loss,
    r"the hub holds every metric and every event of the training once" => holds_all,
    r"what the training sent is what the hub holds" => conserved,
    r#"the failure of "(\w+)" is stored with its client and as no success"# => failure_stored,
    r#"the training ended as "(\w+)""# => ended_as,
    r#"a training on the FL line (fl-[\w.-]+) finds an ingest that never answers"# => silent_ingest,
    r"the training gave up by itself" => gave_up,
];

async fn runs_on(world: &mut World, args: Args) -> Judged {
    let id: FlLineId = args.group(3).parse().map_err(Stop::not_verified)?;
    train(world, &args, id.row()).await
}

async fn runs_on_own(world: &mut World, args: Args) -> Judged {
    let line = own_line(world)?;
    train(world, &args, line).await
}

pub(super) fn own_line(world: &World) -> Judged<&'static FlLine> {
    let line = pairing::line_of(world.edition());
    line.ok_or_else(|| Stop::not_verified("no FL line fits this edition"))
}

async fn train(world: &mut World, args: &Args, line: &FlLine) -> Judged {
    let rounds: usize = args.number(0)?;
    let clients = slots(world, &[args.group(1), args.group(2)])?;
    let order = json!({"rounds": rounds, "clients": clients, "labels": ["TRAIN_LOSS"]});
    world.vars.insert("rounds".to_owned(), rounds.to_string());
    run(world, line, order).await
}

async fn crashes(world: &mut World, args: Args) -> Judged {
    let clients = slots(world, &[args.group(0)])?;
    let order = json!({"rounds": 1, "clients": clients, "crash": clients[0]});
    let line = own_line(world)?;
    run(world, line, order).await
}

pub(super) fn slots(world: &World, names: &[&str]) -> Judged<Vec<String>> {
    names.iter().map(|name| Ok(world.hub()?.trust(name)?.slot.clone())).collect()
}

pub(super) async fn run(world: &mut World, line: &FlLine, mut order: Value) -> Judged {
    let hub = world.hub_mut()?;
    let model_id = hub.model("model")?;
    order["model_id"] = json!(model_id);
    order["line"] = json!(line.id);
    let report = hub.control()?.training(order).await?;
    let answers = report["answers"].as_array().cloned().unwrap_or_default();
    let post = |answer: &Value| {
        let what = match answer["what"].as_str()?.split(' ').next()? {
            "metric" => "metrics",
            "log" | "event" => "logs",
            _ => return None,
        };
        let body = serde_json::from_str(answer["body"].as_str()?).ok()?;
        let status = answer["status"].as_u64().and_then(|status| u16::try_from(status).ok())?;
        Some(FlPost { model_id: model_id.clone(), what, body, status })
    };
    hub.posted.extend(answers.iter().filter_map(post));
    world.vars.insert("line".to_owned(), line.id.name().to_owned());
    world.vars.insert("training".to_owned(), report.to_string());
    Ok(())
}

pub(super) fn report(world: &World) -> Judged<Value> {
    let text = world.vars.get("training");
    let text = text.ok_or_else(|| Stop::not_verified("no training ran in this scenario"))?;
    serde_json::from_str(text).map_err(Stop::not_verified)
}

/// The line of the training and its extent.
pub(super) fn pair(world: &World) -> Judged<(&'static FlLine, Extent)> {
    let var = |name: &str| world.vars.get(name).map(String::as_str).unwrap_or_default();
    let line: FlLineId = var("line").parse().map_err(Stop::not_verified)?;
    let rounds = var("rounds").parse().map_err(Stop::not_verified)?;
    Ok((line.row(), Extent { rounds, clients: 2, labels: 1 }))
}

pub(super) async fn stored(world: &World) -> Judged<Rows> {
    let model = model_row(world).await?;
    let logs = model["logs"].as_array().cloned().unwrap_or_default();
    let metrics = model["metrics"].as_array().map_or(0, Vec::len);
    let events = logs.iter().filter(|row| row["event_type"].is_string()).count();
    Ok(Rows { metrics, events })
}

async fn as_in_table(world: &mut World, _: Args) -> Judged {
    let (line, extent) = pair(world)?;
    let edition = world.edition();
    let (wanted, seen) = (pairing::kept(edition, line, extent), stored(world).await?);
    fact(world, seen == wanted, &format!("{wanted:?}"), format!("{seen:?}"))?;
    let answers = report(world)?["answers"].clone();
    let word = format!("status {}", line.running_word);
    let answered =
        answers.as_array().and_then(|all| all.iter().find(|a| a["what"] == word.as_str()));
    let granted = answered.is_some_and(|answer| answer["status"] == 200);
    let expected = pairing::running_word(edition, line);
    let holds = granted == expected.is_some();
    fact(world, holds, &format!("{word} as {expected:?}"), format!("taken: {granted}"))
}

async fn called_loss(world: &mut World, _: Args) -> Judged {
    let (line, extent) = pair(world)?;
    let ended = report(world)?["ended"].as_str().unwrap_or_default().to_owned();
    let sent = pairing::sent(line, extent);
    let called = pairing::verdict(sent, stored(world).await?, &ended);
    let wanted = if pairing::kept(world.edition(), line, extent) == sent {
        Verdict::Complete
    } else {
        Verdict::SilentLoss
    };
    fact(world, called == wanted, &format!("{wanted:?}"), format!("{called:?}, ended {ended}"))
}

async fn holds_all(world: &mut World, _: Args) -> Judged {
    let (line, extent) = pair(world)?;
    let (wanted, seen) = (pairing::sent(line, extent), stored(world).await?);
    fact(world, seen == wanted, &format!("{wanted:?}"), format!("{seen:?}"))
}

/// Conservation and nothing else: every post has its row, with its meaning.
async fn conserved(world: &mut World, _: Args) -> Judged {
    let (report, model) = (report(world)?, model_row(world).await?);
    if report["answers"].as_array().is_none_or(Vec::is_empty) {
        return Err(Stop::not_verified("the FL server posted nothing"));
    }
    let hub = world.hub()?;
    let owner = |name: &str| Some((hub.client(name).ok()?, hub.trust(name).ok()?.id.clone()));
    let owners = ["Alpha", "Beta"].into_iter().filter_map(owner).collect();
    let run = Run { hub: world.edition(), report: &report, model: &model, owners: &owners };
    let flaws: Vec<String> = run.flaws().into_iter().map(|flaw| flaw.sentence).collect();
    let breach = flaws.first().map(|flaw| Breach::new("each post held once, as it was sent", flaw));
    demand(world, breach, flaws.clone())
}

async fn failure_stored(world: &mut World, args: Args) -> Judged {
    let client = world.hub()?.client(args.group(0))?;
    let model = model_row(world).await?;
    let logs = model["logs"].as_array().cloned().unwrap_or_default();
    let own = logs.iter().filter(|row| {
        row["fl_client_name"] == client.as_str()
            && row["log"].is_string()
            && row["success"] == false
    });
    let count = own.count();
    let observed = format!("{count} such rows: {}", model["logs"]);
    fact(world, count == 1, &format!("one failure of {client}"), observed)
}

async fn ended_as(world: &mut World, args: Args) -> Judged {
    let ended = report(world)?["ended"].clone();
    fact(world, ended == args.group(0), args.group(0), ended.to_string())
}

/// The stand-in posts to a listener that takes connections and says nothing.
async fn silent_ingest(world: &mut World, args: Args) -> Judged {
    let id: FlLineId = args.group(0).parse().map_err(Stop::not_verified)?;
    let silent =
        tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.map_err(Stop::not_verified)?;
    let address = silent.local_addr().map_err(Stop::not_verified)?;
    let hold = async {
        let mut held = Vec::new();
        while let Ok(taken) = silent.accept().await {
            held.push(taken);
        }
        held
    };
    let clients = slots(world, &["Alpha"])?;
    let order = json!({
        "rounds": 1,
        "clients": clients,
        "ingest_url": format!("http://{address}/api"),
        "time_scale": LIMIT_SCALE,
        "deadline_ms": SILENCE_MS,
    });
    tokio::select! {
        ran = run(world, id.row(), order) => ran,
        _ = hold => Err(Stop::not_verified("the silent listener ended")),
    }
}

async fn gave_up(world: &mut World, _: Args) -> Judged {
    let ended = report(world)?["ended"].as_str().unwrap_or_default().to_owned();
    let breach = (ended == "BLOCKED")
        .then(|| Breach::new("every call ends within its limit", "a call that never ended"));
    demand(world, breach, Vec::new())
}

/// Shortens the lines' time limits of seconds to milliseconds.
const LIMIT_SCALE: f64 = 0.001;
/// 60 s of the contract are 60 ms here; a run of six calls gets so much and a busy machine's share.
const SILENCE_MS: u64 = 5_000;
