//! The certificate of the API comes from a CA nobody trusts.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Certificate;

pub(super) const FAULT: Fault = Fault {
    name: "shows-certificate-of-unknown-issuer",
    breaks: &["HUB-DEPLOY-05"],
    sentence: "The certificate of the API comes from a CA nobody trusts.",
    routes: &[routes::UPKEEP_MOMENT],
    deviation: Deviation::NONE,
    apply: |habits| habits.edge.certificate = Certificate::OfUnknownIssuer,
};
