//! A snapshot outside the limits is accepted.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::SnapshotCheck;

pub(super) const FAULT: Fault = Fault {
    name: "takes-any-snapshot",
    breaks: &["HUB-HB-02"],
    sentence: "A snapshot outside the limits is accepted.",
    routes: routes::HEARTBEAT,
    deviation: Deviation::NONE,
    apply: |habits| habits.heartbeat.snapshot_check = SnapshotCheck::Never,
};
