//! A 401 on trust routes comes without WWW-Authenticate.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "omits-auth-scheme",
    breaks: &["HUB-AUTH-01"],
    sentence: "A 401 on trust routes comes without WWW-Authenticate.",
    routes: routes::TRUST,
    deviation: Deviation::NONE,
    apply: |habits| habits.auth.name_scheme = Duty::Broken,
};
