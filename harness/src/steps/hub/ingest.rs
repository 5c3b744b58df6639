//! What the FL server beside the hub posts: metrics, logs, events and status words.

use contract::edition::{Edition, LogBody, MetricBody};
use serde_json::{Value, json};

use super::{UNKNOWN_ID, demand, fact, fill, group_lines, model_row};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::hub_stage::Ask;
use crate::oracle::hub::ingest::{is_log_row, is_metric_row};
use crate::oracle::hub::{Breach, refusal};
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r#"the FL server posts a metric of "(\w+)""# => posts_metric,
    r#"the FL server has posted a metric of "(\w+)""# => has_posted_metric,
    r#"the FL server posts a metric of "(\w+)" at (\S+) on "(.+)""# => posts_on_axis,
    r#"the FL server posts a metric in the name of "(.*)""# => posts_as,
    r#"the FL server posts a metric of "(\w+)" without (\w+)"# => posts_without,
    r#"the FL server posts a metric of "(\w+)" with the result (NaN|Infinity|-Infinity)"# => posts_infinite,
    r#"the FL server posts a metric of "(\w+)" as the line fl-0.1.8 does"# => posts_old_metric,
    r"the metric is stored as one row" => metric_stored,
    r"the model has (no|\d+) metric rows?" => metric_rows,
    r#"the stored metric lies at (\S+) on "(.+)""# => lies_at,
    r#"the FL server posts a log of "(\w+)""# => posts_log,
    r#"the FL server has posted a log of "(\w+)""# => has_posted_log,
    r#"the FL server posts a log of "(\w+)" with (.+)"# => posts_log_with,
    r#"the FL server posts a log of "(\w+)" as the line fl-0.1.8 does"# => posts_old_log,
    r"the log is stored as one row" => log_stored,
    r"the stored log has no round and the details that were sent" => waiting_stored,
    r"the model has (no|\d+) log rows?" => log_rows,
    r#"the log was refused, or is kept for "(\w+)" and not as a success"# => old_log_judged,
    r#"the FL server sets the status "(\w+)""# => sets_status,
    r#"the FL server has set the status "(\w+)""# => has_set_status,
    r#"the FL server sets the status "(\w+)" of a model nobody made"# => sets_unknown,
    r#"the model's status is "(\w+)""# => status_is,
    r#"the model's status is not "(\w+)""# => status_is_not,
    r"every status word of the edition is taken and kept" => every_word,
];

/// A metric as the edition's own FL server posts it.
pub(super) fn metric(edition: &Edition, client: &str) -> Value {
    match edition.metric_body {
        MetricBody::TrustName => {
            json!({"trust": client, "globalRound": 3, "label": "TRAIN_LOSS", "result": 0.25})
        }
        MetricBody::ClientName | MetricBody::ClientNameWithAxis => json!({
            "fl_client_name": client, "global_round": 3, "label": "TRAIN_LOSS", "result": 0.25,
        }),
    }
}

/// A failure log as the edition's own FL server posts it.
pub(super) fn log(edition: &Edition, client: &str) -> Value {
    match edition.log_body {
        LogBody::TrustName => json!({"trust": client, "log": "ValueError: boom"}),
        LogBody::ClientName => json!({"fl_client_name": client, "log": "ValueError: boom"}),
        LogBody::Typed | LogBody::TypedWithCaps => json!({
            "fl_client_name": client, "log": "ValueError: boom", "event_type": null,
            "global_round": null, "details": null, "success": false,
        }),
    }
}

// ---- metrics ----

async fn posts_metric(world: &mut World, args: Args) -> Judged {
    let body = usual_metric(world, args.group(0))?;
    post(world, "metrics", &body).await
}

async fn has_posted_metric(world: &mut World, args: Args) -> Judged {
    posts_metric(world, args).await?;
    accepted(world, "the metric")
}

async fn posts_on_axis(world: &mut World, args: Args) -> Judged {
    let mut body = usual_metric(world, args.group(0))?;
    body["x_value"] = json!(args.number::<f64>(1)?);
    body["x_label"] = json!(args.group(2));
    post(world, "metrics", &body).await
}

async fn posts_as(world: &mut World, args: Args) -> Judged {
    let client = fill(world, args.group(0))?;
    let body = metric(world.edition(), &client);
    post(world, "metrics", &body).await
}

async fn posts_without(world: &mut World, args: Args) -> Judged {
    let mut body = usual_metric(world, args.group(0))?;
    let removed = body.as_object_mut().and_then(|body| body.remove(args.group(1)));
    if removed.is_none() {
        return Err(Stop::not_verified(format!("a metric has no member {}", args.group(1))));
    }
    post(world, "metrics", &body).await
}

