//! Talks to a hub whose certificate nobody vouches for.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "trusts-any-certificate",
    breaks: &["TRUST-ROBUST-06"],
    sentence: "Talks to a hub whose certificate nobody vouches for.",
    deviation: Deviation::NONE,
    apply: |habits| habits.wire.checks_certificates = false,
};
