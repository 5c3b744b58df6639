//! A trust is Online for a minute after its heartbeat.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "stays-online-too-long",
    breaks: &["HUB-HB-04"],
    sentence: "A trust is Online for a minute after its heartbeat.",
    routes: routes::LISTS,
    deviation: Deviation::NONE,
    apply: |habits| habits.heartbeat.online_window = Duty::Broken,
};
