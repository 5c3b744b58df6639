//! Adding up results: counts, requirements, verdict.

use std::collections::BTreeMap;

use contract::catalogue;

use crate::engine::{causes_found, decides};
use crate::event::{Problem, RequirementResult, RunFinished, STANDING_CHECKS, ScenarioResult};
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

/// What a scenario says of its own clauses, beside what its findings say of theirs: nothing where one
/// of them ended it early; that they hold where it went through and only what was looked at
/// afterwards broke another clause.
fn own_outcome(result: &ScenarioResult) -> Option<Outcome> {
    let broken = result.findings.iter().any(|found| found.outcome > Outcome::Passed);
    let went_through = result.step.as_deref().is_none_or(|step| step == STANDING_CHECKS);
    match (broken, went_through) {
        (false, _) => Some(result.outcome),
        (true, true) => Some(Outcome::Passed),
        (true, false) => None,
    }
}

/// What became of each requirement. A scenario that a broken clause ended early says nothing about
/// the clauses it did not reach; a clause nobody reached is not verified.
fn by_requirement(results: &[ScenarioResult], problems: &[Problem]) -> Vec<RequirementResult> {
    let mut merged: BTreeMap<&str, Option<Outcome>> = BTreeMap::new();
    for result in results {
        let own = own_outcome(result);
        for id in &result.requirements {
            let entry = merged.entry(id).or_default();
            if let Some(own) = own {
                *entry = Some(entry.unwrap_or_default().merge(own));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::JudgedFinding;
    use crate::finding::Finding;

    fn leaked(step: Option<&str>) -> ScenarioResult {
        let finding = Finding::new("TRUST-LOG-01", "no key", "a key");
        ScenarioResult {
            id: "polling/x/y".to_owned(),
            feature: String::new(),
            name: String::new(),
            requirements: vec!["TRUST-POLL-02".to_owned()],
            outcome: Outcome::KnownDeviation,
            reason: None,
            because: None,
            duration_ms: 1,
            findings: vec![JudgedFinding { outcome: Outcome::KnownDeviation, finding }],
            step: step.map(str::to_owned),
            case: None,
        }
    }

    fn own_clause(step: Option<&str>) -> Outcome {
        let rows = by_requirement(&[leaked(step)], &[]);
        rows.iter().find(|row| row.id == "TRUST-POLL-02").expect("its row").outcome
    }

    #[test]
    fn a_clause_was_reached_where_only_a_standing_check_broke_another() {
        assert_eq!(own_clause(Some(STANDING_CHECKS)), Outcome::Passed);
        assert_eq!(own_clause(None), Outcome::Passed);
        assert_eq!(own_clause(Some("the trust is running")), Outcome::NotVerified);
    }
}
