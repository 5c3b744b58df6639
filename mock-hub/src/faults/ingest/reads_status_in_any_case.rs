//! Status words are taken in any letter case.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "reads-status-in-any-case",
    breaks: &["FL-STATUS-01"],
    sentence: "Status words are taken in any letter case.",
    routes: routes::STATUS,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.status_case = Duty::Broken,
};
