//! A trust key behind `Bearer ` opens trust routes.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "accepts-bearer-prefix",
    breaks: &["HUB-AUTH-03"],
    sentence: "A trust key behind `Bearer ` opens trust routes.",
    routes: routes::TRUST,
    deviation: Deviation::NONE,
    apply: |habits| habits.auth.refuse_bearer = Duty::Broken,
};
