//! What a run has found so far: each result is masked, told at once, and kept for the one verdict.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;

use super::cause::settle_dependents;
use super::order::Sink;
use super::settle::millis;
use crate::event::{Event, Problem, RunFinished, ScenarioResult};
use crate::finding::shorten;
use crate::report::{Guard, tally};

/// The results of a run.
///
/// What is told and what is kept is the same, so the verdict at the end is that of every report made
/// from the events.
pub struct RunResults {
    sink: Sink,
    guard: Arc<Guard>,
    begun: Instant,
    done: Mutex<BTreeSet<String>>,
    results: Mutex<Vec<ScenarioResult>>,
    /// Those whose outcome depends on what became of their cause; not told yet.
    waiting: Mutex<Vec<ScenarioResult>>,
    problems: Mutex<Vec<Problem>>,
}

impl RunResults {
    /// Of a run that begins now.
    pub fn new(sink: Sink, guard: Arc<Guard>) -> Self {
        Self {
            sink,
            guard,
            begun: Instant::now(),
            done: Mutex::default(),
            results: Mutex::default(),
            waiting: Mutex::default(),
            problems: Mutex::default(),
        }
    }

    /// Milliseconds since the run began.
    pub fn at_ms(&self) -> u64 {
        millis(self.begun.elapsed())
    }

    /// Tells an event, secrets masked.
    pub fn tell(&self, event: &Event) {
        (self.sink)(&self.guard.masked_event(event));
    }

    /// Keeps what became of a scenario, and tells it; one that waits for a cause is told at the end.
    pub fn keep(&self, result: &ScenarioResult) {
        self.done.lock().insert(result.id.clone());
        let result = cut(self.guard.masked_result(result));
        if result.because.is_some() {
            self.waiting.lock().push(result);
        } else {
            self.kept(result);
        }
    }

    /// Gives those that wait for a cause their outcome: nothing more is to come.
    pub fn settle(&self) {
        let waiting = std::mem::take(&mut *self.waiting.lock());
        let mut all = self.all();
        let first = all.len();
        all.extend(waiting);
        settle_dependents(&mut all);
        all.drain(first..).for_each(|result| self.kept(result));
    }

    fn kept(&self, result: ScenarioResult) {
        (self.sink)(&Event::ScenarioFinished(result.clone()));
        self.results.lock().push(result);
    }

    /// Says something about the run itself.
    pub fn problem(&self, problem: Problem) {
        self.problems.lock().push(problem.clone());
        self.tell(&Event::Problem(problem));
    }

    /// Whether there is a result of that scenario.
    pub fn has(&self, scenario: &str) -> bool {
        self.done.lock().contains(scenario)
    }

    /// Everything kept.
    pub fn all(&self) -> Vec<ScenarioResult> {
        self.results.lock().clone()
    }

    /// The sum of it, which is the last event: the one verdict.
    pub fn finish(&self) -> RunFinished {
        self.settle();
        let problems = self.problems.lock().clone();
        let finished = tally(&self.results.lock(), &problems, self.at_ms());
        (self.sink)(&Event::RunFinished(finished.clone()));
        finished
    }
}

/// Long lines of evidence are cut once secrets in them are masked: half of one is not recognised.
fn cut(mut result: ScenarioResult) -> ScenarioResult {
    for found in &mut result.findings {
        for line in &mut found.finding.evidence {
            *line = shorten(line);
        }
    }
    result
}
