//! A freed slot goes to the next trust that registers.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "deals-freed-slot-first",
    breaks: &["HUB-REG-10"],
    sentence: "A freed slot goes to the next trust that registers.",
    routes: routes::DELETE,
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.registry.hold_freed_slots = Duty::Broken,
};
