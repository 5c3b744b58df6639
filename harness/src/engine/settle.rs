//! What one scenario amounts to.

use std::time::Duration;

use super::feature_set::Case;
use crate::event::{JudgedFinding, ScenarioResult};
use crate::finding::Stop;
use crate::outcome::Outcome;

/// A result without a run.
pub(super) fn settle(case: &Case, outcome: Outcome, reason: String) -> ScenarioResult {
    ScenarioResult {
        id: case.id.clone(),
        feature: case.feature.clone(),
        name: case.name.clone(),
        requirements: case.requirements.clone(),
        outcome,
        reason: Some(reason),
        because: None,
        duration_ms: 0,
        findings: Vec::new(),
        step: None,
        case: None,
    }
}

/// The result of a scenario that ran, from what it found and how it ended.
pub(super) fn summed_up(
    case: &Case,
    findings: Vec<JudgedFinding>,
    ended: Option<(String, Stop)>,
    unexplained: Option<String>,
    took: Duration,
) -> ScenarioResult {
    let found = findings.iter().map(|f| f.outcome).fold(Outcome::default(), Outcome::merge);
    let (own, reason) = match (&ended, unexplained) {
        (Some((_, Stop::NotVerified(why))), _) => (Outcome::NotVerified, Some(why.clone())),
        (Some((_, stop @ Stop::SceneBroken(_))), _) => {
            (Outcome::NotVerified, Some(stop.to_string()))
        }
        (Some((_, Stop::NotApplicable(why))), _) => (Outcome::NotApplicable, Some(why.clone())),
        (Some((_, Stop::Broken(_))), _) => (Outcome::Disabled, None),
        (None, Some(why)) => (Outcome::NotVerified, Some(why)),
        (None, None) => (Outcome::Passed, None),
    };
    let worst = findings.iter().max_by_key(|f| f.outcome);
    let told = worst.map(|f| format!("{}: {}", f.finding.requirement, f.finding.observed));
    let because = match &ended {
        Some((_, Stop::SceneBroken(cause))) => Some(cause.requirement.clone()),
        _ => None,
    };
    ScenarioResult {
        outcome: own.merge(found),
        because,
        reason: reason.or(told),
        duration_ms: millis(took),
        step: ended.map(|(step, _)| step),
        findings,
        ..settle(case, Outcome::Disabled, String::new())
    }
}

/// Whole milliseconds.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
