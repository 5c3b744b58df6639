//! Slots added to the configuration count only after a restart.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "never-rereads-slot-pool",
    breaks: &["HUB-REG-08"],
    sentence: "Slots added to the configuration count only after a restart.",
    routes: routes::REGISTER,
    deviation: Deviation::NONE,
    apply: |habits| habits.registry.reread_pool = Duty::Broken,
};
