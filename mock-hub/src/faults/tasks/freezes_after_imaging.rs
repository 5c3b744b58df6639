//! The imaging project of a project is queued before its cohort is frozen.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "freezes-after-imaging",
    breaks: &["HUB-FREEZE-01"],
    sentence: "The imaging project of a project is queued before its cohort is frozen.",
    routes: routes::APPROVAL,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.freeze_first = Duty::Broken,
};
