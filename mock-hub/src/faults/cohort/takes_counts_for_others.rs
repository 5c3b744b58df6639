//! A trust may report counts under another trust's id.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "takes-counts-for-others",
    breaks: &["HUB-COHORT-02"],
    sentence: "A trust may report counts under another trust's id.",
    routes: routes::COHORT,
    deviation: Deviation::NONE,
    apply: |habits| habits.cohort.own_only = Duty::Broken,
};
