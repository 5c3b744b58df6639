//! A snapshot with unknown members is refused.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "refuses-unknown-members",
    breaks: &["HUB-HB-03"],
    sentence: "A snapshot with unknown members is refused.",
    routes: routes::HEARTBEAT,
    deviation: Deviation::NONE,
    apply: |habits| habits.heartbeat.ignore_unknown = Duty::Broken,
};
