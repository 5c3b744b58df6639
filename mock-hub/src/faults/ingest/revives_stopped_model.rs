//! A late word changes a stopped model.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "revives-stopped-model",
    breaks: &["FL-STATUS-02"],
    sentence: "A late word changes a stopped model.",
    routes: routes::STATUS,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.keep_stopped = Duty::Broken,
};