async fn posts_infinite(world: &mut World, args: Args) -> Judged {
    let body = usual_metric(world, args.group(0))?.to_string();
    let body = body.replace("0.25", args.group(1));
    let hub = world.hub_mut()?;
    let ask = Ask::post(format!("/model/{}/metrics", hub.model("model")?)).raw_json(body);
    let ask = hub.as_fl_server(ask).await?;
    hub.ask(ask).await.map(drop)
}

async fn posts_old_metric(world: &mut World, args: Args) -> Judged {
    let client = world.hub()?.client(args.group(0))?;
    let body = json!({"trust": client, "globalRound": 3, "label": "TRAIN_LOSS", "result": 0.25});
    post(world, "metrics", &body).await
}

fn usual_metric(world: &World, trust: &str) -> Judged<Value> {
    Ok(metric(world.edition(), &world.hub()?.client(trust)?))
}

async fn metric_stored(world: &mut World, _: Args) -> Judged {
    let body = world.hub()?.last()?.ask.body_json();
    let model = model_row(world).await?;
    let rows = model["metrics"].as_array().cloned().unwrap_or_default();
    let alike = rows.iter().filter(|row| is_metric_row(world.edition(), &body, row)).count();
    let observed = format!("{alike} such rows among {}: {}", rows.len(), model["metrics"]);
    fact(world, alike == 1 && rows.len() == 1, &format!("one row with {body}"), observed)
}

async fn metric_rows(world: &mut World, args: Args) -> Judged {
    rows(world, "metrics", &args).await
}

async fn lies_at(world: &mut World, args: Args) -> Judged {
    let x: f64 = args.number(0)?;
    let model = model_row(world).await?;
    let row = &model["metrics"][0];
    let near = row["x_value"].as_f64().is_some_and(|seen| (seen - x).abs() < f64::EPSILON);
    let holds = near && row["x_label"] == args.group(1);
    let observed = format!("x {} on {}", row["x_value"], row["x_label"]);
    fact(world, holds, &format!("x {x} on {:?}", args.group(1)), observed)
}

// ---- logs ----

async fn posts_log(world: &mut World, args: Args) -> Judged {
    let body = log(world.edition(), &world.hub()?.client(args.group(0))?);
    post(world, "logs", &body).await
}

async fn has_posted_log(world: &mut World, args: Args) -> Judged {
    posts_log(world, args).await?;
    accepted(world, "the log")
}

