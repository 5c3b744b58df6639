//! A result that is no text is stored.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "stores-result-objects",
    breaks: &["HUB-TASK-10"],
    sentence: "A result that is no text is stored.",
    routes: routes::REPORT,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.result_is_text = Duty::Broken,
};
