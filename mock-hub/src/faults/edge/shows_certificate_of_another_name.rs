//! The certificate of the API is for another host.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Certificate;

pub(super) const FAULT: Fault = Fault {
    name: "shows-certificate-of-another-name",
    breaks: &["HUB-DEPLOY-05"],
    sentence: "The certificate of the API is for another host.",
    routes: &[routes::UPKEEP_MOMENT],
    deviation: Deviation::NONE,
    apply: |habits| habits.edge.certificate = Certificate::OfAnotherName,
};
