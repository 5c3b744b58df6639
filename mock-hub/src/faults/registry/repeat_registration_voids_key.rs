//! Registering a taken name is refused and voids the holder's key all the same.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "repeat-registration-voids-key",
    breaks: &["HUB-REG-09"],
    sentence: "Registering a taken name is refused and voids the holder's key all the same.",
    routes: routes::REGISTER,
    deviation: Deviation::NONE,
    apply: |habits| habits.registry.spare_key_on_repeat = Duty::Broken,
};
