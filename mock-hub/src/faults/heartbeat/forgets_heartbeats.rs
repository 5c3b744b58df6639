//! A heartbeat is acknowledged and not recorded.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "forgets-heartbeats",
    breaks: &["HUB-HB-01"],
    sentence: "A heartbeat is acknowledged and not recorded.",
    routes: routes::HEARTBEAT,
    deviation: Deviation::NONE,
    apply: |habits| habits.heartbeat.stamp = Duty::Broken,
};
