//! Sends no heartbeat until the site services answer.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "waits-for-site-before-first-heartbeat",
    breaks: &["TRUST-BOOT-02"],
    sentence: "Sends no heartbeat until the site services answer.",
    deviation: Deviation::NONE,
    apply: |habits| habits.start.waits_for_site = true,
};
