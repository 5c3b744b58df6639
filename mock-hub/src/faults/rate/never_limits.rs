//! Heartbeats and polls are not limited.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "never-limits",
    breaks: &["HUB-RATE-01"],
    sentence: "Heartbeats and polls are not limited.",
    routes: routes::LIMITED,
    deviation: Deviation::NONE,
    apply: |habits| habits.rate.limit = Duty::Broken,
};
