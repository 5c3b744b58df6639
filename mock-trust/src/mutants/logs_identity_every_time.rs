//! Logs the accepted identity with every reply.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "logs-identity-every-time",
    breaks: &["TRUST-ID-04"],
    sentence: "Logs the accepted identity with every reply.",
    deviation: Deviation::NONE,
    apply: |habits| habits.identity.logged_once = false,
};
