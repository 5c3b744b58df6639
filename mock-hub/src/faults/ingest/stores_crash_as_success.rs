//! The failure of a client is stored under its name, as a success.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "stores-crash-as-success",
    breaks: &["FL-LOSS-03"],
    sentence: "The failure of a client is stored under its name, as a success.",
    routes: routes::LOGS,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.keep_failure = Duty::Broken,
};
