//! The aggregate shows the trust that reported last.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "aggregates-last-trust-only",
    breaks: &["HUB-COHORT-01"],
    sentence: "The aggregate shows the trust that reported last.",
    routes: routes::AGGREGATE,
    deviation: Deviation::NONE,
    apply: |habits| habits.cohort.sum_all = Duty::Broken,
};
