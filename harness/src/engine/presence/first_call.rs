//! The first calls of a trust: is there anything to judge, is it one, and is it what we started?

use std::time::{Duration, Instant};

use contract::capture::Exchange;

use super::{TRUST_OPERATOR, callers, not_verified, stopped};
use crate::control::JournalFilter;
use crate::event::Problem;
use crate::finding::Stop;
use crate::stage::{Stage, StagePlan};
use crate::target::{Capability, Exit, Surroundings, TargetError, TrustTarget};
use crate::world::RunContext;

/// Starts the trust once, waits for its first calls, and ends it where each scenario has its own.
///
/// One that cannot be started, ends before it calls, or never calls, would turn every scenario red for
/// the same reason; of one that we cannot signal, every end and exit code would be the launcher's.
pub(super) async fn make_sure(
    context: &RunContext,
    target: &dyn TrustTarget,
    around: &Surroundings,
) -> Result<(), Problem> {
    let plan = StagePlan {
        edition: context.edition,
        hub_edition: None,
        hub_conduct: "as-built".to_owned(),
        seed: context.seed,
        tls: false,
        hub_faults: Vec::new(),
        usual_ports: false,
    };
    let built = Stage::build(around, target, &plan).await;
    let mut stage = built.map_err(|stop| stopped(&stop))?;
    let started = stage.start_trust(target).await;
    started.map_err(|error| stopped(&Stop::not_verified(error)))?;
    let mut seen = Look { stage: &stage, target }.take().await;
    if seen.is_ok()
        && let Some(mut lane) = context.lanes.take().await
    {
        *lane.stage = Some(stage);
        return Ok(());
    }
    let pid = stage.trust.as_ref().and_then(|trust| trust.pid());
    if seen.is_ok() && target.can(Capability::Process) {
        seen = ends_with_it(&mut stage, target, pid).await;
    }
    stage.close().await;
    seen
}

/// A look at a trust that runs.
struct Look<'l> {
    stage: &'l Stage,
    target: &'l dyn TrustTarget,
}

impl Look<'_> {
    async fn take(&self) -> Result<(), Problem> {
        self.first_call().await?;
        let enough = self.period_ms() * BEATS_WAIT;
        let limit = Duration::from_secs_f64(enough / 1000.0).max(BEATS_WAIT_MIN);
        let begun = Instant::now();
        // A trust that makes no second heartbeat is for scenarios to judge.
        loop {
            let calls = self.calls(250).await?;
            let beats: Vec<&Exchange> = calls.iter().filter(|c| callers::is_heartbeat(c)).collect();
            if let Some(told) = callers::second(&beats, self.period_ms()) {
                return Err(another(&told));
            }
            let ended = self.stage.running().ok().is_some_and(|trust| trust.exited().is_some());
            if callers::settled(&beats, self.period_ms()) || ended || begun.elapsed() > limit {
                return Ok(());
            }
        }
    }

    /// Waits for any call. What we started may end before it and leave the calls to another process.
    async fn first_call(&self) -> Result<(), Problem> {
        let begun = Instant::now();
        let limit = waiting_time(self.target.can(Capability::Restart));
        let mut ended: Option<(Exit, Instant)> = None;
        loop {
            let called = !self.calls(250).await?.is_empty();
            let running = self.stage.running().map_err(|stop| stopped(&stop))?;
            if ended.is_none() {
                ended = running.exited().map(|exit| (exit, Instant::now()));
            }
            match ended {
                Some((Exit::Code(0), _)) if called => {
                    return Err(launcher(
                        running.pid(),
                        "ended with exit code 0 and the calls went on",
                    ));
                }
                Some((exit, at)) if exit != Exit::Code(0) || at.elapsed() > AFTER_LAUNCH => {
                    let output = self.stage.log.tail(LAST_LINES);
                    return Err(stopped(&Stop::not_verified(TargetError::Ended { exit, output })));
                }
                None if called => return Ok(()),
                _ => {}
            }
            if begun.elapsed() > limit {
                let output = self.stage.log.tail(LAST_LINES);
                let silent = TargetError::Silent { waited: limit, output };
                return Err(stopped(&Stop::not_verified(silent)));
            }
        }
    }

    async fn calls(&self, wait_ms: u64) -> Result<Vec<Exchange>, Problem> {
        calls(self.stage, 0, wait_ms).await
    }

    fn period_ms(&self) -> f64 {
        self.stage.poll_interval_ms(self.target.time_scale())
    }
}

/// Ends the trust: with it, the calls must end.
async fn ends_with_it(
    stage: &mut Stage,
    target: &dyn TrustTarget,
    pid: Option<u32>,
) -> Result<(), Problem> {
    let Some(trust) = stage.trust.as_ref() else { return Ok(()) };
    let exited = trust.exited();
    trust.stop().await;
    let newest = stage.hub_control.control.newest().await;
    let newest = newest.map_err(|error| stopped(&error.into()))?;
    let quiet = stage.poll_interval_ms(target.time_scale()) * PERIODS_OF_QUIET;
    let quiet_ms = Duration::from_secs_f64(quiet / 1000.0).max(QUIET_MIN).as_millis();
    let wait_ms = u64::try_from(quiet_ms).unwrap_or(u64::MAX);
    if calls(stage, newest, wait_ms).await?.is_empty() {
        return Ok(());
    }
    let what = if exited.is_some() { "had ended" } else { "was ended" };
    Err(launcher(pid, &format!("{what} and the calls went on")))
}

async fn calls(stage: &Stage, after: u64, wait_ms: u64) -> Result<Vec<Exchange>, Problem> {
    let any = JournalFilter { after, wait_ms, ..JournalFilter::default() };
    let seen = stage.hub_control.control.journal(&any).await;
    seen.map_err(|error| stopped(&error.into()))
}

fn another(told: &str) -> Problem {
    let told = format!(
        "another caller uses this kit: {told}; nothing was judged. Stop the other one: a kit belongs to \
         one trust"
    );
    not_verified(TRUST_OPERATOR, told)
}

fn launcher(pid: Option<u32>, what: &str) -> Problem {
    let pid = pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default();
    let told = format!(
        "the process started{pid} is not the one that calls: it {what}; signals and exit codes are the \
         launcher's, so nothing was judged. Start the trust itself, in the foreground (`exec`, no daemon)"
    );
    not_verified(TRUST_OPERATOR, told)
}

/// Somebody has to carry a kit to a target we cannot start.
fn waiting_time(startable: bool) -> Duration {
    if startable { Duration::from_secs(20) } else { Duration::from_secs(600) }
}

const LAST_LINES: usize = 12;
/// How long what a launcher left behind has until its first call.
const AFTER_LAUNCH: Duration = Duration::from_secs(5);
/// Pauses the heartbeats may take, cycle and load included.
const BEATS_WAIT: f64 = 10.0;
const BEATS_WAIT_MIN: Duration = Duration::from_secs(4);
/// Pauses without a call after which nobody calls any more.
const PERIODS_OF_QUIET: f64 = 2.0;
const QUIET_MIN: Duration = Duration::from_millis(1500);
