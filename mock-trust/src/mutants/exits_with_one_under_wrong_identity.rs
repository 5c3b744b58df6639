//! Ends under a foreign identity as if its configuration were invalid.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "exits-with-one-under-wrong-identity",
    breaks: &["ROT-APIKEY-02", "TRUST-ID-01", "TRUST-ID-02", "TRUST-ID-03"],
    sentence: "Ends under a foreign identity as if its configuration were invalid.",
    deviation: Deviation::NONE,
    apply: |habits| habits.identity.exits_with_two = false,
};
