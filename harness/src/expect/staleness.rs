//! Whether known deviations still show: pure functions over the results of a run, or of its merged parts.

use std::collections::BTreeSet;

use contract::catalogue::{self, Subject};

use crate::engine::Case;
use crate::event::{Expected, ScenarioResult, Side};
use crate::outcome::Outcome;

/// How much of a side's scenarios a selection holds.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Whether it holds all of them.
    pub whole: bool,
    side: Option<Side>,
    chosen: BTreeSet<String>,
    proving: Vec<(String, Vec<String>)>,
}

impl Scope {
    /// The scope of the scenarios `chosen` by id, among all of a side.
    pub fn of(cases: &[Case], side: Side, chosen: &BTreeSet<String>) -> Self {
        let of_side = || cases.iter().filter(|case| case.side.judges(side));
        Self {
            whole: of_side().all(|case| chosen.contains(&case.id)),
            side: Some(side),
            chosen: chosen.clone(),
            proving: of_side().map(|case| (case.id.clone(), case.requirements.clone())).collect(),
        }
    }

    /// Whether the clause is this side's to keep: one file may speak of both.
    pub fn concerns(&self, requirement: &str) -> bool {
        let Some(clause) = catalogue::find(requirement) else { return true };
        !matches!(
            (self.side, clause.subject),
            (Some(Side::Trust), Subject::Hub) | (Some(Side::Hub), Subject::Trust)
        )
    }

    /// Whether everything that could show the deviation was chosen.
    pub fn covers(&self, requirement: &str, scenario: Option<&str>) -> bool {
        match scenario {
            Some(id) => self.chosen.contains(id),
            None => self
                .proving
                .iter()
                .filter(|(_, proves)| proves.iter().any(|id| id == requirement))
                .all(|(id, _)| self.chosen.contains(id)),
        }
    }
}

/// The expectations that did not show, in words.
///
/// A deviation that was tried and held is only said to be gone when everything that could have shown
/// it was selected; that nobody tried it, only of a whole run.
pub fn stale(expected: &[Expected], results: &[ScenarioResult]) -> Vec<String> {
    let shown = shown(expected, results);
    let unmet = expected.iter().zip(shown).filter(|(_, shown)| !shown);
    unmet.filter_map(|(expected, _)| complaint(expected, results)).collect()
}

fn complaint(expected: &Expected, results: &[ScenarioResult]) -> Option<String> {
    let Expected { requirement, reason, .. } = expected;
    let held = results.iter().any(|result| {
        result.requirements.contains(requirement)
            && speaks_of(expected, &result.id)
            && matches!(result.outcome, Outcome::Passed | Outcome::Warned)
    });
    let of_clause = || {
        results.iter().filter(|result| {
            result.requirements.contains(requirement) && speaks_of(expected, &result.id)
        })
    };
    // What this target cannot be asked, or what another clause kept from being tested, says nothing
    // about the deviation, one way or the other.
    let untold = of_clause()
        .any(|result| result.outcome == Outcome::NotApplicable || result.because.is_some());
    match held {
        _ if untold => None,
        true if expected.covered => {
            Some(format!("{requirement} was expected to be broken ({reason}), but holds"))
        }
        false if expected.demanded => {
            Some(format!("the expectation of {requirement} was not used by any scenario"))
        }
        _ => None,
    }
}

/// Which of them explain a finding. The first that fits explains it, and with it those that speak of
/// the same: one clause may be known to be broken in two ways.
fn shown(expected: &[Expected], results: &[ScenarioResult]) -> Vec<bool> {
    let mut shown = vec![false; expected.len()];
    for result in results {
        for found in &result.findings {
            let fits = |expected: &Expected| {
                expected.requirement == found.finding.requirement && speaks_of(expected, &result.id)
            };
            if found.outcome == Outcome::KnownDeviation
                && let Some(at) = expected.iter().position(fits)
            {
                let same = |other: &Expected| {
                    other.requirement == expected[at].requirement
                        && other.scenario == expected[at].scenario
                };
                shown
                    .iter_mut()
                    .zip(expected)
                    .filter(|(_, e)| same(e))
                    .for_each(|(s, _)| *s = true);
            }
        }
    }
    shown
}

fn speaks_of(expected: &Expected, scenario: &str) -> bool {
    expected.scenario.as_deref().is_none_or(|id| id == scenario)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::JudgedFinding;
    use crate::finding::Finding;

    fn result(id: &str, outcome: Outcome) -> ScenarioResult {
        let findings = match outcome {
            Outcome::KnownDeviation => {
                vec![JudgedFinding { outcome, finding: Finding::new("TRUST-ID-01", "a", "b") }]
            }
            _ => Vec::new(),
        };
        ScenarioResult {
            id: id.to_owned(),
            feature: String::new(),
            name: String::new(),
            requirements: vec!["TRUST-ID-01".to_owned()],
            outcome,
            reason: None,
            because: None,
            duration_ms: 0,
            findings,
            step: None,
            case: None,
        }
    }

    fn expected(covered: bool, demanded: bool) -> Expected {
        Expected {
            requirement: "TRUST-ID-01".to_owned(),
            scenario: None,
            reason: "known".to_owned(),
            covered,
            demanded,
        }
    }

    #[test]
    fn a_clause_of_the_other_side_does_not_concern_a_run() {
        let scope = Scope::of(&[], Side::Trust, &BTreeSet::new());
        assert!(scope.concerns("TRUST-ID-01") && !scope.concerns("HUB-ERR-01"));
    }

    #[test]
    fn one_scenario_that_shows_it_is_enough() {
        let results = [result("a", Outcome::Passed), result("b", Outcome::KnownDeviation)];
        assert_eq!(stale(&[expected(true, true)], &results), [""; 0]);
    }

    #[test]
    fn two_reasons_for_one_clause_are_met_together() {
        let other = Expected { reason: "known too".to_owned(), ..expected(true, true) };
        let results = [result("b", Outcome::KnownDeviation)];
        assert_eq!(stale(&[expected(true, true), other], &results), [""; 0]);
    }

    #[test]
    fn a_part_that_holds_does_not_say_that_the_whole_does() {
        let results = [result("a", Outcome::Passed)];
        assert_eq!(stale(&[expected(false, false)], &results), [""; 0]);
        let gone = stale(&[expected(true, false)], &results);
        assert_eq!(gone, ["TRUST-ID-01 was expected to be broken (known), but holds"]);
    }

    #[test]
    fn what_a_target_cannot_be_asked_makes_no_expectation_stale() {
        let beyond = result("a", Outcome::NotApplicable);
        assert_eq!(stale(&[expected(true, true)], std::slice::from_ref(&beyond)), [""; 0]);
        let half = [beyond, result("b", Outcome::Passed)];
        assert_eq!(stale(&[expected(true, true)], &half), [""; 0]);
    }

    #[test]
    fn an_expectation_nobody_tried_is_stale_in_a_whole_run_only() {
        assert_eq!(stale(&[expected(true, false)], &[]), [""; 0]);
        assert_eq!(stale(&[expected(true, true)], &[]).len(), 1);
    }
}
