//! Takes a task for expired whose date is an hour off its own clock.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "expires-tasks-by-own-clock",
    breaks: &["TRUST-ROBUST-09"],
    sentence: "Takes a task for expired whose date is an hour off its own clock.",
    deviation: Deviation::NONE,
    apply: |habits| habits.cycle.ignores_dates = false,
};
