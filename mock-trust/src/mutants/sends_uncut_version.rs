//! Puts versions into the snapshot that are longer than the hub takes.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "sends-uncut-version",
    breaks: &["TRUST-HB-01"],
    sentence: "Puts versions into the snapshot that are longer than the hub takes.",
    deviation: Deviation::NONE,
    apply: |habits| habits.health.cuts_versions = false,
};
