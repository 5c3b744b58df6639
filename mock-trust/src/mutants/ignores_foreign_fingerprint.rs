//! Does not compare the hub's key fingerprint with its own.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "ignores-foreign-fingerprint",
    breaks: &["TRUST-HB-04"],
    sentence: "Does not compare the hub's key fingerprint with its own.",
    deviation: Deviation::NONE,
    apply: |habits| habits.health.compares_fingerprint = false,
};
