//! A scenario that could not test its clause because another one is broken: one cause, one red.

use std::collections::BTreeSet;

use crate::event::ScenarioResult;
use crate::outcome::Outcome;

/// Gives those that wait for a cause their outcome, once all results are known.
///
/// Where the cause is a known deviation, and nowhere worse, its dependents are one as well: nothing
/// else is known against the target. Otherwise they stay not verified.
pub fn settle_dependents(results: &mut [ScenarioResult]) {
    let known = shown(results.iter(), Outcome::KnownDeviation);
    let broken = causes_found(results);
    for result in results.iter_mut().filter(|result| is_dependent(result)) {
        let Some(cause) = result.because.as_ref() else { continue };
        if known.contains(cause) && !broken.contains(cause) {
            result.outcome = Outcome::KnownDeviation;
            let told = result.reason.take().unwrap_or_default();
            let rest = told.strip_prefix("not verified ").unwrap_or(&told);
            result.reason = Some(format!("known deviation {rest}"));
        }
    }
}

/// Clauses that are red in a result which decides by itself.
pub fn causes_found(results: &[ScenarioResult]) -> BTreeSet<String> {
    let by_itself = |result: &&ScenarioResult| match result.outcome {
        Outcome::Failed => true,
        Outcome::NotVerified => result.because.is_none(),
        _ => false,
    };
    shown(results.iter().filter(by_itself), Outcome::Failed)
}

/// Whether the verdict waits for this result: one whose cause is red in the same run is explained by
/// it, and decides nothing.
pub fn decides(result: &ScenarioResult, causes_found: &BTreeSet<String>) -> bool {
    let explained = result.because.as_ref().is_some_and(|cause| causes_found.contains(cause));
    !(is_dependent(result) && explained)
}

/// Whether nothing but its cause keeps it from being verified.
fn is_dependent(result: &ScenarioResult) -> bool {
    result.outcome == Outcome::NotVerified && result.because.is_some()
}

fn shown<'r>(
    results: impl Iterator<Item = &'r ScenarioResult>,
    outcome: Outcome,
) -> BTreeSet<String> {
    let findings = results.flat_map(|result| &result.findings);
    let of_outcome = findings.filter(|found| found.outcome == outcome);
    of_outcome.map(|found| found.finding.requirement.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::JudgedFinding;
    use crate::finding::Finding;
    use crate::outcome::Verdict;
    use crate::report::tally;

    const CAUSE: &str = "TRUST-TASK-08";

    fn result(id: &str, proves: &str, outcome: Outcome) -> ScenarioResult {
        ScenarioResult {
            id: id.to_owned(),
            feature: String::new(),
            name: String::new(),
            requirements: vec![proves.to_owned()],
            outcome,
            reason: None,
            because: None,
            duration_ms: 0,
            findings: Vec::new(),
            step: None,
            case: None,
        }
    }

    fn broken(outcome: Outcome) -> ScenarioResult {
        let finding = Finding::new(CAUSE, "a", "b");
        ScenarioResult {
            findings: vec![JudgedFinding { outcome, finding }],
            ..result("tasks", CAUSE, outcome)
        }
    }

    fn dependent() -> ScenarioResult {
        ScenarioResult {
            because: Some(CAUSE.to_owned()),
            reason: Some(format!("not verified because of {CAUSE}: expected a; observed b")),
            ..result("log", "TRUST-LOG-01", Outcome::NotVerified)
        }
    }

    fn verdict(mut results: Vec<ScenarioResult>) -> (Verdict, Vec<Outcome>) {
        settle_dependents(&mut results);
        let outcomes = results.iter().map(|result| result.outcome).collect();
        (tally(&results, &[], 0).verdict, outcomes)
    }

    #[test]
    fn a_red_cause_decides_and_its_dependents_do_not() {
        let (verdict, outcomes) = verdict(vec![dependent(), broken(Outcome::Failed)]);
        assert_eq!(verdict, Verdict::NotConformant);
        assert_eq!(outcomes, [Outcome::NotVerified, Outcome::Failed]);
    }

    #[test]
    fn a_cause_that_is_red_nowhere_leaves_them_not_verified() {
        let passed = result("x", CAUSE, Outcome::Passed);
        assert_eq!(verdict(vec![dependent(), passed]).0, Verdict::NotVerified);
        assert_eq!(verdict(vec![dependent(), broken(Outcome::Warned)]).0, Verdict::NotVerified);
        assert_eq!(verdict(vec![dependent()]).0, Verdict::NotVerified);
    }

    #[test]
    fn what_depends_on_a_known_deviation_is_one() {
        let mut results = vec![dependent(), broken(Outcome::KnownDeviation)];
        assert_eq!(verdict(results.clone()).0, Verdict::Conformant);
        settle_dependents(&mut results);
        assert_eq!(results[0].outcome, Outcome::KnownDeviation);
        let told = results[0].reason.as_deref().expect("a reason");
        assert!(told.starts_with("known deviation because of TRUST-TASK-08: "), "{told}");
        let worse = vec![dependent(), broken(Outcome::KnownDeviation), broken(Outcome::Failed)];
        assert_eq!(verdict(worse).1[0], Outcome::NotVerified);
    }

    #[test]
    fn another_reason_not_to_be_verified_still_counts() {
        let other = result("y", "TRUST-ID-01", Outcome::NotVerified);
        let results = vec![dependent(), broken(Outcome::Failed), other];
        assert_eq!(verdict(results).0, Verdict::NotVerified);
    }
}
