//! Polls at the same time get the same tasks, because no row is locked.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "doubles-work-under-race",
    breaks: &["HUB-TASK-05"],
    sentence: "Polls at the same time get the same tasks, because no row is locked.",
    routes: routes::POLL,
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.tasks.lock_at_dispatch = Duty::Broken,
};
