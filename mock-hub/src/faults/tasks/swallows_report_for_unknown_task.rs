//! A report for an unknown task is acknowledged.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "swallows-report-for-unknown-task",
    breaks: &["HUB-TASK-07"],
    sentence: "A report for an unknown task is acknowledged.",
    routes: routes::REPORT,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.refuse_unknown = Duty::Broken,
};
