//! One run: select, check before starting, run, judge, and never be green by accident.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cucumber::event;
use parking_lot::Mutex;

use super::case_file::CaseFile;
use super::feature_set::{Case, FeatureSet};
use super::order::{RunOrder, Sink, Subject};
use super::pace::{Gate, Jobs};
use super::results::RunResults;
use super::selection::outside_edition;
use super::settle::{settle, summed_up};
use super::steps::{StepTable, hung};
use super::suite;
use crate::event::{
    Event, Expected, JudgedFinding, Problem, RunFinished, RunStarted, SCHEMA_VERSION,
    STANDING_CHECKS, ScenarioResult,
};
use crate::expect::{Scope, stale};
use crate::finding::Stop;
use crate::oracle;
use crate::outcome::Outcome;
use crate::target::Capability;
use crate::world::{Lanes, Remains, RunContext, World};

/// Runs scenarios and emits events.
pub struct Engine {
    order: RunOrder,
    set: Arc<FeatureSet>,
    results: RunResults,
    mute: AtomicBool,
    /// Scenarios to be judged once more; none once that has begun.
    again: Mutex<Option<Vec<Case>>>,
}

impl Engine {
    /// A run over the scenarios of `order`, which come from `set`.
    pub fn new(order: RunOrder, set: Arc<FeatureSet>, sink: Sink) -> Arc<Self> {
        let again = Mutex::new(order.second_look.then(Vec::new));
        let results = RunResults::new(sink, Arc::clone(&order.guard));
        Arc::new(Self { again, order, set, results, mute: AtomicBool::new(false) })
    }

    /// Runs everything; the last event is [`Event::RunFinished`], which is also returned.
    ///
    /// Must be called on a thread that may block on non-`Send` futures.
    pub async fn run(self: &Arc<Self>) -> RunFinished {
        self.results.tell(&Event::RunStarted(self.started()));
        let (runnable, set_aside) = self.sort_out();
        for result in set_aside {
            self.results.keep(&result);
        }
        if !runnable.is_empty() {
            let context = Arc::new(RunContext {
                subject: self.order.subject.clone(),
                edition: self.order.edition.row(),
                seed: self.order.seed,
                step_limit: self.order.step_limit,
                guard: Arc::clone(&self.order.guard),
                lanes: Lanes::new(self.order.subject.lanes()),
                gate: Gate::new(self.order.jobs),
                lost: Mutex::default(),
            });
            if self.order.target.kind != "embedded"
                && let Err(problem) = super::presence::make_sure(&context).await
            {
                return self.stand_down(problem);
            }
            suite::drive(self, &runnable, &context).await;
            self.look_again(&context).await;
            context.lanes.close().await;
        }
        self.account_for(&self.order.selected);
        self.finish()
    }

    /// Judges once more what was not clean at a shortened pace; the second look counts.
    async fn look_again(self: &Arc<Self>, context: &Arc<RunContext>) {
        let cases = self.again.lock().take().unwrap_or_default();
        if cases.is_empty() {
            return;
        }
        suite::drive(self, &cases, context).await;
        let ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
        let told = format!(
            "judged twice, because the machine was busy or the target broken: {}",
            ids.join(", ")
        );
        self.problem(Outcome::Passed, told);
    }

    /// Puts a scenario off to the second look, unless so much is wrong that it is no accident.
    fn put_off(&self, case: &Case, outcome: Outcome) -> bool {
        if !matches!(outcome, Outcome::Warned | Outcome::Failed | Outcome::NotVerified) {
            return false;
        }
        match self.again.lock().as_mut() {
            Some(cases) if cases.len() < SECOND_LOOKS_MAX => {
                cases.push(case.clone());
                true
            }
            _ => false,
        }
    }

    /// Ends a run that was cut short: everything that did not finish is not verified.
    pub fn cut_short(&self, reason: &str) -> RunFinished {
        self.problem(Outcome::NotVerified, reason.to_owned());
        self.account_for(&self.order.selected);
        self.finish()
    }

    /// Ends a run that found something in place of its target, or before it: that is said once, with its
    /// owner, and decides alone. What was to run did not, and says why.
    fn stand_down(&self, problem: Problem) -> RunFinished {
        let clause = problem.requirement.clone();
        let broken = clause.filter(|_| problem.outcome == Outcome::Failed);
        self.tell(problem);
        let Some(clause) = broken else {
            self.account_for(&self.order.selected);
            return self.finish();
        };
        for case in self.without_result(&self.order.selected) {
            let reason = format!("not run: {clause} is broken, and nothing else was judged");
            self.results.keep(&settle(&case, Outcome::NotApplicable, reason));
        }
        self.finish()
    }

