//! What adds up: an honest call, timed; a burst of calls that may leave something behind; the same
//! honest call again.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use url::Url;

use super::must_hold;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::hub_stage::Ask;
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r#"an honest heartbeat of "(\w+)" is timed"# => timed,
    r#"(\d+) callers with the key of "(\w+)" hang up in mid-call"# => hang_up,
    r#"(\d+) calls of "(\w+)" are refused for (an unknown key|an invalid body|a long body)"# => refused,
    r#"the same heartbeat of "(\w+)" is answered as before"# => as_before,
];

/// The control: the same call before anything could have been left behind.
async fn timed(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_mut()?;
    let ask = hub.heartbeat(args.group(0))?;
    let (reply, took) = hub.ask_timed(ask, CONTROL_MAX).await?;
    let Some(reply) = reply else {
        return Err(Stop::not_verified("the hub did not answer before the burst either"));
    };
    must_hold(reply.is_success(), "the heartbeat before was not taken", world.hub()?.last()?)?;
    world.vars.insert(BEFORE.to_owned(), took.as_millis().to_string());
    Ok(())
}

/// Sends calls whole and closes without reading. Counts have no rate limit in any edition, so the burst
/// can be long: every other caller goes at once, which some hubs notice before they begin; the rest go when
/// the hub is at work, or has begun to answer.
async fn hang_up(world: &mut World, args: Args) -> Judged {
    let (count, trust) = (args.number::<usize>(0)?, args.group(1));
    let hub = world.hub()?;
    let url = Url::parse(&hub.hub.api_url).map_err(Stop::not_verified)?;
    if url.scheme() != "http" {
        return Err(Stop::not_applicable("callers hang up over plain HTTP only"));
    }
    let to = format!(
        "{}:{}",
        url.host_str().unwrap_or_default(),
        url.port_or_known_default().unwrap_or(80)
    );
    let ask = hub.counts(trust, &json!({}))?;
    let text = head(&ask, url.path().trim_end_matches('/'), &to);
    for caller in 0..count {
        let mut stream = TcpStream::connect(&to).await.map_err(Stop::not_verified)?;
        stream.write_all(text.as_bytes()).await.map_err(Stop::not_verified)?;
        if caller % 2 == 1 {
            // An answer may be there already: the caller goes without reading it.
            let _ = tokio::time::timeout(AT_WORK, stream.readable()).await;
        }
    }
    world.vars.insert(BURST.to_owned(), format!("{count} calls whose caller hung up"));
    Ok(())
}

fn head(ask: &Ask, base: &str, host: &str) -> String {
    let mut text = format!("{} {base}{} HTTP/1.1\r\nHost: {host}\r\n", ask.method, ask.path);
    for (name, value) in &ask.headers {
        // Writing to a String cannot fail.
        let _ = write!(text, "{name}: {value}\r\n");
    }
    let body = ask.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    // Writing to a String cannot fail.
    let _ = write!(text, "Content-Length: {}\r\n\r\n{body}", body.len());
    text
}

/// Ends early when a call of the burst itself is not answered: that is judged by the next step.
async fn refused(world: &mut World, args: Args) -> Judged {
    let (count, trust, words) = (args.number::<usize>(0)?, args.group(1), args.group(2));
    let hub = world.hub_mut()?;
    let mut sent = 0;
    let mut refusals = 0;
    while sent < count {
        let ask = match words {
            "an unknown key" => Ask::post(hub.heartbeat_path(trust))
                .header(&hub.key_header.clone(), &format!("{UNKNOWN_KEY}{sent:02}")),
            "an invalid body" => hub.counts(trust, &json!({}))?,
            _ => hub.counts(trust, &json!({"filler": "x".repeat(LONG_BODY_BYTES)}))?,
        };
        let (reply, took) = hub.ask_timed(ask, WAIT_MAX).await?;
        sent += 1;
        refusals += usize::from(reply.is_some_and(|reply| (400..500).contains(&reply.status)));
        if took > QUICK {
            break;
        }
    }
    if refusals == 0 {
        return Err(Stop::not_verified("none of these calls was refused"));
    }
    world.vars.insert(BURST.to_owned(), format!("{sent} calls refused for {words}"));
    Ok(())
}

/// Asked three times: what a burst leaves behind may be noticed a moment later.
async fn as_before(world: &mut World, args: Args) -> Judged {
    let before_ms = world.vars.get(BEFORE).cloned().unwrap_or_default();
    let burst = world.vars.get(BURST).cloned().unwrap_or_default();
    for _ in 0..ASKED {
        let began = Instant::now();
        let hub = world.hub_mut()?;
        let ask = hub.heartbeat(args.group(0))?;
        let (reply, took) = hub.ask_timed(ask, WAIT_MAX).await?;
        let status = reply.as_ref().map(|reply| reply.status);
        if status == Some(429) {
            return Err(Stop::not_verified("the heartbeat met the rate limit"));
        }
        let well = reply.as_ref().is_some_and(crate::hub_stage::Reply::is_success);
        if well && took <= QUICK {
            continue;
        }
        let answer = match status {
            Some(status) => format!("heartbeat took {:.1} s and answered {status}", secs(took)),
            None => format!("heartbeat had no answer after {:.1} s", secs(began.elapsed())),
        };
        let expected = format!("the heartbeat answered with 200 within {} s", QUICK.as_secs());
        let observed = format!("after {burst}, {answer}; before: {before_ms} ms");
        let lines = world.hub()?.last().map(|seen| vec![seen.line()]).unwrap_or_default();
        return Err(world.broken(expected, observed).shown_by(lines).into());
    }
    Ok(())
}

fn secs(took: Duration) -> f64 {
    took.as_secs_f64()
}

const BEFORE: &str = "before the burst";
const BURST: &str = "burst";
const ASKED: usize = 3;
/// What a busy machine may need for a call of some milliseconds; a pool of sessions waits six times as long.
const QUICK: Duration = Duration::from_secs(5);
const CONTROL_MAX: Duration = Duration::from_secs(10);
/// Longer than the 30 s a pool of sessions waits.
const WAIT_MAX: Duration = Duration::from_secs(40);
/// A call that is taken at all is under way after that long.
const AT_WORK: Duration = Duration::from_millis(20);
const LONG_BODY_BYTES: usize = 200_000;
/// Of the form of a key, never issued; two digits follow.
const UNKNOWN_KEY: &str = "never-issued-0123456789-abcdefghijklmnopqr";
