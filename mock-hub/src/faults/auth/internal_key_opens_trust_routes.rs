//! The hub-internal key passes for the first trust on trust routes.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::KeyReach;

pub(super) const FAULT: Fault = Fault {
    name: "internal-key-opens-trust-routes",
    breaks: &["HUB-AUTH-06"],
    sentence: "The hub-internal key passes for the first trust on trust routes.",
    routes: routes::TRUST,
    deviation: Deviation::NONE,
    apply: |habits| habits.auth.reach = KeyReach::InternalKeyOnTrustRoutes,
};
