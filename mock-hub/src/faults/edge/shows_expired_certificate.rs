//! The certificate of the API ended in 2021.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Certificate;

pub(super) const FAULT: Fault = Fault {
    name: "shows-expired-certificate",
    breaks: &["HUB-DEPLOY-05"],
    sentence: "The certificate of the API ended in 2021.",
    routes: &[routes::UPKEEP_MOMENT],
    deviation: Deviation::NONE,
    apply: |habits| habits.edge.certificate = Certificate::Expired,
};
