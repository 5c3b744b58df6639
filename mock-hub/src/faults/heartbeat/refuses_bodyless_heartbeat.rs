//! A heartbeat without body is refused.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "refuses-bodyless-heartbeat",
    breaks: &["HUB-HB-01"],
    sentence: "A heartbeat without body is refused.",
    routes: routes::HEARTBEAT,
    deviation: Deviation::NONE,
    apply: |habits| habits.heartbeat.take_bodyless = Duty::Broken,
};
