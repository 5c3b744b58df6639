//! A registration gets a slot another trust holds.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::SlotClaim;

pub(super) const FAULT: Fault = Fault {
    name: "deals-taken-slot",
    breaks: &["HUB-REG-07"],
    sentence: "A registration gets a slot another trust holds.",
    routes: routes::REGISTER,
    deviation: Deviation::NONE,
    apply: |habits| habits.registry.claim = SlotClaim::Taken,
};
