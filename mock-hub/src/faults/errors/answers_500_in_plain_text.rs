//! An unhandled fault is answered in plain text.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "answers-500-in-plain-text",
    breaks: &["HUB-ERR-01"],
    sentence: "An unhandled fault is answered in plain text.",
    routes: routes::API,
    deviation: Deviation::of(&EditionId::ALL),
    apply: |habits| habits.errors.json_500 = Duty::Broken,
};
