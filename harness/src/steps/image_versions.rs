//! FL images of one line at a hub of another: what is stored, and what nobody is told of (fl 5).

use contract::fl_line::FlLineId;
use serde_json::{Value, json};

use super::tasks::line;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::oracle::fl_loss::{Loss, losses, rows_of_run};
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r#"an FL server of line "([\w.-]+)" trains (\d+) rounds with this trust"# => trains,
    r#"an FL server of line "([\w.-]+)" trains with this trust, whose client fails"# => fails,
    r#"an FL server with the old hub-internal key trains (\d+) rounds with this trust"# => old_key,
    r"an FL server without (its key|the hub's address) trains (\d+) rounds with this trust" => bare,
    r"everything the run produced is stored once" => nothing_lost,
    r"every metric of the run is stored once" => metrics_stored,
    r"nothing of the run is stored" => nothing_stored,
    r#"the hub refuses (metrics|logs) with 422 for want of "(\w+)""# => refused_for,
    r"the run ends as RESULTS_UPLOADED all the same" => ends_well,
    r"flipcheck names the silent loss of (metrics|events|logs)" => names_loss,
    r"flipcheck names a failure that is stored as something else" => names_change,
];

async fn trains(world: &mut World, args: Args) -> Judged {
    let line: FlLineId = args.number(0)?;
    let rounds: u32 = args.number(1)?;
    train(world, json!({"line": line.name(), "trust_line": line.name(), "rounds": rounds})).await
}

async fn fails(world: &mut World, args: Args) -> Judged {
    let line: FlLineId = args.number(0)?;
    let slot = world.staged()?.registration.slot.clone();
    train(world, json!({"line": line.name(), "rounds": 1, "crash": slot})).await
}

/// A key nobody holds any more is any key but the one in force.
async fn old_key(world: &mut World, args: Args) -> Judged {
    let rounds: u32 = args.number(0)?;
    let key = contract::key::mint_key(&mut rand::rng());
    train(world, json!({"rounds": rounds, "key": key.expose()})).await
}

/// What a missing variable comes to: an empty header, or a base URL at which nobody listens.
async fn bare(world: &mut World, args: Args) -> Judged {
    let rounds: u32 = args.number(1)?;
    let nowhere = json!({"rounds": rounds, "ingest_url": "http://127.0.0.1:1/api"});
    let keyless = json!({"rounds": rounds, "key": ""});
    train(world, if args.group(0) == "its key" { keyless } else { nowhere }).await
}

async fn train(world: &mut World, mut order: Value) -> Judged {
    let stage = world.staged()?;
    let model = stage.hub_control.model(&[&stage.registration.id]).await?;
    order["model_id"] = json!(model);
    order["clients"] = json!([stage.registration.slot]);
    let report = stage.hub_control.training(order).await?;
    world.vars.insert("model".to_owned(), model);
    world.vars.insert("training".to_owned(), report.to_string());
    Ok(())
}

/// What the FL server told of its posts, and what the hub holds.
async fn run_of(world: &World) -> Judged<(Value, Value)> {
    let missing = || Stop::not_verified("no training was run");
    let report = world.vars.get("training").ok_or_else(missing)?;
    let report: Value = serde_json::from_str(report).map_err(Stop::not_verified)?;
    let model = world.vars.get("model").ok_or_else(missing)?;
    if report["answers"].as_array().is_none_or(Vec::is_empty) {
        return Err(Stop::not_verified("the FL server posted nothing"));
    }
    Ok((report, world.staged()?.hub_control.model_rows(model).await?))
}

async fn found(world: &World) -> Judged<Vec<Loss>> {
    let (report, model) = run_of(world).await?;
    Ok(losses(&report, &model))
}

async fn nothing_lost(world: &mut World, _: Args) -> Judged {
    let found = found(world).await?;
    let Some(first) = found.first() else { return Ok(()) };
    let finding = world.broken("one row for all that was sent", first.sentence.clone());
    Err(finding.shown_by(found.into_iter().map(|loss| loss.sentence)).into())
}

async fn metrics_stored(world: &mut World, _: Args) -> Judged {
    let (report, _) = run_of(world).await?;
    if report["sent"]["metrics"].as_u64().unwrap_or_default() == 0 {
        return Err(Stop::not_verified("the run produced no metric"));
    }
    match found(world).await?.into_iter().find(|loss| loss.kind == "metrics") {
        None => Ok(()),
        Some(loss) => Err(world.broken("one row for each metric", loss.sentence).into()),
    }
}

async fn nothing_stored(world: &mut World, _: Args) -> Judged {
    let (report, model) = run_of(world).await?;
    match rows_of_run(&report, &model) {
        0 => Ok(()),
        rows => Err(world.broken("no row of this run", format!("{rows} rows")).into()),
    }
}

async fn refused_for(world: &mut World, args: Args) -> Judged {
    let (route, member) = (args.group(0), args.group(1));
    let posts = world.hub_seen(Some(route)).await?;
    if posts.is_empty() {
        return Err(Stop::not_verified(format!("no post of {route} was seen")));
    }
    let named = |body: &str| {
        let reply: Value = serde_json::from_str(body).unwrap_or_default();
        let detail = reply["detail"].as_array().cloned().unwrap_or_default();
        detail.iter().any(|entry| {
            entry["type"] == "missing"
                && entry["loc"].as_array().is_some_and(|loc| loc.iter().any(|at| at == member))
        })
    };
    let odd: Vec<String> = posts
        .iter()
        .filter(|post| post.status != 422 || !named(&post.response_body))
        .map(line)
        .collect();
    if odd.is_empty() {
        return Ok(());
    }
    let expected = format!("422 whose loc names {member} for each of {} {route}", posts.len());
    let observed = format!("{} answers are others", odd.len());
    Err(world.broken(expected, observed).shown_by(odd).into())
}

async fn ends_well(world: &mut World, _: Args) -> Judged {
    let (report, _) = run_of(world).await?;
    match report["ended"].as_str() {
        Some("RESULTS_UPLOADED") => Ok(()),
        other => Err(Stop::not_verified(format!("the run ended {}", other.unwrap_or("nohow")))),
    }
}

async fn names_loss(world: &mut World, args: Args) -> Judged {
    let found = found(world).await?;
    let named = found.iter().any(|loss| loss.kind == args.group(0) && loss.silent);
    if named {
        return Ok(());
    }
    let all: Vec<String> = found.into_iter().map(|loss| loss.sentence).collect();
    let expected = format!("a silent loss of {}", args.group(0));
    Err(world.broken(expected, format!("{} losses named", all.len())).shown_by(all).into())
}

async fn names_change(world: &mut World, _: Args) -> Judged {
    let found = found(world).await?;
    if found.iter().any(|loss| loss.kind == "logs") {
        return Ok(());
    }
    Err(world.broken("the failure named as lost or changed", "no loss was named").into())
}
