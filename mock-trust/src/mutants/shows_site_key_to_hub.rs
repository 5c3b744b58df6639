//! Sends the site key along to the hub.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "shows-site-key-to-hub",
    breaks: &["TRUST-SVC-02"],
    sentence: "Sends the site key along to the hub.",
    deviation: Deviation::NONE,
    apply: |habits| habits.wire.keeps_site_key_from_hub = false,
};
