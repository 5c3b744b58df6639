//! Polls first and sends the heartbeat afterwards.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "polls-before-heartbeat",
    breaks: &["TRUST-POLL-01"],
    sentence: "Polls first and sends the heartbeat afterwards.",
    deviation: Deviation::NONE,
    apply: |habits| habits.cycle.heartbeat_first = false,
};
