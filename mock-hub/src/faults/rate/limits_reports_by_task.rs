//! Reports are counted by task id, not by trust.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::ReportBucket;

pub(super) const FAULT: Fault = Fault {
    name: "limits-reports-by-task",
    breaks: &["HUB-RATE-02"],
    sentence: "Reports are counted by task id, not by trust.",
    routes: routes::REPORT,
    deviation: Deviation::of(&EditionId::ALL),
    apply: |habits| habits.rate.reports = ReportBucket::TaskId,
};