    fn started(&self) -> RunStarted {
        let conduct = self.order.cases.as_ref().map(|(_, case)| case.conduct.clone());
        RunStarted {
            schema_version: SCHEMA_VERSION,
            flipcheck: env!("CARGO_PKG_VERSION").to_owned(),
            seed: self.order.seed,
            edition: self.order.edition,
            conduct: conduct.filter(|_| self.order.target.kind == "embedded"),
            target: self.order.target.clone(),
            started: jiff::Timestamp::now().to_string(),
            shard: self.order.part.shard,
            expected: self.expected(),
            planned: self.order.selected.iter().map(Case::planned).collect(),
        }
    }

    /// What a part of a run leaves to be looked at when all parts are together.
    fn expected(&self) -> Vec<Expected> {
        let scope = Scope::of(&self.set.cases, self.order.target.side, &self.order.part.undivided);
        match self.order.part.shard {
            Some(_) => self.order.expectations.expected(&scope),
            None => Vec::new(),
        }
    }

    /// Splits the selection into what can run and what is settled beforehand.
    fn sort_out(&self) -> (Vec<Case>, Vec<ScenarioResult>) {
        let (mut runnable, mut settled) = (Vec::new(), Vec::new());
        for case in &self.order.selected {
            if let Some(reason) = self.undefined_step(case) {
                settled.push(settle(case, Outcome::NotVerified, reason));
            } else if let Some(reason) =
                outside_edition(case, self.order.edition).or_else(|| self.unmet_need(case))
            {
                settled.push(settle(case, Outcome::NotApplicable, reason));
            } else {
                runnable.push(case.clone());
            }
        }
        (runnable, settled)
    }

    fn undefined_step(&self, case: &Case) -> Option<String> {
        let (feature, scenario) = case.place;
        let feature = &self.set.features[feature];
        let background = feature.background.iter().flat_map(|b| b.steps.iter());
        let mut steps = background.chain(&feature.scenarios[scenario].steps).peekable();
        if steps.peek().is_none() {
            return Some("the scenario has no step".to_owned());
        }
        steps.find_map(|step| match StepTable::known().matches(&step.value) {
            1 => None,
            0 => Some(format!("undefined step: {}", step.value)),
            n => Some(format!("{n} steps match: {}", step.value)),
        })
    }

    fn unmet_need(&self, case: &Case) -> Option<String> {
        for word in case.tag_value("needs") {
            let Some(capability) = Capability::parse(word) else {
                return Some(format!("needs {word}, which no target has"));
            };
            if !self.order.subject.can(capability) {
                let kind = self.order.subject.kind();
                return Some(format!("a target of kind {kind} lacks {word}"));
            }
        }
        None
    }

    /// Every feature, selected or not.
    pub(super) fn features(&self) -> &FeatureSet {
        &self.set
    }

    /// Scenarios at once: one after another where all share one federation, because a scenario that
    /// waits for its turn would use up the time of its first step.
    pub(super) fn jobs(&self) -> Jobs {
        match &self.order.subject {
            Subject::Trust { target, .. } if !target.can(Capability::Restart) => Jobs::Fixed(1),
            _ if self.order.second_look && self.again.lock().is_none() => {
                self.order.jobs.at_most(SECOND_LOOK_JOBS)
            }
            _ => self.order.jobs,
        }
    }

    /// Says that a scenario begins.
    pub(super) fn begin(&self, case: &Case) {
        let at_ms = self.results.at_ms();
        self.results.tell(&Event::ScenarioStarted { id: case.id.clone(), at_ms });
    }

