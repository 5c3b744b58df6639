//! Drops the rest of a batch at the first entry that is no object.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "loses-batch-after-malformed-entry",
    breaks: &["TRUST-POLL-04"],
    sentence: "Drops the rest of a batch at the first entry that is no object.",
    deviation: Deviation::EVERYWHERE,
    apply: |habits| habits.batch.guards_entries = false,
};
