//! A result of any length is stored.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "stores-oversized-results",
    breaks: &["HUB-TASK-10"],
    sentence: "A result of any length is stored.",
    routes: routes::REPORT,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.limit_result = Duty::Broken,
};
