//! A refused snapshot counts as a heartbeat.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::SnapshotCheck;

pub(super) const FAULT: Fault = Fault {
    name: "stamps-refused-snapshot",
    breaks: &["HUB-HB-02"],
    sentence: "A refused snapshot counts as a heartbeat.",
    routes: routes::HEARTBEAT,
    deviation: Deviation::NONE,
    apply: |habits| habits.heartbeat.snapshot_check = SnapshotCheck::AfterStamp,
};
