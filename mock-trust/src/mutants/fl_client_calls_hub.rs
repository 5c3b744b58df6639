//! The FL client calls the hub API.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "fl-client-calls-hub",
    breaks: &["FL-CLIENT-02"],
    sentence: "The FL client calls the hub API.",
    deviation: Deviation::NONE,
    apply: |habits| habits.fl_client.stays_away_from_hub = false,
};
