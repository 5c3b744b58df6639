//! Drops the first batch of tasks after each start.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "drops-first-batch-after-start",
    breaks: &["ROT-APIKEY-02", "ROT-SITE-01", "ROT-AES-01"],
    sentence: "Drops the first batch of tasks after each start.",
    deviation: Deviation::NONE,
    apply: |habits| habits.batch.keeps_first_batch = false,
};
