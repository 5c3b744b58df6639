//! A registration refused for want of a slot leaves its trust behind.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "leaves-trust-without-slot",
    breaks: &["HUB-REG-08"],
    sentence: "A registration refused for want of a slot leaves its trust behind.",
    routes: routes::REGISTER,
    deviation: Deviation::NONE,
    apply: |habits| habits.registry.undo_without_slot = Duty::Broken,
};
