//! A hub that speaks TLS, with certificates good and bad (network 5).

use contract::capture::ConnectionOutcome;
use serde_json::json;

use super::robustness::WIDENED_SECS;
use super::tasks::line;
use crate::control::JournalFilter;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::steps;
use crate::wait::{Probe, eventually};
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"the hub shows a certificate of the kind (\S+)" => certificate,
    r"the trust tried the hub and sent it no request" => tried_in_vain,
];

async fn certificate(world: &mut World, args: Args) -> Judged {
    let body = json!({"tls": args.group(0)});
    let control = &world.stage().await?.hub_control.control;
    control.post("/control/listeners/hub-api", body).await?;
    Ok(())
}

/// The attempt is the control: a trust that never called the hub kept nothing back.
async fn tried_in_vain(world: &mut World, _: Args) -> Judged {
    let stage = world.staged()?;
    let control = &stage.hub_control.control;
    let waited =
        eventually(world.patience(3.0 * WIDENED_SECS), "three failed handshakes", || async {
            let requests = control.journal(&filter(stage.mark.hub)).await.unwrap_or_default();
            let failed = failed_handshakes(world).await.unwrap_or(0);
            let enough = failed >= 3 || !requests.is_empty();
            Probe::found(enough.then_some(()), format!("{failed} failed handshakes"))
        })
        .await;
    let requests = world.hub_seen(None).await?;
    if !requests.is_empty() {
        let lines: Vec<String> = requests.iter().map(line).collect();
        let observed = format!("{} requests", requests.len());
        return Err(world.broken("no request to this hub", observed).shown_by(lines).into());
    }
    waited.map_err(Stop::not_verified)
}

fn filter(after: u64) -> JournalFilter {
    JournalFilter { after, ..JournalFilter::default() }
}

async fn failed_handshakes(world: &World) -> Judged<usize> {
    let all = world.staged()?.hub_control.control.connections(&filter(0)).await?;
    let failed = all.iter().filter(|seen| {
        seen.listener == HUB_LISTENER && seen.outcome == ConnectionOutcome::TlsFailed
    });
    Ok(failed.count())
}

const HUB_LISTENER: &str = "hub-api";
