//! A refused freeze is told as any other failure.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "ignores-freeze-status-code",
    breaks: &["HUB-FREEZE-03"],
    sentence: "A refused freeze is told as any other failure.",
    routes: routes::SNAPSHOTS,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.read_status_code = Duty::Broken,
};
