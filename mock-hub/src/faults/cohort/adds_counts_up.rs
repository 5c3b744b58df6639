//! A trust's counts are added to its former ones.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "adds-counts-up",
    breaks: &["HUB-COHORT-01"],
    sentence: "A trust's counts are added to its former ones.",
    routes: routes::COHORT,
    deviation: Deviation::NONE,
    apply: |habits| habits.cohort.replace = Duty::Broken,
};
