//! Adding one FL client provisions anew, which cuts all the others.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "renews-provisioning-for-one-client",
    breaks: &["ROT-FL-01"],
    sentence: "Adding one FL client provisions anew, which cuts all the others.",
    routes: routes::FL_KIT,
    deviation: Deviation::NONE,
    apply: |habits| habits.credentials.add_alone = Duty::Broken,
};
