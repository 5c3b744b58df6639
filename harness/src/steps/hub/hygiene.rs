//! Refusals of every kind, the open doors of a hub, and its public face.

use contract::wire::INTERNAL_KEY_HEADER;
use reqwest::Method;

use super::{UNKNOWN_ID, demand, fact, judge_last, must_hold};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::hub_stage::{Ask, ONLINE_LIST, REGISTRATION};
use crate::oracle::hub::{Breach, refusal, secrecy};
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r"somebody makes (.+) of the hub" => bad_call,
    r"who is Online is asked without a token" => online_bare,
    r"who is Online is asked with a token" => online_with_token,
    r"the hub's health is asked for" => health,
    r"the API documents are asked for" => documents,
    r"no API document is served" => no_document,
    r#"the public host is asked for "(.+)""# => host_page,
    r"the reply is an HTML page" => is_html,
    r"the reply is JSON, not a page" => is_json,
    r"the reply is nothing but a refusal" => only_refusal,
    r"the reply shows nothing of the hub's inside" => no_inside,
];

/// A call that must be refused, by what is wrong with it.
async fn bad_call(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_stage().await?;
    let ask = match args.group(0) {
        "a call to an unknown path" => Ask::get("/no/such/path"),
        "a call with a wrong method" => Ask { method: Method::DELETE, ..Ask::get("/health") },
        "a call without a key" => Ask::post(hub.heartbeat_path("Alpha")),
        "a call with malformed JSON" => {
            hub.as_trust("Alpha", Ask::post(crate::hub_stage::COUNTS))?.raw_json("{not json")
        }
        "a call with JSON that is not announced as such" => {
            let ask = hub.as_trust("Alpha", Ask::post(crate::hub_stage::COUNTS))?;
            Ask { body: Some(b"{}".to_vec()), ..ask }
        }
        "a call with missing members" => {
            hub.as_trust("Alpha", Ask::post(crate::hub_stage::COUNTS))?.raw_json("{}")
        }
        "a call about an id that is no UUID" => {
            let path = hub.report_path("Alpha", "twelve");
            hub.as_trust("Alpha", Ask::post(path))?.raw_json(r#"{"success":true}"#)
        }
        "a registration without a token" => Ask::post(REGISTRATION).raw_json("{}"),
        "an ingest call without a key" => {
            Ask::post(format!("/model/{UNKNOWN_ID}/logs")).raw_json("{}")
        }
        other => return Err(Stop::not_verified(format!("no call is called {other:?}"))),
    };
    hub.ask(ask).await.map(drop)
}

async fn online_bare(world: &mut World, _: Args) -> Judged {
    world.hub_stage().await?.ask(Ask::get(ONLINE_LIST)).await.map(drop)
}

async fn online_with_token(world: &mut World, _: Args) -> Judged {
    let hub = world.hub_stage().await?;
    let ask = hub.as_user("user", Ask::get(ONLINE_LIST)).await?;
    hub.ask(ask).await?;
    let last = hub.last()?;
    must_hold(last.reply.status == 200, "a token does not open the list either", last)
}

async fn health(world: &mut World, _: Args) -> Judged {
    world.hub_stage().await?.ask(Ask::get("/health")).await.map(drop)
}

async fn documents(world: &mut World, _: Args) -> Judged {
    let asks = ["/docs", "/redoc", "/openapi.json"].map(Ask::get).to_vec();
    world.hub_stage().await?.ask_each(asks).await.map(drop)
}

async fn no_document(world: &mut World, _: Args) -> Judged {
    let group = world.hub()?.last_group();
    let served = group.iter().find(|seen| seen.reply.is_success());
    let breach = served.map(|seen| {
        Breach::new(format!("no document at {}", seen.ask.path), refusal::summary(&seen.reply))
    });
    demand(world, breach, Vec::new())
}

async fn host_page(world: &mut World, args: Args) -> Judged {
    let ask = Ask::get(args.group(0)).at_host().header(INTERNAL_KEY_HEADER, "nobody");
    world.hub_stage().await?.ask(ask).await.map(drop)
}

async fn is_html(world: &mut World, _: Args) -> Judged {
    judge_last(world, |reply| {
        let kind = reply.header("content-type").unwrap_or_default();
        let holds = reply.status == 200 && kind.starts_with("text/html");
        (!holds).then(|| Breach::new("200 and text/html", format!("{} and {kind:?}", reply.status)))
    })
}

async fn is_json(world: &mut World, _: Args) -> Judged {
    judge_last(world, |reply| {
        let kind = reply.header("content-type").unwrap_or_default();
        let holds = kind.starts_with("application/json") && !reply.json().is_null();
        (!holds).then(|| Breach::new("JSON", format!("{} and {kind:?}", reply.status)))
    })
}

/// A refusal with a short, fixed text.
async fn only_refusal(world: &mut World, _: Args) -> Judged {
    let last = world.hub()?.last()?;
    let length = last.reply.text.len();
    let holds = last.reply.status >= 400 && length <= REFUSAL_BYTES_MAX;
    let observed = format!("{} with {length} bytes", last.reply.status);
    fact(world, holds, &format!("a refusal of at most {REFUSAL_BYTES_MAX} bytes"), observed)
}

async fn no_inside(world: &mut World, _: Args) -> Judged {
    let last = world.hub()?.last()?;
    demand(world, secrecy::inside(last), vec![last.line()])
}

const REFUSAL_BYTES_MAX: usize = 2048;
