//! A user without the admin right registers trusts.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "lets-any-user-register",
    breaks: &["HUB-REG-11"],
    sentence: "A user without the admin right registers trusts.",
    routes: routes::REGISTER,
    deviation: Deviation::NONE,
    apply: |habits| habits.auth.check_admin_right = Duty::Broken,
};
