//! Payloads leave unsealed.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Seal;

pub(super) const FAULT: Fault = Fault {
    name: "sends-plaintext",
    breaks: &["HUB-ENC-01"],
    sentence: "Payloads leave unsealed.",
    routes: routes::POLL,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.seal = Seal::Nothing,
};
