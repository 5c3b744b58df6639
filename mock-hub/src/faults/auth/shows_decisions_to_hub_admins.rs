//! What a trust decides on is shown to an admin of the hub.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "shows-decisions-to-hub-admins",
    breaks: &["HUB-AUTH-08"],
    sentence: "What a trust decides on is shown to an admin of the hub.",
    routes: routes::DECISIONS,
    deviation: Deviation::NONE,
    apply: |habits| habits.auth.trust_admin_only = Duty::Broken,
};
