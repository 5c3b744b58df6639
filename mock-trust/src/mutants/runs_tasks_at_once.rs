//! Runs all tasks of a batch at the same time.

use crate::habits::BatchOrder;
use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "runs-tasks-at-once",
    breaks: &["TRUST-POLL-02"],
    sentence: "Runs all tasks of a batch at the same time.",
    deviation: Deviation::NONE,
    apply: |habits| habits.batch.order = BatchOrder::AtOnce,
};
