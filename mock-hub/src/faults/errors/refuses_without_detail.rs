//! Refusals have a member `error` in place of `detail`.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "refuses-without-detail",
    breaks: &["HUB-ERR-01"],
    sentence: "Refusals have a member `error` in place of `detail`.",
    routes: routes::API,
    deviation: Deviation::NONE,
    apply: |habits| habits.errors.detail = Duty::Broken,
};
