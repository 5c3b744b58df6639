//! What a report says about one scenario, in the order people read it.
//!
//! Requirement, expected and observed, the exchange that shows it, likely cause, who fixes it, and
//! at the end the command that replays just this. Every text in here is safe to print.

use contract::catalogue::{self, Requirement, Who};
use contract::edition::EditionId;

use super::plain_text::visible;
use crate::bug_bank::bug;
use crate::event::{JudgedFinding, ScenarioResult};
use crate::outcome::Outcome;

/// A labelled piece of a diagnosis: one line, or several.
pub(super) struct Part {
    pub(super) label: Label,
    pub(super) lines: Vec<String>,
}

/// What a piece says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Requirement,
    Expected,
    Observed,
    Evidence,
    Cause,
    Remedy,
    Reason,
    Step,
    Unproved,
    Replay,
}

impl Label {
    /// The words in front of the piece.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Requirement => "requirement",
            Self::Expected => "expected",
            Self::Observed => "observed",
            Self::Evidence => "shown by",
            Self::Cause => "likely cause",
            Self::Remedy => "who fixes it",
            Self::Reason => "reason",
            Self::Step => "ended at",
            Self::Unproved => "unproved",
            Self::Replay => "replay",
        }
    }
}

/// Everything there is to say about a scenario.
pub(super) fn diagnosis(result: &ScenarioResult, edition: EditionId) -> Vec<Part> {
    let mut parts = Vec::new();
    for found in &result.findings {
        describe(found, edition, &mut parts);
    }
    if let Some(reason) = own_reason(result) {
        parts.push(part(Label::Reason, [reason]));
    }
    if let Some(step) = &result.step {
        parts.push(part(Label::Step, [step]));
    }
    if result.outcome == Outcome::NotVerified && !result.requirements.is_empty() {
        parts.push(part(Label::Unproved, [result.requirements.join(", ")]));
    }
    if let Some(case) = &result.case {
        parts.push(part(Label::Replay, [replay_command(case)]));
    }
    parts
}

/// The line that says most about a scenario that is not simply passed.
pub(super) fn headline(result: &ScenarioResult) -> String {
    let worst = worst_finding(result).map(|found| &found.finding.observed);
    let line = own_reason(result).or(worst.map(String::as_str)).unwrap_or_default();
    visible(line).into_owned()
}

/// The command that replays just this scenario.
pub(super) fn replay_command(case: &str) -> String {
    format!("flipcheck replay {}", shell_word(case))
}

/// The gravest finding; of several the first.
pub(super) fn worst_finding(result: &ScenarioResult) -> Option<&JudgedFinding> {
    result.findings.iter().rev().max_by_key(|found| found.outcome)
}

/// The reason, unless it only repeats a finding.
fn own_reason(result: &ScenarioResult) -> Option<&str> {
    let reason = result.reason.as_deref()?;
    let repeats = |found: &JudgedFinding| {
        let rest = reason.strip_prefix(found.finding.requirement.as_str());
        rest.and_then(|rest| rest.strip_prefix(": ")) == Some(found.finding.observed.as_str())
    };
    (!result.findings.iter().any(repeats)).then_some(reason)
}

fn describe(found: &JudgedFinding, edition: EditionId, parts: &mut Vec<Part>) {
    let finding = &found.finding;
    let clause = catalogue::find(&finding.requirement);
    let level = clause.map_or("unknown to this version", |clause| clause.level.name());
    let title = format!("{} ({level}): {}", finding.requirement, weight(found.outcome));
    let sentence = clause.map(|clause| clause.sentence.to_owned());
    parts.push(part(Label::Requirement, std::iter::once(title).chain(sentence)));
    parts.push(part(Label::Expected, [&finding.expected]));
    parts.push(part(Label::Observed, [&finding.observed]));
    if !finding.evidence.is_empty() {
        parts.push(part(Label::Evidence, &finding.evidence));
    }
    if let Some(clause) = clause {
        parts.push(part(Label::Cause, causes(clause, edition)));
        let remedy = format!("{}: {}", person(clause.hint.who), clause.hint.what);
        parts.push(part(Label::Remedy, [remedy]));
    }
}

fn weight(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "does not hold, which is allowed",
        Outcome::KnownDeviation => "broken, as expected",
        Outcome::Warned => "broken, which warns",
        _ => "broken",
    }
}

/// What is known to break this clause: the services of that edition, and bugs of the past.
fn causes(clause: &Requirement, edition: EditionId) -> Vec<String> {
    let deviations = clause
        .deviations_on(edition)
        .map(|known| format!("known of edition {edition}: {}", known.sentence));
    let bugs = clause
        .bugs()
        .filter_map(bug)
        .map(|known| format!("resembles {}, {}: {}", known.id, known.title, known.cause));
    let causes: Vec<String> = deviations.chain(bugs).collect();
    if causes.is_empty() {
        return vec![
            "no known bug breaks this clause; the lines above show what to look at".into(),
        ];
    }
    causes
}

/// Somebody who can put things right, as reports call them.
pub fn person(who: Who) -> &'static str {
    match who {
        Who::Admin => "hub admin",
        Who::Operator => "trust operator",
        Who::SiteIt => "site IT",
        Who::HubDev => "hub developers",
        Who::TrustDev => "trust developers",
        Who::FlDev => "FL developers",
    }
}

fn part<T: AsRef<str>>(label: Label, lines: impl IntoIterator<Item = T>) -> Part {
    let lines = lines.into_iter().map(|line| visible(line.as_ref()).into_owned()).collect();
    Part { label, lines }
}

/// The path as a shell reads it back.
fn shell_word(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+,:@".contains(c);
    if !path.is_empty() && path.chars().all(plain) {
        return path.to_owned();
    }
    format!("'{}'", path.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_blanks_or_quotes_is_quoted() {
        assert_eq!(shell_word("cases/a--b.json"), "cases/a--b.json");
        assert_eq!(shell_word("my cases/it's.json"), r"'my cases/it'\''s.json'");
        assert_eq!(shell_word(""), "''");
    }

    #[test]
    fn a_clause_without_bug_or_deviation_says_so() {
        let clause = catalogue::find("TRUST-POLL-02").unwrap();
        let causes = causes(clause, EditionId::V2026_09);
        assert_eq!(causes.len(), 1);
        assert!(causes[0].starts_with("no known bug"), "{causes:?}");
    }
}
