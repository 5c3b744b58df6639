//! A stored log names no client and is a success, whatever was sent.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "stores-logs-as-nobodys-success",
    breaks: &["FL-LOSS-03"],
    sentence: "A stored log names no client and is a success, whatever was sent.",
    routes: routes::LOGS,
    deviation: Deviation::of(&[EditionId::V2026_03]),
    apply: |habits| habits.fl.keep_log_owner = Duty::Broken,
};
