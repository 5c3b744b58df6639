//! Leaves the FL client out of its snapshots.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "leaves-fl-client-out",
    breaks: &["TRUST-HB-06"],
    sentence: "Leaves the FL client out of its snapshots.",
    deviation: Deviation::NONE,
    apply: |habits| habits.health.names_fl_client = false,
};
