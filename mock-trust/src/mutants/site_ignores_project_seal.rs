//! The data service takes a project id whose seal does not open.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "site-ignores-project-seal",
    breaks: &["TRUST-COHORT-05"],
    sentence: "The data service takes a project id whose seal does not open.",
    deviation: Deviation::NONE,
    apply: |habits| habits.site.ignores_project_seal = true,
};
