//! Starts with a payload key that is not base64 of 32 bytes, and fails every task.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "starts-with-unusable-payload-key",
    breaks: &["TRUST-BOOT-03"],
    sentence: "Starts with a payload key that is not base64 of 32 bytes, and fails every task.",
    deviation: Deviation::EVERYWHERE,
    apply: |habits| habits.start.checks_payload_key = false,
};
