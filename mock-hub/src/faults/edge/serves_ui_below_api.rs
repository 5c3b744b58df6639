//! The UI page answers at `/api/health`.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "serves-ui-below-api",
    breaks: &["HUB-DEPLOY-01"],
    sentence: "The UI page answers at `/api/health`.",
    routes: routes::HEALTH,
    deviation: Deviation::NONE,
    apply: |habits| habits.edge.api_below_api = Duty::Broken,
};
