//! The sender's `collected_at` is taken for the time of the heartbeat.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "trusts-senders-clock",
    breaks: &["HUB-HB-03"],
    sentence: "The sender's `collected_at` is taken for the time of the heartbeat.",
    routes: routes::HEARTBEAT,
    deviation: Deviation::NONE,
    apply: |habits| habits.heartbeat.own_clock = Duty::Broken,
};
