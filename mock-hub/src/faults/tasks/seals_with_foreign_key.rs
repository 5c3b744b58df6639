//! Payloads are sealed with a key nobody holds.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Seal;

pub(super) const FAULT: Fault = Fault {
    name: "seals-with-foreign-key",
    breaks: &["HUB-ENC-01"],
    sentence: "Payloads are sealed with a key nobody holds.",
    routes: routes::POLL,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.seal = Seal::ForeignKey,
};