async fn posts_log_with(world: &mut World, args: Args) -> Judged {
    let client = world.hub()?.client(args.group(0))?;
    let event =
        |word: &str| json!({"fl_client_name": client, "event_type": word, "global_round": 1});
    let details = |bytes: usize| {
        let mut body = event("CLIENT_RESULT_RECEIVED");
        body["details"] = json!({"text": "x".repeat(bytes)});
        body
    };
    let mut body = event("ROUND_STARTED");
    let body = match args.group(1) {
        "a text" => json!({"fl_client_name": client, "log": "ValueError: boom"}),
        "an event" => body,
        "an event nobody knows" => event("TEA_WAS_SERVED"),
        "an event word of 64 characters" => event(&"E".repeat(64)),
        // Spaced as Python writes it this is exactly the limit.
        "details of 8192 bytes" => details(8192 - r#"{"text": ""}"#.len()),
        "no client" => json!({"log": "ValueError: boom"}),
        "neither text nor event" => json!({"fl_client_name": client}),
        "both text and event" => {
            body["log"] = json!("ValueError: boom");
            body
        }
        "an event without round" => {
            json!({"fl_client_name": client, "event_type": "ROUND_STARTED"})
        }
        "the waiting event" => json!({
            "fl_client_name": client, "event_type": "JOB_WAITING_FOR_RESOURCES", "success": true,
            "details": {"attempt": 3, "max_attempts": 10, "final": false, "requested": 1},
        }),
        "an event in round 0" => {
            body["global_round"] = json!(0);
            body
        }
        "an event word of 65 characters" => event(&"E".repeat(65)),
        // Too long however it is spaced.
        "details of 8193 bytes" => details(8193 - r#"{"text":""}"#.len()),
        "an event of the hub's own scheduler" => event("QUEUE_POSITION"),
        other => return Err(Stop::not_verified(format!("no log is called {other:?}"))),
    };
    post(world, "logs", &body).await
}

async fn posts_old_log(world: &mut World, args: Args) -> Judged {
    let client = world.hub()?.client(args.group(0))?;
    post(world, "logs", &json!({"trust": client, "log": "ValueError: boom"})).await
}

async fn log_stored(world: &mut World, _: Args) -> Judged {
    let body = world.hub()?.last()?.ask.body_json();
    let model = model_row(world).await?;
    let rows = model["logs"].as_array().cloned().unwrap_or_default();
    let alike = rows.iter().filter(|row| is_log_row(world.edition(), &body, row)).count();
    let observed = format!("{alike} such rows among {}: {}", rows.len(), model["logs"]);
    fact(world, alike == 1 && rows.len() == 1, &format!("one row with {body}"), observed)
}

async fn waiting_stored(world: &mut World, _: Args) -> Judged {
    let sent = world.hub()?.last()?.ask.body_json();
    let row = model_row(world).await?["logs"][0].clone();
    let holds = row["global_round"].is_null() && row["details"] == sent["details"];
    let expected = format!("no round, and the details {}", sent["details"]);
    let observed = format!("round {}, details {}", row["global_round"], row["details"]);
    fact(world, holds, &expected, observed)
}

async fn log_rows(world: &mut World, args: Args) -> Judged {
    rows(world, "logs", &args).await
}

/// The old body knows no success and no client by slot: refusing it is right, and so is a row that
/// is the client's and no success.
async fn old_log_judged(world: &mut World, args: Args) -> Judged {
    if world.hub()?.last()?.reply.status / 100 == 4 {
        return Ok(());
    }
    let slot = world.hub()?.client(args.group(0))?;
    let model = model_row(world).await?;
    let row = &model["logs"][0];
    let holds = row["fl_client_name"] == slot.as_str() && row["success"] == false;
    let observed = format!("client {}, success {}", row["fl_client_name"], row["success"]);
    fact(world, holds, &format!("a refusal, or a row of {slot} with success false"), observed)
}

// ---- status ----

async fn sets_status(world: &mut World, args: Args) -> Judged {
    let model = world.hub()?.model("model")?;
    set(world, &model, args.group(0)).await
}

async fn has_set_status(world: &mut World, args: Args) -> Judged {
    sets_status(world, args).await?;
    accepted(world, "the status word")
}

async fn sets_unknown(world: &mut World, args: Args) -> Judged {
    set(world, UNKNOWN_ID, args.group(0)).await
}

async fn set(world: &mut World, model_id: &str, word: &str) -> Judged {
    let hub = world.hub_mut()?;
    let ask = hub.status_word(model_id, word).await?;
    hub.ask(ask).await.map(drop)
}

async fn status_is(world: &mut World, args: Args) -> Judged {
    let seen = model_row(world).await?["status"].clone();
    fact(world, seen == args.group(0), args.group(0), seen.to_string())
}

async fn status_is_not(world: &mut World, args: Args) -> Judged {
    let seen = model_row(world).await?["status"].clone();
    fact(world, seen != args.group(0), &format!("not {}", args.group(0)), seen.to_string())
}

/// Each word on a model of its own, so that none hides another.
async fn every_word(world: &mut World, _: Args) -> Judged {
    for word in world.edition().status_words {
        let id = world.hub_stage().await?.control()?.model(&[]).await?;
        set(world, &id, word).await?;
        let reply = world.hub()?.last()?.reply.clone();
        let breach = refusal::status(&reply, 200).or_else(|| {
            let right = reply.json() == json!({"success": "status set"});
            (!right).then(|| Breach::new(r#"{"success":"status set"}"#, refusal::summary(&reply)))
        });
        demand(world, breach, group_lines(world)?)?;
        let seen = world.hub()?.control()?.model_rows(&id).await?["status"].clone();
        fact(world, seen == *word, &format!("status {word}"), seen.to_string())?;
    }
    Ok(())
}

// ---- common ----

async fn post(world: &mut World, what: &str, body: &Value) -> Judged {
    let hub = world.hub_mut()?;
    let ask = hub.ingest("model", what, body).await?;
    hub.ask(ask).await.map(drop)
}

/// The last post was taken, or the scenario cannot go on.
fn accepted(world: &World, what: &str) -> Judged {
    let last = world.hub()?.last()?;
    super::must_hold(last.reply.is_success(), &format!("{what} was not taken"), last)
}

async fn rows(world: &World, member: &str, args: &Args) -> Judged {
    let wanted: usize = if args.group(0) == "no" { 0 } else { args.number(0)? };
    let model = model_row(world).await?;
    let count = model[member].as_array().map_or(0, Vec::len);
    fact(world, count == wanted, &format!("{wanted} rows"), format!("{count}: {}", model[member]))
}
