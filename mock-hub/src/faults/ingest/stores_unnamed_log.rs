//! A log without client name is stored where the edition demands one.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "stores-unnamed-log",
    breaks: &["FL-LOG-01"],
    sentence: "A log without client name is stored where the edition demands one.",
    routes: routes::LOGS,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.log_names_client = Duty::Broken,
};
