//! A report is acknowledged and not stored.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "loses-result",
    breaks: &["HUB-TASK-06"],
    sentence: "A report is acknowledged and not stored.",
    routes: routes::REPORT,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.store_report = Duty::Broken,
};
