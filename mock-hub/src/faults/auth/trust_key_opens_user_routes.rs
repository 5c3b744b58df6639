//! Any trust key passes for an admin's token.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::KeyReach;

pub(super) const FAULT: Fault = Fault {
    name: "trust-key-opens-user-routes",
    breaks: &["HUB-AUTH-06"],
    sentence: "Any trust key passes for an admin's token.",
    routes: routes::USER,
    deviation: Deviation::NONE,
    apply: |habits| habits.auth.reach = KeyReach::TrustKeyOnUserRoutes,
};
