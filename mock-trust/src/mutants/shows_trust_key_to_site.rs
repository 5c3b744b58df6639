//! Sends the trust key along to site services.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "shows-trust-key-to-site",
    breaks: &["TRUST-SVC-02"],
    sentence: "Sends the trust key along to site services.",
    deviation: Deviation::NONE,
    apply: |habits| habits.wire.keeps_trust_key_from_site = false,
};
