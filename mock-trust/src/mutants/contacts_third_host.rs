//! Connects to a host that is neither hub nor FL endpoint.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "contacts-third-host",
    breaks: &["NET-EGRESS-01"],
    sentence: "Connects to a host that is neither hub nor FL endpoint.",
    deviation: Deviation::NONE,
    apply: |habits| habits.start.contacts_third_host = true,
};
