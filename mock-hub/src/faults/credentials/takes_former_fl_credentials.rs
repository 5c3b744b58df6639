//! Credentials of a former provisioning still open the FL server.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "takes-former-fl-credentials",
    breaks: &["ROT-FL-01"],
    sentence: "Credentials of a former provisioning still open the FL server.",
    routes: routes::FL_JOIN,
    deviation: Deviation::NONE,
    apply: |habits| habits.credentials.refuse_former = Duty::Broken,
};
