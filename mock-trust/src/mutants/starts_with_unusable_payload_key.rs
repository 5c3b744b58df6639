//! Starts with a payload key that is not base64 of 32 bytes, and fails every task.

use contract::edition::EditionId;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "starts-with-unusable-payload-key",
    breaks: &["TRUST-BOOT-03"],
    sentence: "Starts with a payload key that is not base64 of 32 bytes, and fails every task.",
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.start.checks_payload_key = false,
};
