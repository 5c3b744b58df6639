//! Asks the name service for a host that is neither hub nor FL endpoint.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "looks-up-third-name",
    breaks: &["NET-EGRESS-01"],
    sentence: "Asks the name service for a host that is neither hub nor FL endpoint, and calls nobody.",
    deviation: Deviation::NONE,
    apply: |habits| habits.start.looks_up_third_name = true,
};