    /// Judges one ended scenario: its own findings, then the standing oracles.
    pub(super) async fn conclude(
        &self,
        case: &Case,
        finished: &event::ScenarioFinished,
        world: Option<&mut World>,
        took: Duration,
    ) {
        let said = world.as_deref().map(World::output_of_containers).unwrap_or_default();
        let Remains { findings, ended } = match world {
            Some(world) => left_behind(world).await,
            None => Remains::default(),
        };
        let findings: Vec<JudgedFinding> = findings
            .into_iter()
            .map(|finding| finding.beside(&said))
            .map(|finding| {
                let outcome = self.order.expectations.weigh(
                    &case.id,
                    &finding.requirement,
                    self.order.strictness,
                );
                JudgedFinding { outcome, finding }
            })
            .collect();
        let unexplained = match finished {
            event::ScenarioFinished::StepPassed => None,
            event::ScenarioFinished::StepSkipped => Some("a step was skipped".to_owned()),
            event::ScenarioFinished::BeforeHookFailed(_) => Some("could not be set up".to_owned()),
            event::ScenarioFinished::StepFailed(_, _, error) => {
                ended.is_none().then(|| format!("our own fault: {error}"))
            }
        };
        let result = summed_up(case, findings, ended, unexplained, took);
        if self.put_off(case, result.outcome) {
            return;
        }
        self.results.keep(&self.with_case_file(result));
    }

    fn with_case_file(&self, mut result: ScenarioResult) -> ScenarioResult {
        if result.outcome < Outcome::Failed {
            return result;
        }
        let Some((folder, template)) = &self.order.cases else { return result };
        let found: Vec<String> = result
            .findings
            .iter()
            .map(|f| format!("{}: {}", f.finding.requirement, f.finding.observed))
            .map(|found| self.order.guard.masked(&found).into_owned())
            .collect();
        let case = CaseFile { scenario: result.id.clone(), found, ..template.clone() };
        match case.write(folder, &self.order.guard) {
            Ok(path) => result.case = Some(path.into_string()),
            // Told once: what keeps one file from being written keeps them all.
            Err(error) if !self.mute.swap(true, Ordering::Relaxed) => {
                self.problem(Outcome::Passed, error.to_string());
            }
            Err(_) => {}
        }
        result
    }

    /// Says something about the run itself.
    pub fn problem(&self, outcome: Outcome, message: String) {
        self.tell(Problem::new(outcome, message));
    }

    /// Says something about the run itself that breaks a clause or has an owner.
    pub fn tell(&self, problem: Problem) {
        self.results.problem(problem);
    }

    /// Every scenario that was to run must have a result: cucumber alone would not miss it.
    fn account_for(&self, cases: &[Case]) {
        for case in self.without_result(cases) {
            let told = "it did not run to its end".to_owned();
            self.results.keep(&settle(&case, Outcome::NotVerified, told));
        }
        self.results.settle();
        let results = self.results.all();
        let undivided = match self.order.part.shard {
            // Another shard may show what this one does not: whoever merges them looks again.
            Some(_) => self.order.selected.iter().map(|case| case.id.clone()).collect(),
            None => self.order.part.undivided.clone(),
        };
        let mut scope = Scope::of(&self.set.cases, self.order.target.side, &undivided);
        scope.whole &= self.order.part.shard.is_none();
        let expectations = &self.order.expectations;
        let unmet = stale(&expectations.expected(&scope), &results);
        for message in expectations.expired().into_iter().chain(unmet) {
            self.problem(Outcome::UnexpectedPass, message);
        }
    }

    fn without_result(&self, cases: &[Case]) -> Vec<Case> {
        cases.iter().filter(|case| !self.results.has(&case.id)).cloned().collect()
    }

    fn finish(&self) -> RunFinished {
        self.results.finish()
    }
}

/// What a scenario found, after the standing oracles; hands back what it held. Both are bounded: a
/// federation that hangs must not hang the run.
async fn left_behind(world: &mut World) -> Remains {
    let limit = world.step_limit();
    let stopped = match tokio::time::timeout(limit, oracle::standing(world)).await {
        Ok(judged) => judged.err(),
        Err(_) => Some(hung(limit)),
    };
    if let Some(stop) = stopped {
        // A scenario that ended early stays one that did.
        let at = world.ended_at().unwrap_or(STANDING_CHECKS).to_owned();
        world.stop(&at, stop);
    }
    if tokio::time::timeout(LEAVE, world.leave()).await.is_err() {
        let told = format!("the target did not end within {} s", LEAVE.as_secs());
        world.stop("(taking down)", Stop::not_verified(told));
    }
    world.remains()
}

/// Scenarios judged twice in one run, at most.
const SECOND_LOOKS_MAX: usize = 12;
/// Scenarios at once in the second look.
const SECOND_LOOK_JOBS: usize = 3;
/// Longer than a process has between SIGTERM and SIGKILL, and a look whether it is still there.
const LEAVE: Duration = Duration::from_secs(60);
