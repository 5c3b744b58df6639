//! The first sign of life: is there anything to judge at all?

use std::time::{Duration, Instant};

use super::super::order::Subject;
use crate::control::JournalFilter;
use crate::finding::Stop;
use crate::hub_stage::{Ask, HubStage};
use crate::stage::{Stage, StagePlan};
use crate::target::{Capability, TargetError};
use crate::world::RunContext;

/// Waits for one answer of the hub.
pub(super) async fn of_hub(context: &RunContext) -> Result<(), Stop> {
    let mut stage = HubStage::build(context).await?;
    stage.ask(Ask::get("/health")).await.map(drop)
}

/// Starts the trust once and waits for its first call.
///
/// One that cannot be started, ends before it calls, or never calls, would turn every scenario red for
/// the same reason.
pub(super) async fn of_trust(context: &RunContext) -> Result<(), Stop> {
    let Subject::Trust { target, around } = &context.subject else { return Ok(()) };
    let plan = StagePlan {
        edition: context.edition,
        hub_edition: None,
        hub_conduct: "as-built".to_owned(),
        seed: context.seed,
        tls: false,
        hub_faults: Vec::new(),
        usual_ports: false,
    };
    let mut stage = Stage::build(around, target.as_ref(), &plan).await?;
    stage.start_trust(target.as_ref()).await.map_err(Stop::not_verified)?;
    let seen = contact(&stage, waiting_time(target.can(Capability::Restart))).await;
    match context.lanes.take().await {
        Some(mut lane) if seen.is_ok() => *lane.stage = Some(stage),
        _ => stage.close().await,
    }
    seen
}

async fn contact(stage: &Stage, limit: Duration) -> Result<(), Stop> {
    let begun = Instant::now();
    let any = JournalFilter { wait_ms: 250, ..JournalFilter::default() };
    loop {
        if !stage.hub_control.control.journal(&any).await?.is_empty() {
            return Ok(());
        }
        let output = || stage.log.tail(LAST_LINES);
        if let Some(exit) = stage.running()?.exited() {
            return Err(Stop::not_verified(TargetError::Ended { exit, output: output() }));
        }
        if begun.elapsed() > limit {
            return Err(Stop::not_verified(TargetError::Silent {
                waited: limit,
                output: output(),
            }));
        }
    }
}

/// Somebody has to carry a kit to a target we cannot start.
fn waiting_time(startable: bool) -> Duration {
    if startable { Duration::from_secs(20) } else { Duration::from_secs(600) }
}

const LAST_LINES: usize = 12;
