//! Every payload is sealed with the same iv.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Seal;

pub(super) const FAULT: Fault = Fault {
    name: "reuses-iv",
    breaks: &["HUB-ENC-03"],
    sentence: "Every payload is sealed with the same iv.",
    routes: routes::POLL,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.seal = Seal::OneIv,
};
