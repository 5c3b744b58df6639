//! A log is acknowledged and not stored.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "drops-logs",
    breaks: &["FL-LOSS-01"],
    sentence: "A log is acknowledged and not stored.",
    routes: routes::LOGS,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.store_logs = Duty::Broken,
};
