//! Every row is stored, under another client of the same model.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::RowOwner;

pub(super) const FAULT: Fault = Fault {
    name: "stores-under-wrong-client",
    breaks: &["FL-LOSS-01"],
    sentence: "Every row is stored, under another client of the same model.",
    routes: routes::CLIENTS,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.row_owner = RowOwner::Neighbour,
};
