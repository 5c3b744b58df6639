//! A metric without client name is stored.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "stores-unnamed-metric",
    breaks: &["FL-METRIC-01"],
    sentence: "A metric without client name is stored.",
    routes: routes::METRICS,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.metric_names_client = Duty::Broken,
};
