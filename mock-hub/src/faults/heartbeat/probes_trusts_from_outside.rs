//! A trust is Online when the hub can connect to it, and a trust accepts no connection.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "probes-trusts-from-outside",
    breaks: &["HUB-HB-04"],
    sentence: "A trust is Online when the hub can connect to it, and a trust accepts no connection.",
    routes: routes::LISTS,
    deviation: Deviation::NONE,
    apply: |habits| habits.heartbeat.heartbeats_decide = Duty::Broken,
};
