//! What one scenario holds while it runs: its federation, its variables, what it found.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use contract::edition::Edition;
use contract::key::Secret;
use gherkin::StepType;
use parking_lot::Mutex;

use crate::engine::{Case, Gate, Pass, Subject};
use crate::finding::{Finding, Judged, Stop};
use crate::hub_stage::HubStage;
use crate::report::Guard;
use crate::stage::Stage;
use crate::target::Capability;

mod federation;
mod judged_hub;
mod lanes;
mod lawful_waits;

pub use lanes::{Lane, Lanes};
pub use lawful_waits::SITE_SILENT;

/// What every scenario of a run shares.
pub struct RunContext {
    /// The thing judged and what stands around it.
    pub subject: Subject,
    /// Edition it is judged by.
    pub edition: &'static Edition,
    /// Seed of the run.
    pub seed: u64,
    /// Longest a single step may take, if other than what the target's pace allows.
    pub step_limit: Option<Duration>,
    /// Every secret minted for the run.
    pub guard: Arc<Guard>,
    /// Federations that scenarios share.
    pub lanes: Lanes,
    /// How many scenarios run at once.
    pub(crate) gate: Gate,
    /// Why a target that cannot be started again is not to be waited for any more.
    pub lost: Mutex<Option<String>>,
}

impl RunContext {
    /// Sees to it that no report shows these.
    pub fn keep_secret(&self, secrets: &[(String, Secret)]) {
        for (name, secret) in secrets {
            self.guard.plant(name.clone(), secret.clone());
        }
    }
}

/// One scenario.
#[derive(Default)]
pub struct World {
    context: Option<Arc<RunContext>>,
    case: Option<Case>,
    stage: Option<Stage>,
    hub_stage: Option<HubStage>,
    lane: Option<Lane>,
    pass: Option<Pass>,
    /// Whether the federation is that of the lane.
    on_lane: bool,
    clause: Option<String>,
    /// Names given to things by earlier steps: task labels, ids, numbers.
    pub vars: BTreeMap<String, String>,
    findings: Vec<Finding>,
    ended: Option<(String, Stop)>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("case", &self.case).finish_non_exhaustive()
    }
}

impl cucumber::World for World {
    type Error = std::convert::Infallible;

    async fn new() -> Result<Self, Self::Error> {
        Ok(Self::default())
    }
}

/// What a scenario leaves behind for its report.
#[derive(Debug, Default)]
pub struct Remains {
    /// Broken clauses.
    pub findings: Vec<Finding>,
    /// The step it ended at, and why, unless it ran to its end.
    pub ended: Option<(String, Stop)>,
}

impl World {
    /// Gives the scenario its run and its name; before the first step.
    pub fn enter(&mut self, context: Arc<RunContext>, case: Case) {
        self.clause = case.requirements.first().cloned();
        self.context = Some(context);
        self.case = Some(case);
    }

    /// The run.
    pub fn run(&self) -> &RunContext {
        self.context.as_deref().expect("the before hook enters every scenario into its run")
    }

    /// The run, to keep beside a borrow of the world.
    pub fn context(&self) -> Arc<RunContext> {
        Arc::clone(self.context.as_ref().expect("the before hook enters every scenario"))
    }

    /// The scenario.
    pub fn case(&self) -> &Case {
        self.case.as_ref().expect("the before hook enters every scenario into its run")
    }

