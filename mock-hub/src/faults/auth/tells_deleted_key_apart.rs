//! A deleted key gets another text than one that never was.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "tells-deleted-key-apart",
    breaks: &["HUB-AUTH-02"],
    sentence: "A deleted key gets another text than one that never was.",
    routes: routes::TRUST,
    deviation: Deviation::NONE,
    apply: |habits| habits.auth.one_text_for_unknown = Duty::Broken,
};
