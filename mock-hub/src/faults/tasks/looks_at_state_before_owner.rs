//! A report for another trust's task is answered by that task's state.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "looks-at-state-before-owner",
    breaks: &["HUB-TASK-08"],
    sentence: "A report for another trust's task is answered by that task's state.",
    routes: routes::REPORT,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.owner_before_state = Duty::Broken,
};
