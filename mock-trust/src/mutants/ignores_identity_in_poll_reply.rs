//! Compares identities in heartbeat replies only.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "ignores-identity-in-poll-reply",
    breaks: &["TRUST-ID-02"],
    sentence: "Compares identities in heartbeat replies only.",
    deviation: Deviation::NONE,
    apply: |habits| habits.identity.heeds_poll = false,
};
