//! What became of a check, ordered so that outcomes merge by taking the largest.

use std::fmt;

use contract::catalogue::Level;
use serde::{Deserialize, Serialize};

/// The result of one check, one scenario, one requirement or a whole run.
///
/// The order is the algebra: merging takes the maximum, so "could not test" outweighs "does not
/// conform", which outweighs everything that is fine.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Switched off by the user.
    #[default]
    Disabled,
    /// Says nothing about this edition or this kind of target.
    NotApplicable,
    /// Tested, and it holds.
    Passed,
    /// Broken in the way an expectation names.
    KnownDeviation,
    /// A SHOULD is broken.
    Warned,
    /// A MUST is broken.
    Failed,
    /// An expectation named a deviation that did not show.
    UnexpectedPass,
    /// Could not be tested.
    NotVerified,
}

impl Outcome {
    /// Every outcome, smallest first.
    pub const ALL: [Self; 8] = [
        Self::Disabled,
        Self::NotApplicable,
        Self::Passed,
        Self::KnownDeviation,
        Self::Warned,
        Self::Failed,
        Self::UnexpectedPass,
        Self::NotVerified,
    ];

    /// The graver of the two.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        self.max(other)
    }

    /// What a broken clause of that level amounts to. MAY informs and breaks nothing.
    pub fn of_broken(level: Level, strictness: Strictness) -> Self {
        match (level, strictness) {
            (Level::Must, _) | (Level::Should, Strictness::Strict) => Self::Failed,
            (Level::Should, Strictness::Ordinary) => Self::Warned,
            (Level::May, _) => Self::Passed,
        }
    }

    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::NotApplicable => "not-applicable",
            Self::Passed => "passed",
            Self::KnownDeviation => "known-deviation",
            Self::Warned => "warned",
            Self::Failed => "failed",
            Self::UnexpectedPass => "unexpected-pass",
            Self::NotVerified => "not-verified",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Whether a broken SHOULD fails a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strictness {
    /// It warns.
    #[default]
    Ordinary,
    /// It fails.
    Strict,
}

/// What the whole run says about its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every tested MUST holds.
    Conformant,
    /// A MUST is broken.
    NotConformant,
    /// An expectation is unused, expired or passed unexpectedly.
    StaleExpectation,
    /// Something could not be tested, or nothing was.
    NotVerified,
}

impl Verdict {
    /// The verdict behind the merged outcome of all scenarios.
    ///
    /// A run in which nothing was tested verifies nothing: it is never conformant.
    pub fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed | Outcome::KnownDeviation | Outcome::Warned => Self::Conformant,
            Outcome::Failed => Self::NotConformant,
            Outcome::UnexpectedPass => Self::StaleExpectation,
            Outcome::Disabled | Outcome::NotApplicable | Outcome::NotVerified => Self::NotVerified,
        }
    }

    /// The process exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Conformant => 0,
            Self::NotConformant => 1,
            Self::NotVerified => 3,
            Self::StaleExpectation => 4,
        }
    }

    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Conformant => "conformant",
            Self::NotConformant => "not-conformant",
            Self::StaleExpectation => "stale-expectation",
            Self::NotVerified => "not-verified",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    proptest! {
        #[test]
        fn merging_is_associative_commutative_idempotent_with_disabled_as_unit(
            a in select(&Outcome::ALL[..]), b in select(&Outcome::ALL[..]), c in select(&Outcome::ALL[..])
        ) {
            prop_assert_eq!(a.merge(b), b.merge(a));
            prop_assert_eq!(a.merge(b).merge(c), a.merge(b.merge(c)));
            prop_assert_eq!(a.merge(a), a);
            prop_assert_eq!(a.merge(Outcome::Disabled), a);
        }

        #[test]
        fn a_run_is_green_only_when_something_was_tested_and_nothing_was_red(
            outcomes in proptest::collection::vec(select(&Outcome::ALL[..]), 0..12)
        ) {
            let merged = outcomes.iter().copied().fold(Outcome::default(), Outcome::merge);
            let tested = outcomes.iter().any(|o| *o >= Outcome::Passed);
            let red = outcomes.iter().any(|o| *o >= Outcome::Failed);
            prop_assert_eq!(Verdict::of(merged).exit_code() == 0, tested && !red);
        }

        #[test]
        fn could_not_test_is_never_called_does_not_conform(
            outcomes in proptest::collection::vec(select(&Outcome::ALL[..]), 0..12)
        ) {
            let merged = outcomes.into_iter().fold(Outcome::NotVerified, Outcome::merge);
            prop_assert_eq!(Verdict::of(merged), Verdict::NotVerified);
        }
    }

    #[test]
    fn the_order_is_the_documented_one() {
        assert!(Outcome::ALL.is_sorted());
        assert_eq!(
            Outcome::ALL.map(Outcome::word).join(" < "),
            "disabled < not-applicable < passed < known-deviation < warned < failed < \
             unexpected-pass < not-verified"
        );
    }

    #[test]
    fn a_broken_should_warns_and_strict_promotes_it() {
        assert_eq!(Outcome::of_broken(Level::Should, Strictness::Ordinary), Outcome::Warned);
        assert_eq!(Outcome::of_broken(Level::Should, Strictness::Strict), Outcome::Failed);
        assert_eq!(Outcome::of_broken(Level::May, Strictness::Strict), Outcome::Passed);
        assert_eq!(Outcome::of_broken(Level::Must, Strictness::Ordinary), Outcome::Failed);
    }
}
