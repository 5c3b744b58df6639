//! Replies carry somebody else's id.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Identity;

pub(super) const FAULT: Fault = Fault {
    name: "reports-foreign-identity",
    breaks: &["HUB-TASK-01"],
    sentence: "Replies carry somebody else's id.",
    routes: routes::IDENTIFYING,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.identity = Identity::Foreign,
};
