//! A second metric of a client, label and round replaces the first.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::MetricRows;

pub(super) const FAULT: Fault = Fault {
    name: "keeps-last-metric-of-round",
    breaks: &["FL-METRIC-02"],
    sentence: "A second metric of a client, label and round replaces the first.",
    routes: routes::METRICS,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.metric_rows = MetricRows::LastOfRound,
};
