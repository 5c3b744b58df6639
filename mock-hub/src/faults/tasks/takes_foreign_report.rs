//! A trust may report another trust's task.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "takes-foreign-report",
    breaks: &["HUB-TASK-08"],
    sentence: "A trust may report another trust's task.",
    routes: routes::REPORT,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.own_reports_only = Duty::Broken,
};
