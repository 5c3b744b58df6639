//! Replies carry no identity.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Identity;

pub(super) const FAULT: Fault = Fault {
    name: "omits-identity",
    breaks: &["HUB-TASK-01"],
    sentence: "Replies carry no identity.",
    routes: routes::IDENTIFYING,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.identity = Identity::Omitted,
};
