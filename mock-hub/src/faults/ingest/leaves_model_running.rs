//! A model whose FL server vanished stays in a running state.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "leaves-model-running",
    breaks: &["UPG-DRAIN-01"],
    sentence: "A model whose FL server vanished stays in a running state.",
    routes: routes::RECOVERY,
    deviation: Deviation::of(&EditionId::ALL),
    apply: |habits| habits.fl.end_silent_models = Duty::Broken,
};
