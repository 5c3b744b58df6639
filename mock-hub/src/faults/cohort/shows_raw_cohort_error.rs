//! The aggregate shows a failed trust's raw text.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "shows-raw-cohort-error",
    breaks: &["HUB-COHORT-04"],
    sentence: "The aggregate shows a failed trust's raw text.",
    routes: routes::AGGREGATE,
    deviation: Deviation::NONE,
    apply: |habits| habits.cohort.reduce_error = Duty::Broken,
};
