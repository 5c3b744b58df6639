//! Time as the site has it: what the trust says of it, compared with the judge's clock.

use contract::capture::Exchange;
use contract::edition::HeartbeatBody;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::tasks::{line, settled};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::oracle::site_time::{created_flaw, offset_flaw};
use crate::steps;
use crate::target::Capability;
use crate::wait::Probe;
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"the site lives (\d+) h (east|west) of UTC" => zone,
    r"the snapshots carry the time of the judge's clock with its offset" => snapshots,
    r"the error record of the query carries the date in UTC" => error_date,
];

/// In the form every C library reads without a data base of zones; there the sign is turned round.
async fn zone(world: &mut World, args: Args) -> Judged {
    world.needs(Capability::Restart)?;
    let hours: u8 = args.number(0)?;
    let zone = match args.group(1) {
        "east" => format!("<+{hours}>-{hours}"),
        _ => format!("<-{hours}>{hours}"),
    };
    world.stage().await?.env.insert("TZ".to_owned(), zone);
    Ok(())
}

async fn snapshots(world: &mut World, _: Args) -> Judged {
    if world.edition().heartbeat_body == HeartbeatBody::None {
        return Err(Stop::not_applicable("heartbeats of this edition have no body"));
    }
    let waited = world
        .until_hub_saw(world.patience(60.0), "snapshots", Some("heartbeat"), |seen| {
            let told: Vec<(Exchange, String)> =
                seen.iter().filter_map(|beat| Some((beat.clone(), collected_at(beat)?))).collect();
            let count = told.len();
            Probe::found((count >= 2).then_some(told), format!("{count} snapshots"))
        })
        .await?;
    let told = waited.map_err(Stop::not_verified)?;
    let now = Timestamp::now();
    for (beat, text) in &told {
        if let Some(flaw) = offset_flaw(text, now) {
            let expected = "collected_at is the moment of the probes with its true offset";
            return Err(world.broken(expected, flaw).shown_by([line(beat)]).into());
        }
    }
    Ok(())
}

fn collected_at(beat: &Exchange) -> Option<String> {
    let body: Value = serde_json::from_str(&beat.request_body).ok()?;
    Some(body["collected_at"].as_str()?.to_owned())
}

async fn error_date(world: &mut World, _: Args) -> Judged {
    let before = Timestamp::now() - SignedDuration::from_mins(10);
    settled(world, "").await?;
    let posted = world.hub_seen(Some("cohort_results")).await?;
    let records = posted.iter().filter_map(|call| {
        let body: Value = serde_json::from_str(&call.request_body).ok()?;
        body["error"].is_string().then(|| (call, body["created"].clone()))
    });
    let mut records = records.peekable();
    if records.peek().is_none() {
        return Err(Stop::not_applicable("no error record was sent: TRUST-COHORT-02 judges that"));
    }
    for (call, created) in records {
        if let Some(flaw) = created_flaw(&created, before, Timestamp::now()) {
            let finding = world.broken("created is the date in UTC", flaw);
            return Err(finding.shown_by([line(call)]).into());
        }
    }
    Ok(())
}
