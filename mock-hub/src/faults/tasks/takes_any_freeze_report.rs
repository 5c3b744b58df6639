//! A freeze that tells of no frozen cohort counts as done.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "takes-any-freeze-report",
    breaks: &["HUB-FREEZE-02"],
    sentence: "A freeze that tells of no frozen cohort counts as done.",
    routes: routes::REPORT,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.judge_snapshot = Duty::Broken,
};
