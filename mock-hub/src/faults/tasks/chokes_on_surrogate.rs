//! A lone surrogate in a refused body breaks the refusal.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "chokes-on-surrogate",
    breaks: &["HUB-TASK-10"],
    sentence: "A lone surrogate in a refused body breaks the refusal.",
    routes: routes::BODIES,
    deviation: Deviation::of(&EditionId::ALL),
    apply: |habits| habits.errors.refuse_surrogate = Duty::Broken,
};
