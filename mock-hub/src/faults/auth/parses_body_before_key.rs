//! Malformed JSON is answered 422 before anybody looks at the key.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "parses-body-before-key",
    breaks: &["HUB-AUTH-05"],
    sentence: "Malformed JSON is answered 422 before anybody looks at the key.",
    routes: routes::GUARDED_BODIES,
    deviation: Deviation::of(&EditionId::ALL),
    apply: |habits| habits.auth.key_before_body = Duty::Broken,
};
