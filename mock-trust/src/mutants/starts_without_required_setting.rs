//! Starts although a required variable is missing, and calls the hub all the same.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "starts-without-required-setting",
    breaks: &["TRUST-BOOT-01"],
    sentence: "Starts although a required variable is missing, and calls the hub all the same.",
    deviation: Deviation::NONE,
    apply: |habits| habits.start.needs_every_setting = false,
};
