//! A new key is unknown for a minute.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "new-key-waits-a-minute",
    breaks: &["HUB-REG-03"],
    sentence: "A new key is unknown for a minute.",
    routes: routes::TRUST,
    deviation: Deviation::NONE,
    apply: |habits| habits.registry.admit_new_key = Duty::Broken,
};
