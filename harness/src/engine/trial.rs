//! Scenarios against a subject that was made for them: a broken mock, a planted mistake.

use std::sync::Arc;

use contract::edition::EditionId;
use parking_lot::Mutex;

use super::feature_set::{Case, FeatureSet, FeatureSource};
use super::order::{Part, RunOrder, Subject};
use super::pace::Jobs;
use super::run::Engine;
use crate::event::{Event, ScenarioResult, Side, TargetInfo};
use crate::expect::Expectations;
use crate::outcome::{Outcome, Strictness};
use crate::report::Guard;

/// A subject on trial: no expectations, no reports, SHOULDs count.
pub struct Trial {
    /// The thing judged.
    pub subject: Subject,
    /// Edition it is judged by.
    pub edition: EditionId,
    /// Seed.
    pub seed: u64,
    /// Scenarios at once.
    pub jobs: usize,
    /// Collects every secret minted for the run.
    pub guard: Arc<Guard>,
}

impl Trial {
    /// Runs these scenarios and gives what became of each that ended.
    ///
    /// Must be called on a thread that may block on non-`Send` futures.
    pub async fn run(self, set: &Arc<FeatureSet>, cases: Vec<Case>) -> Vec<ScenarioResult> {
        let results: Arc<Mutex<Vec<ScenarioResult>>> = Arc::default();
        let noted = Arc::clone(&results);
        let side = match self.subject {
            Subject::Trust { .. } => Side::Trust,
            Subject::Hub { .. } => Side::Hub,
        };
        let order = RunOrder {
            second_look: false,
            target: TargetInfo {
                side,
                kind: self.subject.kind().to_owned(),
                version: None,
                images: Vec::new(),
            },
            subject: self.subject,
            edition: self.edition,
            seed: self.seed,
            jobs: Jobs::Fixed(self.jobs),
            strictness: Strictness::Strict,
            expectations: Expectations::default(),
            cases: None,
            source: FeatureSource::Embedded,
            selected: cases,
            part: Part::default(),
            step_limit: None,
            guard: self.guard,
        };
        let engine = Engine::new(
            order,
            Arc::clone(set),
            Arc::new(move |event| {
                if let Event::ScenarioFinished(result) = event {
                    noted.lock().push(result.clone());
                }
            }),
        );
        engine.run().await;
        results.lock().clone()
    }
}

/// Whether a scenario found a broken clause; one that could not test has found nothing.
pub fn is_red(result: &ScenarioResult) -> bool {
    !result.findings.is_empty() && result.outcome != Outcome::NotVerified
}
