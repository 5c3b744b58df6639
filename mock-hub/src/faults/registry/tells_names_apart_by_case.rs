//! A name in another letter case is another name.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "tells-names-apart-by-case",
    breaks: &["HUB-REG-05"],
    sentence: "A name in another letter case is another name.",
    routes: routes::REGISTER,
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.registry.fold_name_case = Duty::Broken,
};
