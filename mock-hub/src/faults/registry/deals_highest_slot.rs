//! A registration gets the free slot with the highest number.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::SlotClaim;

pub(super) const FAULT: Fault = Fault {
    name: "deals-highest-slot",
    breaks: &["HUB-REG-07"],
    sentence: "A registration gets the free slot with the highest number.",
    routes: routes::REGISTER,
    deviation: Deviation::NONE,
    apply: |habits| habits.registry.claim = SlotClaim::Highest,
};
