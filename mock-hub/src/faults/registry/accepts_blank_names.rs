//! A name or code of blanks is registered.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "accepts-blank-names",
    breaks: &["HUB-REG-06"],
    sentence: "A name or code of blanks is registered.",
    routes: routes::REGISTER,
    deviation: Deviation::NONE,
    apply: |habits| habits.registry.refuse_blank = Duty::Broken,
};
