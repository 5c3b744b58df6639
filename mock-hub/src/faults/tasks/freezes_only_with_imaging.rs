//! The cohort of a project without imaging is not frozen.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "freezes-only-with-imaging",
    breaks: &["HUB-FREEZE-01"],
    sentence: "The cohort of a project without imaging is not frozen.",
    routes: routes::APPROVAL,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.freeze_every_project = Duty::Broken,
};
