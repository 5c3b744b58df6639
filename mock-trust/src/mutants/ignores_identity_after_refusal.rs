//! Gives the identity check up once the hub has refused a call.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "ignores-identity-after-refusal",
    breaks: &["TRUST-ID-03"],
    sentence: "Gives the identity check up once the hub has refused a call.",
    deviation: Deviation::NONE,
    apply: |habits| habits.identity.heeds_after_refusal = false,
};
