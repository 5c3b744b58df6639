//! A task without report is handed out for ever.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Retries;

pub(super) const FAULT: Fault = Fault {
    name: "redelivers-without-end",
    breaks: &["HUB-TASK-04"],
    sentence: "A task without report is handed out for ever.",
    routes: routes::RECOVERY,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.retries = Retries::Endless,
};
