//! Runs the newest task of a batch first.

use crate::habits::BatchOrder;
use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "runs-tasks-in-reverse",
    breaks: &["TRUST-POLL-02"],
    sentence: "Runs the newest task of a batch first.",
    deviation: Deviation::NONE,
    apply: |habits| habits.batch.order = BatchOrder::Reversed,
};
