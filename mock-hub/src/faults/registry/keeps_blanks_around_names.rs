//! Blanks around name, code and region are kept.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "keeps-blanks-around-names",
    breaks: &["HUB-REG-06"],
    sentence: "Blanks around name, code and region are kept.",
    routes: routes::REGISTER,
    deviation: Deviation::NONE,
    apply: |habits| habits.registry.trim = Duty::Broken,
};
