//! Follows a redirect of counts to another origin, with body and key.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "follows-cohort-redirects",
    breaks: &["TRUST-ROBUST-08"],
    sentence: "Follows a redirect of counts to another origin, with body and key.",
    deviation: Deviation::EVERYWHERE,
    apply: |habits| habits.wire.refuses_cohort_redirects = false,
};
