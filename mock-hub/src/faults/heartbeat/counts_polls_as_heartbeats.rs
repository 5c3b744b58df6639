//! A poll keeps a trust Online.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "counts-polls-as-heartbeats",
    breaks: &["HUB-HB-04"],
    sentence: "A poll keeps a trust Online.",
    routes: routes::POLL,
    deviation: Deviation::NONE,
    apply: |habits| habits.heartbeat.polls_do_not_count = Duty::Broken,
};
