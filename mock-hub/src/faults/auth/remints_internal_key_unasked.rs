//! Making the hub-internal key again without force replaces it.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "remints-internal-key-unasked",
    breaks: &["ROT-INTERNAL-01"],
    sentence: "Making the hub-internal key again without force replaces it.",
    routes: routes::KEYS,
    deviation: Deviation::NONE,
    apply: |habits| habits.auth.keep_internal_key = Duty::Broken,
};
