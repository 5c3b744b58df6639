//! A metric is acknowledged and not stored.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::MetricRows;

pub(super) const FAULT: Fault = Fault {
    name: "drops-metrics",
    breaks: &["FL-METRIC-02"],
    sentence: "A metric is acknowledged and not stored.",
    routes: routes::METRICS,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.metric_rows = MetricRows::None,
};
