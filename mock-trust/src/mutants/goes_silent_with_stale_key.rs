//! Sends no more heartbeats after three payloads in a row did not open.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "goes-silent-with-stale-key",
    breaks: &["ROT-AES-01"],
    sentence: "Sends no more heartbeats after three payloads in a row did not open.",
    deviation: Deviation::NONE,
    apply: |habits| habits.cycle.beats_with_stale_key = false,
};
