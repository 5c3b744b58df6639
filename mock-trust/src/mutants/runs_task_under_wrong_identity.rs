//! Goes on working when the first heartbeat reply names another trust.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "runs-task-under-wrong-identity",
    breaks: &["TRUST-ID-01", "ROT-APIKEY-02"],
    sentence: "Goes on working when the first heartbeat reply names another trust.",
    deviation: Deviation::NONE,
    apply: |habits| habits.identity.heeds_first_heartbeat = false,
};
