//! Runs the tasks of a batch after the tenth without reporting them.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "forgets-end-of-long-batch",
    breaks: &["TRUST-POLL-03"],
    sentence: "Runs the tasks of a batch after the tenth without reporting them.",
    deviation: Deviation::NONE,
    apply: |habits| habits.batch.reports_whole_batch = false,
};
