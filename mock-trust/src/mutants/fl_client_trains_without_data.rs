//! The FL client trains on data of its own after a site service refused it.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "fl-client-trains-without-data",
    breaks: &["ROT-SITE-01", "ROT-AES-01"],
    sentence: "The FL client trains on data of its own after a site service refused it.",
    deviation: Deviation::NONE,
    apply: |habits| habits.fl_client.raises_refusals = false,
};
