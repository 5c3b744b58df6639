//! Opens a port besides its own health port, on all addresses.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "opens-second-port",
    breaks: &["NET-INBOUND-01"],
    sentence: "Opens a port besides its own health port, on all addresses.",
    deviation: Deviation::NONE,
    apply: |habits| habits.start.opens_second_port = true,
};
