//! Adding up results: counts, requirements, verdict.

use std::collections::BTreeMap;

use contract::catalogue;

use crate::engine::{causes_found, decides};
use crate::event::{Problem, RequirementResult, RunFinished, ScenarioResult};
use crate::outcome::{Outcome, Verdict};

/// The sum of a run over its scenarios and its problems.
///
/// A scenario that waits for a clause which is red here decides nothing beside it. A problem can only
/// make a run red: it never counts as something tested.
pub fn tally(results: &[ScenarioResult], problems: &[Problem], duration_ms: u64) -> RunFinished {
    let mut counts = BTreeMap::new();
    for result in results {
        *counts.entry(result.outcome).or_insert(0) += 1;
    }
    let causes = causes_found(results);
    let deciding = results.iter().filter(|result| decides(result, &causes));
    let tested = deciding.map(|result| result.outcome);
    let grave = problems
        .iter()
        .map(|problem| problem.outcome)
        .filter(|outcome| *outcome >= Outcome::Failed);
    let verdict = Verdict::of(tested.chain(grave).fold(Outcome::default(), Outcome::merge));
    RunFinished {
        verdict,
        exit_code: verdict.exit_code(),
        duration_ms,
        counts,
        requirements: by_requirement(results, problems),
    }
}

/// What became of each requirement. A scenario that a broken clause ended early says nothing about
/// the clauses it did not reach; a clause nobody reached is not verified.
fn by_requirement(results: &[ScenarioResult], problems: &[Problem]) -> Vec<RequirementResult> {
    let mut merged: BTreeMap<&str, Option<Outcome>> = BTreeMap::new();
    for result in results {
        let stopped = result.findings.iter().any(|found| found.outcome > Outcome::Passed);
        for id in &result.requirements {
            let entry = merged.entry(id).or_default();
            if !stopped {
                *entry = Some(entry.unwrap_or_default().merge(result.outcome));
            }
        }
        for found in &result.findings {
            let entry = merged.entry(&found.finding.requirement).or_default();
            *entry = Some(entry.unwrap_or_default().merge(found.outcome));
        }
    }
    for problem in problems {
        if let Some(id) = &problem.requirement {
            let entry = merged.entry(id).or_default();
            *entry = Some(entry.unwrap_or_default().merge(problem.outcome));
        }
    }
    merged
        .into_iter()
        .filter_map(|(id, outcome)| {
            let level = catalogue::find(id)?.level;
            let outcome = outcome.unwrap_or(Outcome::NotVerified);
            Some(RequirementResult { id: id.to_owned(), level, outcome })
        })
        .collect()
}
