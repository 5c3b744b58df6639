//! The data service defines a cohort without the admin proof.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "site-accepts-write-without-proof",
    breaks: &["TRUST-SVC-01"],
    sentence: "The data service defines a cohort without the admin proof.",
    deviation: Deviation::NONE,
    apply: |habits| habits.site.accepts_write_without_proof = true,
};
