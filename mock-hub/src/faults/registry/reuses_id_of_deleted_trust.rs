//! A trust registered again gets its former id.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "reuses-id-of-deleted-trust",
    breaks: &["ROT-APIKEY-01"],
    sentence: "A trust registered again gets its former id.",
    routes: routes::REGISTER_AGAIN,
    deviation: Deviation::NONE,
    apply: |habits| habits.registry.fresh_id = Duty::Broken,
};
