//! A metric without x value gets 0 for it.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "zeroes-missing-axis",
    breaks: &["FL-METRIC-02"],
    sentence: "A metric without x value gets 0 for it.",
    routes: routes::METRICS,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.default_axis = Duty::Broken,
};