    /// The edition's capabilities.
    pub fn edition(&self) -> &'static Edition {
        self.run().edition
    }

    /// The clause judged right now.
    pub fn clause(&self) -> String {
        self.clause.clone().unwrap_or_else(|| "FLIPCHECK-STEP-00".to_owned())
    }

    pub(crate) fn judge_next(&mut self, clause: Option<String>) {
        if let Some(clause) = clause.or_else(|| self.case().requirements.first().cloned()) {
            self.clause = Some(clause);
        }
    }

    /// A step before the Then only sets the scene. Where it shows another clause broken than those the
    /// scenario proves, these could not be tested.
    pub(crate) fn of_scene(&self, kind: StepType, stop: Stop) -> Stop {
        let proves = &self.case().requirements;
        match stop {
            Stop::Broken(finding)
                if kind != StepType::Then
                    && !proves.is_empty()
                    && !proves.contains(&finding.requirement) =>
            {
                Stop::SceneBroken(finding)
            }
            other => other,
        }
    }

    pub(crate) fn stop(&mut self, step: &str, stop: Stop) {
        match stop {
            Stop::Broken(finding) => {
                self.ended = Some((step.to_owned(), Stop::Broken(finding.clone())));
                self.findings.push(*finding);
            }
            other => self.ended = Some((step.to_owned(), other)),
        }
    }

    /// Notes a broken clause and lets the scenario go on.
    pub fn note(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// A finding against the clause judged right now.
    pub fn broken(&self, expected: impl Into<String>, observed: impl Into<String>) -> Finding {
        Finding::new(self.clause(), expected, observed)
    }

    /// The step it ended at early, if it did.
    pub(crate) fn ended_at(&self) -> Option<&str> {
        self.ended.as_ref().map(|(step, _)| step.as_str())
    }

    /// Takes what the scenario found.
    pub fn remains(&mut self) -> Remains {
        Remains { findings: std::mem::take(&mut self.findings), ended: self.ended.take() }
    }

    /// Waits for a turn on a shared federation, unless the scenario has its own.
    pub async fn wait_for_turn(&mut self) {
        let context = self.context();
        if let Subject::Trust { target, .. } = &context.subject
            && !(target.can(Capability::Restart) && self.case().wants_fresh_target())
        {
            self.lane = context.lanes.take().await;
        }
    }

    /// Waits until the machine has room for one more scenario.
    pub(crate) async fn wait_for_room(&mut self) {
        self.pass = Some(self.context().gate.enter().await);
    }

    /// Demands something of the target that not every kind can do.
    pub fn needs(&self, capability: Capability) -> Judged {
        if self.on_lane && self.run().subject.can(capability) && capability == Capability::Restart {
            let told = "this scenario changes how its trust is started: it wants @needs:restart";
            return Err(Stop::not_verified(told));
        }
        if self.run().subject.can(capability) {
            return Ok(());
        }
        Err(Stop::not_applicable(format!(
            "a target of kind {} lacks {}",
            self.run().subject.kind(),
            capability.word()
        )))
    }

    /// Factor between the waits of the contract and those of this target.
    pub fn time_scale(&self) -> f64 {
        let usual = self.run().subject.time_scale();
        // Real time stays real; only a target that shortens its waits can shorten them further.
        if usual < 1.0 && self.lane.is_none() && self.case().is_tagged(QUICK) {
            usual * QUICKER
        } else {
            usual
        }
    }

    /// A wait of the contract, in real time for this target.
    pub fn scaled(&self, secs: f64) -> Duration {
        Duration::from_secs_f64(secs * self.time_scale())
    }

    /// How long to wait for something the contract allows `secs` for: scaled, plus what a busy
    /// machine may need.
    pub fn patience(&self, secs: f64) -> Duration {
        self.scaled(secs) + SLACK
    }

    pub(crate) fn step_limit(&self) -> Duration {
        let secs = STEP_SECS_MAX.max(self.work_end_secs() + self.next_snapshot_secs());
        self.run().step_limit.unwrap_or_else(|| self.scaled(secs) + SLACK * 3)
    }

    /// The last lines of the target's containers, if it is made of such.
    pub fn output_of_containers(&self) -> Vec<String> {
        let stage = self.stage.as_ref().filter(|_| self.run().subject.can(Capability::Container));
        stage.map(|stage| stage.log.tail(OUTPUT_LINES)).unwrap_or_default()
    }

    /// Ends or hands back everything the scenario holds.
    pub async fn leave(&mut self) {
        self.hub_stage = None;
        let stage = self.stage.take();
        match (stage, self.lane.take()) {
            (Some(mut stage), Some(mut lane)) if self.on_lane => {
                if self.hand_back(&mut stage).await {
                    *lane.stage = Some(stage);
                }
            }
            (Some(mut stage), _) => stage.close().await,
            (None, _) => {}
        }
        self.pass = None;
    }
}

/// Lines of output that go with a finding.
const OUTPUT_LINES: usize = 12;
/// What a busy machine may need on top of any wait.
const SLACK: Duration = Duration::from_secs(8);
/// The longest wait any step may ask for, seconds of the contract.
const STEP_SECS_MAX: f64 = 420.0;
/// Tag of scenarios whose waits are so long that a scaled target runs them at twice the pace.
const QUICK: &str = "quick";
const QUICKER: f64 = 0.5;
