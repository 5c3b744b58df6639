//! What a check has to say when it is not content: the target's fault and our own, kept apart.

use serde::{Deserialize, Serialize};

use crate::shorten::shorten_to;

/// Evidence is cut to so many lines, and says so.
pub const EVIDENCE_LINES_MAX: usize = 24;
/// One line of evidence is cut to so many characters.
pub const EVIDENCE_CHARS_MAX: usize = 400;

/// A clause the target broke, with what shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Id of the broken requirement.
    pub requirement: String,
    /// What the clause asks for here.
    pub expected: String,
    /// What was seen instead.
    pub observed: String,
    /// Exchanges and log lines that show it, secrets already replaced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
}

impl Finding {
    /// A finding against one requirement.
    pub fn new(
        requirement: impl Into<String>,
        expected: impl Into<String>,
        observed: impl Into<String>,
    ) -> Self {
        Self {
            requirement: requirement.into(),
            expected: expected.into(),
            observed: observed.into(),
            evidence: Vec::new(),
        }
    }

    /// The same finding with lines that show it; too many are cut, and the cut is named. Each line is
    /// kept whole until secrets in it are masked.
    #[must_use]
    pub fn shown_by<L: Into<String>>(mut self, lines: impl IntoIterator<Item = L>) -> Self {
        let mut cut = 0_usize;
        for line in lines {
            if self.evidence.len() >= EVIDENCE_LINES_MAX {
                cut += 1;
            } else {
                self.evidence.push(line.into());
            }
        }
        if cut > 0 {
            self.evidence.push(format!("({cut} more lines cut)"));
        }
        self
    }
}

impl Finding {
    /// The same finding with what the target's containers said last.
    #[must_use]
    pub fn beside(mut self, output: &[String]) -> Self {
        if !output.is_empty() {
            self.evidence.push("last output of its containers:".to_owned());
            self.evidence.extend(output.iter().map(|line| format!("  {line}")));
        }
        self
    }
}

/// Why a step did not go through.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Stop {
    /// The target broke a clause.
    #[error("{}: expected {}; observed {}", .0.requirement, .0.expected, .0.observed)]
    Broken(Box<Finding>),
    /// The target broke another clause than the one asked about, which therefore could not be tested.
    #[error("not verified because of {}: expected {}; observed {}", .0.requirement, .0.expected, .0.observed)]
    SceneBroken(Box<Finding>),
    /// We could not bring the target, or our own parts, into the state the clause asks about.
    #[error("not verified: {0}")]
    NotVerified(String),
    /// The clause says nothing about this target.
    #[error("not applicable: {0}")]
    NotApplicable(String),
}

impl Stop {
    /// We could not test.
    pub fn not_verified(reason: impl std::fmt::Display) -> Self {
        Self::NotVerified(reason.to_string())
    }

    /// The clause says nothing about this target.
    pub fn not_applicable(reason: impl std::fmt::Display) -> Self {
        Self::NotApplicable(reason.to_string())
    }
}

impl From<Finding> for Stop {
    fn from(finding: Finding) -> Self {
        Self::Broken(Box::new(finding))
    }
}

/// What a step or an oracle returns.
pub type Judged<T = ()> = Result<T, Stop>;

/// Cuts one line of evidence and says how much is missing.
pub fn shorten(line: &str) -> String {
    shorten_to(line, EVIDENCE_CHARS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_evidence_is_cut_and_the_cut_is_named() {
        let finding = Finding::new("X-Y-01", "a", "b").shown_by((0..40).map(|n| n.to_string()));
        assert_eq!(finding.evidence.len(), EVIDENCE_LINES_MAX + 1);
        assert_eq!(finding.evidence[EVIDENCE_LINES_MAX], "(16 more lines cut)");
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let cut = shorten(&"é".repeat(500));
        assert!(cut.ends_with("… (200 bytes more)"), "{cut}");
    }
}
