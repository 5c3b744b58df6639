//! One run as its events tell it.

use std::collections::{BTreeMap, BTreeSet};

use super::tally::tally;
use crate::event::{Problem, RunFinished, RunStarted, ScenarioResult};
use crate::outcome::{Outcome, Verdict};

/// One run as its events tell it; of a run that was cut short, the part there is.
///
/// Made by [`Tape`](super::Tape) or [`RunRecord::read`].
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    /// What was going to be judged.
    pub started: RunStarted,
    /// One result for every planned scenario, in plan order; what ended unplanned comes last. A
    /// planned scenario that never ended is *not verified*.
    pub results: Vec<ScenarioResult>,
    /// What the run said about itself, in order.
    pub problems: Vec<Problem>,
    /// The sum the run ended with; absent when it was cut short.
    pub finished: Option<RunFinished>,
    /// Scenarios that began, with milliseconds since the run began.
    pub(super) begun: BTreeMap<String, u64>,
    /// Planned scenarios that have no result of their own.
    pub(super) undone: BTreeSet<String>,
}

impl RunRecord {
    /// Whether the end of the run, or of one of its scenarios, is missing.
    pub fn is_cut_short(&self) -> bool {
        self.finished.is_none() || !self.undone.is_empty()
    }

    /// What the run said about itself and, first, that it was cut short.
    pub fn problems(&self) -> Vec<Problem> {
        let planned = self.results.len();
        let ended = planned - self.undone.len();
        let message = match (&self.finished, self.undone.len()) {
            (Some(_), 0) => return self.problems.clone(),
            (Some(_), missing) => {
                format!("{missing} of {planned} scenarios have no result: run them again")
            }
            (None, _) => format!(
                "the run was cut short: {ended} of {planned} scenarios have a result; run it again"
            ),
        };
        let cut = Problem::new(Outcome::NotVerified, message);
        std::iter::once(cut).chain(self.problems.iter().cloned()).collect()
    }

    /// The sum of the run, added up from its results.
    ///
    /// The sum the run ended with may make the verdict worse, never better: a record that is cut
    /// short, or whose results are red, is never conformant.
    pub fn summary(&self) -> RunFinished {
        let problems = self.problems();
        let mut sum = tally(
            &self.results,
            &problems,
            self.finished.as_ref().map_or_else(|| self.seen_ms(), |told| told.duration_ms),
        );
        if let Some(told) = &self.finished
            && sum.verdict == Verdict::Conformant
        {
            sum.verdict = told.verdict;
            sum.exit_code = told.verdict.exit_code();
        }
        sum
    }

    /// Why the run is red although no scenario is, or beside those that are.
    pub fn complaint(&self) -> Option<String> {
        let problems = self.problems();
        let red: Vec<String> = problems
            .iter()
            .filter(|problem| problem.outcome >= Outcome::Failed)
            .map(Problem::words)
            .collect();
        if !red.is_empty() {
            return Some(red.join("; "));
        }
        let verdict = self.summary().verdict;
        let explained = self.results.iter().any(|result| result.outcome >= Outcome::Failed);
        if verdict == Verdict::Conformant || explained {
            return None;
        }
        let tested = self.results.iter().any(|result| result.outcome >= Outcome::Passed);
        let ended = format!("the run ended with the verdict {}", verdict.word());
        Some(if tested { ended } else { "nothing was tested".to_owned() })
    }

    /// The scenarios by theme (the first part of their ids), in plan order.
    pub fn themes(&self) -> Vec<(&str, Vec<&ScenarioResult>)> {
        let mut themes: Vec<(&str, Vec<&ScenarioResult>)> = Vec::new();
        for result in &self.results {
            let theme = result.id.split('/').next().unwrap_or_default();
            match themes.iter_mut().find(|(known, _)| *known == theme) {
                Some((_, scenarios)) => scenarios.push(result),
                None => themes.push((theme, vec![result])),
            }
        }
        themes
    }

    /// How far a run without an end is known to have come, milliseconds.
    fn seen_ms(&self) -> u64 {
        let ended = self.results.iter().map(|result| {
            self.begun.get(&result.id).copied().unwrap_or(0).saturating_add(result.duration_ms)
        });
        ended.max().unwrap_or(0)
    }
}
