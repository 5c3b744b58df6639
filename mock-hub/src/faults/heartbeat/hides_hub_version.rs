//! The heartbeat reply lacks the hub version.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "hides-hub-version",
    breaks: &["HUB-HB-05"],
    sentence: "The heartbeat reply lacks the hub version.",
    routes: routes::HEARTBEAT,
    deviation: Deviation::NONE,
    apply: |habits| habits.heartbeat.report_version = Duty::Broken,
};
