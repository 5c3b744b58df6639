//! A task fails after its third delivery.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Retries;

pub(super) const FAULT: Fault = Fault {
    name: "gives-up-one-delivery-early",
    breaks: &["HUB-TASK-04"],
    sentence: "A task fails after its third delivery.",
    routes: routes::RECOVERY,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.retries = Retries::Two,
};
