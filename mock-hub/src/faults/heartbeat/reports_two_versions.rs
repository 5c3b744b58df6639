//! Heartbeat reply and `/api/health` name different versions.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "reports-two-versions",
    breaks: &["UPG-VERSION-01"],
    sentence: "Heartbeat reply and `/api/health` name different versions.",
    routes: routes::HEARTBEAT,
    deviation: Deviation::NONE,
    apply: |habits| habits.heartbeat.one_version = Duty::Broken,
};
