//! A 422 repeats what was sent, whole. Recorded refusals of older editions show it too, so every
//! built hub does it.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "echoes-refused-input",
    breaks: &["HUB-ERR-02"],
    sentence: "A 422 repeats what was sent, whole.",
    routes: routes::BODIES_AND_STATUS,
    deviation: Deviation::of(&EditionId::ALL),
    apply: |habits| habits.errors.spare_input = Duty::Broken,
};
