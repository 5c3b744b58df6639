//! A report for a task that waits or was cancelled is taken.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "takes-late-report",
    breaks: &["HUB-TASK-09"],
    sentence: "A report for a task that waits or was cancelled is taken.",
    routes: routes::REPORT,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.refuse_late = Duty::Broken,
};
