//! A report for a finished task replaces the first.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "takes-second-report",
    breaks: &["HUB-TASK-06"],
    sentence: "A report for a finished task replaces the first.",
    routes: routes::REPORT,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.final_report = Duty::Broken,
};
